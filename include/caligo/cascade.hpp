// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Interactive information reconciliation: Cascade (Brassard and Salvail 1994), on thousands of blocks at once. Alice
/// holds x, Bob y = x ⊕ e. Alice discloses parities of x, Bob answers each with one bit: whether it differs from his
/// own. Both derive from these bits alone which parity comes next, so that nothing else is said and the length of every
/// message is known before it arrives. No sockets, no files, no clock: messages are bytes for any transport that keeps
/// their order. docs/cascade.md explains the protocol and what it reveals.

#include <caligo/bits.hpp>
#include <caligo/error.hpp>
#include <caligo/reconcile.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace caligo {

/// What both sides must agree on. Everything here is public.
struct CascadeParameters {
  unsigned log2_block = 14;     ///< a block has n = 2^log2_block bits, 8 to 16; the last one of a group may be shorter
  unsigned log2_first = 6;      ///< first pass: parities of 2^log2_first bits, 2 to log2_block - 1
  unsigned log2_second = 8;     ///< second pass: parities of 2^log2_second bits, log2_first to log2_block - 1
  unsigned subsets = 16;        ///< then parities of so many random halves of the block, 0 to 64
  unsigned retry_subsets = 10;  ///< more of them, each time that a tag does not match, 1 to 64
  unsigned retries = 4;         ///< before a unit is given up, 0 to 8
  unsigned breadth = 2;  ///< search intervals up to 2^breadth times the shortest at once: fewer rounds, more leaked
  unsigned unit_blocks = 64;  ///< blocks that share a verification tag, 1 to 4096
  unsigned tag_bits = 64;     ///< 1 to 64
  std::uint64_t shuffle = 0;  ///< seed of the permutation and of the subsets
  friend bool operator==(const CascadeParameters&, const CascadeParameters&) = default;
};

/// Errors: invalid_argument, says which parameter and its range.
Result<void> check_cascade(const CascadeParameters& parameters);
/// Parameters that leak least for a QBER in [0, 0.5], for a group of `bits` bits; from a table that
/// tools/cascade_sweep.py measured. An estimate that is wrong by a factor of 1.5 costs about 3 % efficiency, never
/// correctness.
[[nodiscard]] CascadeParameters choose_cascade(double qber, std::size_t bits) noexcept;

/// Bits of a group: 1 to this.
inline constexpr std::size_t max_cascade_bits = std::size_t{1} << 28;

/// What has been said so far, in bits. Both sides count the same.
struct CascadeTraffic {
  std::uint64_t parities = 0;    ///< by Alice: parities of x; leaked
  std::uint64_t tags = 0;        ///< by Alice: verification tags; leaked
  std::uint64_t mismatches = 0;  ///< by Bob: one per parity; they depend on the error pattern x ⊕ y only
  std::uint64_t verdicts = 0;    ///< by Bob: one per tag
  std::uint64_t messages = 0;    ///< of both sides
  /// What an eavesdropper learns of x.
  [[nodiscard]] std::uint64_t leaked() const noexcept { return parities + tags; }
  CascadeTraffic& operator+=(const CascadeTraffic& other) noexcept;
  friend bool operator==(const CascadeTraffic&, const CascadeTraffic&) = default;
};

/// The blocks that share a tag: verified as a whole or discarded as a whole.
struct CascadeUnit {
  std::size_t offset = 0;  ///< first bit, of the group
  std::size_t bits = 0;
  std::uint64_t parities = 0;   ///< disclosed about this unit
  std::uint64_t corrected = 0;  ///< errors found: both sides know
  unsigned tags = 0;            ///< disclosed and compared
  bool verified = false;
};

using CascadeMessage = std::vector<std::uint8_t>;

/// Where Alice takes the key of a tag from: fresh from the operating system, or, for simulation, from a seed.
struct CascadeKeys {
  std::optional<std::uint64_t> simulated{};
  std::uint64_t next = 0;  ///< number of the next simulated key
};

/// Alice. begin() and then receive() for each message of Bob, until finished(). Allocates at construction; messages
/// reuse their memory. Key material is wiped on destruction and by the next begin(). After an error of receive() the
/// group is lost: every further call but begin() is refused.
class CascadeAlice {
 public:
  /// Memory: about eight times max_bits. Errors: invalid_argument.
  static Result<CascadeAlice> make(const CascadeParameters& parameters, std::size_t max_bits);
  CascadeAlice(CascadeAlice&&) noexcept;
  CascadeAlice& operator=(CascadeAlice&&) noexcept;
  ~CascadeAlice();

