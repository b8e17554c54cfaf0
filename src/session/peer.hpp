// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What the machines of Alice and Bob have in common: exchanges, accounts, results.

#include <caligo/session.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "session/frame.hpp"
#include "session/layout.hpp"
#include "session/message.hpp"
#include "session/task.hpp"

namespace caligo::session {

/// Everything is said in exchanges: message 0 of Alice, Bob's answer, and so on. The sample is exchange 0 if there is
/// one, a block each of the following, and the last one closes the session.
struct Record {
  SessionBlock block;         ///< of the sample and the closing, the accounts only
  std::uint32_t message = 0;  ///< number of the last one that was delivered, and …
  std::uint32_t parts = 0;    ///< … of its parts
  bool delivered = false;     ///< Bob has Alice's message
  bool decided = false;
  bool told = false;  ///< Bob's last answer has been sent
};

class Peer {
 public:
  Peer(const SessionSettings& settings, std::uint64_t bits, std::shared_ptr<CodeBook> book);

  [[nodiscard]] SessionStatus status() const noexcept { return status_; }
  [[nodiscard]] const std::optional<Error>& error() const noexcept { return error_; }
  [[nodiscard]] std::size_t blocks() const noexcept { return layout_.blocks(); }
  [[nodiscard]] SessionBlock block(std::size_t index) const noexcept;
  [[nodiscard]] const Leakage& leaked() const noexcept { return leaked_; }
  [[nodiscard]] const SessionStatistics& statistics() const noexcept { return statistics_; }
  [[nodiscard]] BitString key() const;

 protected:
  [[nodiscard]] bool has_sample() const noexcept { return settings_.sample_bits > 0; }
  [[nodiscard]] bool is_sample(std::size_t exchange) const noexcept { return has_sample() && exchange == 0; }
  [[nodiscard]] bool is_closing(std::size_t exchange) const noexcept { return exchange == closing(); }
  [[nodiscard]] std::uint32_t closing() const noexcept { return static_cast<std::uint32_t>(records_.size() - 1); }
  [[nodiscard]] std::uint32_t first_block() const noexcept { return has_sample() ? 1 : 0; }
  [[nodiscard]] std::size_t block_of(std::size_t exchange) const noexcept { return exchange - first_block(); }
  [[nodiscard]] bool learns() const noexcept { return !settings_.qber.has_value(); }
  /// In interactive mode both sides know how many errors were found.
  [[nodiscard]] bool reports_errors() const noexcept { return learns() && settings_.mode != SessionMode::interactive; }
  [[nodiscard]] std::size_t part_bytes() const noexcept { return settings_.max_frame - envelope_bytes; }
  /// The closing has a place of its own, so that it is never shut out.
  [[nodiscard]] std::size_t slot_of(std::size_t exchange) const noexcept {
    return is_closing(exchange) ? settings_.window : exchange % settings_.window;
  }

  /// Refused: counts it, and changes nothing else.
  Error refuse(Refusal refusal, const std::string& found);
  /// Accepted.
  Result<void> accept(std::size_t frame_bytes, bool news);
  std::size_t send(const Frame& frame, std::span<std::byte> out);
  void fail(Error error);
  /// Counts bits that were sent about an exchange.
  void disclose(Record& record, const Leakage& leaked);

  SessionSettings settings_;
  std::uint64_t bits_;
  Layout layout_;
  std::shared_ptr<CodeBook> book_;
  std::shared_ptr<BlockStore> store_;
  std::vector<Record> records_;
  std::vector<std::byte> receipt_;  ///< scratch
  PartSet owed_;                    ///< exchanges about which a frame is to be sent
  std::size_t owed_cursor_ = 0;
  SessionStatus status_ = SessionStatus::negotiating;
  std::optional<Error> error_;
  Leakage leaked_;
  SessionStatistics statistics_;
};

}  // namespace caligo::session
