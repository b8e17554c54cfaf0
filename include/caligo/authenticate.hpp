// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Authentication of the frames of a session. Both sides hold the same pool of secret bits; each message takes fresh
/// ones from it, and the keys that the session makes fill it up again.

#include <caligo/bits.hpp>
#include <caligo/error.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace caligo {

/// Each direction has keys and counters of its own, so a frame cannot be sent back to its sender.
enum class Direction { alice_to_bob, bob_to_alice };
[[nodiscard]] std::string_view to_string(Direction direction) noexcept;

// ---- Keys
// ------------------------------------------------------------------------------------------------------------

/// Secret bits that both sides share, by direction. Positions count from the first bit that a direction ever had; every
/// position is handed out once at most, and wiped in the same moment. What is left is wiped on destruction.
class KeyPool {
 public:
  /// epsilon: distance of these bits from uniform ones, unknown to everybody else; 0 for keys that were carried.
  static Result<KeyPool> make(BitView alice_to_bob, BitView bob_to_alice, double epsilon = 0);
  KeyPool(KeyPool&&) noexcept;
  KeyPool& operator=(KeyPool&&) noexcept;
  ~KeyPool();

  /// Appends bits of a key that the session made; `epsilon` is KeyLength::epsilon_total of that key and is added to
  /// epsilon(). Both sides append the same bits to the same direction.
  Result<void> replenish(Direction direction, BitView key, double epsilon);
  /// out ← the next bits, from consumed(direction) on. Errors: key_exhausted, and then nothing is taken.
  Result<void> take(Direction direction, MutableBitView out);
  /// out ← bits from `position` on, which stay: a receiver takes them when the tag proves right. Errors:
  /// invalid_argument (some of them were consumed before: reuse is refused), key_exhausted.
  Result<void> peek(Direction direction, std::uint64_t position, MutableBitView out) const;
  /// Wipes everything before `position`. Errors: invalid_argument (consumed before), key_exhausted.
  Result<void> consume_to(Direction direction, std::uint64_t position);

  /// Bits handed out or skipped so far.
  [[nodiscard]] std::uint64_t consumed(Direction direction) const noexcept;
  [[nodiscard]] std::uint64_t remaining(Direction direction) const noexcept;
  /// Sum over everything that came in: the statements of authentication below hold up to this.
  [[nodiscard]] double epsilon() const noexcept;

 private:
  struct State;
  explicit KeyPool(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

// ---- Tags
// ------------------------------------------------------------------------------------------------------------

/// Travels with its frame.
struct FrameTag {
  std::uint64_t counter = 0;             ///< number of the frame in its direction, from 0 on; authenticated with it
  std::array<std::uint8_t, 32> bytes{};  ///< the first `size` count, the others are 0
  std::uint8_t size = 0;
};

/// Longest frame, in bytes.
inline constexpr std::size_t max_frame_bytes = std::size_t{1} << 40;

/// Wegman-Carter tags of 64 bits (M. N. Wegman and J. L. Carter, J. Comput. Syst. Sci. 22 (1981) 265): an
/// ε-almost-xor-universal hash of the frame, its length, direction and counter, encrypted with a one-time pad.
/// Information-theoretic. The hash is the one of verification (<caligo/reconcile.hpp>) under a key of 384 bits that is
/// taken from the pool once per direction and kept; every frame takes a pad of 64 bits. A kept hash key is as good as a
/// fresh one as long as pads are fresh (Krawczyk, CRYPTO 1994), also composably (C. Portmann, IEEE Trans. Inf. Theory
/// 60 (2014) 4383, arXiv:1202.1229). Per frame of n bytes that an attacker offers he succeeds with probability
///
///     ε(n) = 2^-64 + (⌈n/15⌉ + 5)·2^-127;
///
/// over a session the ε of all offered frames add up, and so does the pool's.
///
/// A side has one object per direction: a sender of its own, a receiver of the other's. Allocates nothing after make().
class WegmanCarter {
 public:
  static constexpr unsigned tag_bits = 64;
  static constexpr unsigned hash_key_bits = 384;

  /// Takes the hash key, and from then on all bits of this direction. The pool has to stay where it is and outlive the
  /// object. Errors: key_exhausted.
  static Result<WegmanCarter> make(KeyPool& pool, Direction direction);
  WegmanCarter(WegmanCarter&&) noexcept = default;
  WegmanCarter& operator=(WegmanCarter&&) noexcept = default;
  ~WegmanCarter();

  /// Sender: takes a pad. Errors: key_exhausted, invalid_argument (frame too long).
  Result<FrameTag> seal(std::span<const std::uint8_t> frame);
  /// Receiver: accepts a frame once, and only with a counter beyond all accepted ones; the pads of frames that were
  /// lost between are wiped. The comparison takes constant time. Refused frames take nothing from the pool, but each
  /// one counts in epsilon(). Errors: not_authentic, key_exhausted.
  Result<void> open(std::span<const std::uint8_t> frame, const FrameTag& tag);

  /// ε(n) above.
  [[nodiscard]] static double epsilon(std::size_t frame_bytes) noexcept;
  /// Sum of ε(n) over all frames whose tags were compared.
  [[nodiscard]] double epsilon() const noexcept { return epsilon_; }
  /// Counter of the next frame.
  [[nodiscard]] std::uint64_t counter() const noexcept { return counter_; }

 private:
  WegmanCarter(KeyPool& pool, Direction direction) noexcept : pool_(&pool), direction_(direction) {}
  [[nodiscard]] std::uint64_t pad_position(std::uint64_t counter) const noexcept;
  [[nodiscard]] std::uint64_t hash(std::span<const std::uint8_t> frame, std::uint64_t counter) const noexcept;
  KeyPool* pool_;
  Direction direction_;
  std::array<std::uint64_t, 6> key_{};
  std::uint64_t first_pad_ = 0;  ///< position in the pool
  std::uint64_t counter_ = 0;
  double epsilon_ = 0;
};

/// HMAC-SHA-256 (RFC 2104, FIPS 198-1; libsodium) over the same data: secure as long as nobody breaks SHA-256, hence
/// computational, not information-theoretic. Takes one key of 256 bits and no pads.
class HmacSha256 {
 public:
  static constexpr unsigned key_bits = 256;

  /// Errors: key_exhausted.
  static Result<HmacSha256> make(KeyPool& pool, Direction direction);
  HmacSha256(HmacSha256&&) noexcept = default;
  HmacSha256& operator=(HmacSha256&&) noexcept = default;
  ~HmacSha256();

  /// As in WegmanCarter. Errors: invalid_argument (frame too long).
  Result<FrameTag> seal(std::span<const std::uint8_t> frame);
  /// As in WegmanCarter. Errors: not_authentic.
  Result<void> open(std::span<const std::uint8_t> frame, const FrameTag& tag);
  [[nodiscard]] std::uint64_t counter() const noexcept { return counter_; }

 private:
  explicit HmacSha256(Direction direction) noexcept : direction_(direction) {}
  [[nodiscard]] std::array<std::uint8_t, 32> mac(std::span<const std::uint8_t> frame,
                                                 std::uint64_t counter) const noexcept;
  Direction direction_;
  std::array<std::uint8_t, 32> key_{};
  std::uint64_t counter_ = 0;
};

}  // namespace caligo