  /// x: 1 to max_bits bits, copied. question: the first message. Errors: size_mismatch.
  Result<void> begin(BitView x, CascadeKeys keys, CascadeMessage& question);
  /// Bob's answer in, the next question out; empty when finished. Errors: size_mismatch (the length is not the expected
  /// one), malformed_input (pad bits, or answers that contradict each other), invalid_argument (nothing is expected),
  /// io (no random numbers for a key).
  Result<void> receive(std::span<const std::uint8_t> answer, CascadeMessage& question);
  [[nodiscard]] bool finished() const noexcept;
  /// Bytes of the message that receive() expects; 0 if none.
  [[nodiscard]] std::size_t expected_bytes() const noexcept;
  [[nodiscard]] const CascadeTraffic& traffic() const noexcept;
  /// Complete when finished.
  [[nodiscard]] std::span<const CascadeUnit> units() const noexcept;

 private:
  struct State;
  explicit CascadeAlice(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

/// Bob. As Alice; he answers every message, and what he holds at the end is x wherever a unit is verified.
class CascadeBob {
 public:
  /// Memory: about nine times max_bits. Errors: invalid_argument.
  static Result<CascadeBob> make(const CascadeParameters& parameters, std::size_t max_bits);
  CascadeBob(CascadeBob&&) noexcept;
  CascadeBob& operator=(CascadeBob&&) noexcept;
  ~CascadeBob();

  /// y: as long as Alice's x. Errors: size_mismatch.
  Result<void> begin(BitView y);
  /// Alice's question in, the answer out. Errors: as CascadeAlice::receive.
  Result<void> receive(std::span<const std::uint8_t> question, CascadeMessage& answer);
  /// True after the last answer: Alice needs it still.
  [[nodiscard]] bool finished() const noexcept;
  [[nodiscard]] std::size_t expected_bytes() const noexcept;
  [[nodiscard]] const CascadeTraffic& traffic() const noexcept;
  [[nodiscard]] std::span<const CascadeUnit> units() const noexcept;
  /// As many bits as y had. A key only where units() are verified.
  [[nodiscard]] BitView corrected() const noexcept;
  /// Allocated, in bytes.
  [[nodiscard]] std::size_t memory_bytes() const noexcept;

 private:
  struct State;
  explicit CascadeBob(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

// ---- Both roles in one process
// ---------------------------------------------------------------------------------------

struct InteractiveSettings {
  std::optional<double> qber{};  ///< as in Reconciler; both sides know how many errors were found, so none are reported
  unsigned tag_bits = 64;
  unsigned breadth = 0;  ///< see CascadeParameters
  std::optional<std::uint64_t> simulated_keys{};
  std::optional<CascadeParameters> parameters{};  ///< instead of choose_cascade()
};

/// More about a group than its BlockReport tells.
struct GroupDetails {
  std::size_t retried_units = 0;  ///< whose first tag did not match
  CascadeTraffic traffic;
};

/// Groups of blocks; a group is what Reconciler calls a block. A tag's key is drawn when the tag is due, so the key
/// that is given to reconcile() goes unused.
class InteractiveReconciler final : public Reconciler {
 public:
  explicit InteractiveReconciler(InteractiveSettings settings);
  ~InteractiveReconciler() override;
  InteractiveReconciler(InteractiveReconciler&&) noexcept;
  InteractiveReconciler& operator=(InteractiveReconciler&&) noexcept;

  [[nodiscard]] BitView key() const noexcept override;
  [[nodiscard]] std::size_t decoder_bytes() const noexcept override;

  /// All of x̂ of the last group; a key only where units() are verified.
  [[nodiscard]] BitView corrected() const noexcept;
  [[nodiscard]] std::span<const CascadeUnit> units() const noexcept;
  [[nodiscard]] const GroupDetails& details() const noexcept { return details_; }
  /// What the last group ran with.
  [[nodiscard]] const CascadeParameters& parameters() const noexcept { return parameters_; }
  /// Over all groups.
  [[nodiscard]] const CascadeTraffic& traffic() const noexcept { return traffic_; }

 private:
  struct Peers;
  Result<void> prepare(std::size_t code_bits) override;
  Result<BlockReport> exchange(BitView x, BitView y, const VerificationKey& key) override;
  void add_unit(BitView x, BitView y, const CascadeUnit& unit, BlockReport& report);
  InteractiveSettings settings_;
  CascadeTraffic traffic_;
  GroupDetails details_;
  CascadeParameters parameters_;
  std::uint64_t keys_ = 0;
  std::size_t key_bits_ = 0;
  BitString key_;
  std::unique_ptr<Peers> peers_;
};

}  // namespace caligo
