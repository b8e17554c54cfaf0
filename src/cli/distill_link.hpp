// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What lies between Alice and Bob in `caligo distill`: a channel within the process, on which every frame is
/// authenticated by its sender and checked by its receiver.

#include <caligo/authenticate.hpp>
#include <caligo/session.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace caligo::cli {

/// The tags of one direction, as its sender or its receiver.
using Authenticator = std::variant<WegmanCarter, HmacSha256>;

class AuthenticatedLink {
 public:
  /// method: "wegman-carter" or "hmac-sha-256". The pre-shared key is drawn here. Errors: io.
  static Result<AuthenticatedLink> make(const std::string& method, std::optional<std::uint64_t> seed);

  /// Carries frames until both sessions are finished. Errors: those of a session that failed, interrupted.
  Result<void> run(AliceSession& alice, BobSession& bob, std::size_t max_frame);
  /// One message of Alice. Errors: as WegmanCarter.
  Result<void> carry(std::span<const std::uint8_t> message);

  /// Of both directions.
  [[nodiscard]] std::uint64_t consumed_bits() const noexcept;
  [[nodiscard]] double epsilon() const noexcept;
  [[nodiscard]] double seconds() const noexcept { return seconds_; }  ///< spent on tags, both sides
  [[nodiscard]] std::uint64_t frames() const noexcept { return frames_; }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

 private:
  /// The two ends of one direction, each with its own copy of the pool.
  struct Path {
    std::unique_ptr<KeyPool> senders_pool;
    std::unique_ptr<KeyPool> receivers_pool;
    std::optional<Authenticator> sender;
    std::optional<Authenticator> receiver;
  };
  AuthenticatedLink() = default;
  static Result<Path> make_path(const std::string& method, Direction direction, std::optional<std::uint64_t> seed);
  Result<void> pass(Path& path, std::span<const std::uint8_t> frame);
  Path to_bob_;
  Path to_alice_;
  double seconds_ = 0;
  std::uint64_t frames_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace caligo::cli
