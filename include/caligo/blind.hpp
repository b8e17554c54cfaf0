// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Blind reconciliation: Alice discloses less than Bob needs, and he asks for more where his decoder got lost. No rate
/// has to be known beforehand, and what is disclosed follows the errors of each block.
///
/// A block's code tree is cut into segments with a checksum each. Bob's list decoder stops at the first segment in
/// which no path has the right checksum; he asks for some more values of u in this segment, the least reliable
/// positions first, and goes on from the segment's begin. So the values are spent where they are needed, and little is
/// decoded twice. Blind reconciliation with nested polar codes: Kiktenko, Malyshev, Fedorov, arXiv:2008.12299; segment
/// checksums: Zhou et al., VTC 2016, and for reconciliation Tang et al., arXiv:2003.03713. To our knowledge the
/// combination is new.
///
/// Which segment Bob asks for depends on the errors, not on x alone: harmless where the security proof gives the error
/// pattern to the eavesdropper, and not by default otherwise (docs/reconcile.md).

#include <caligo/construct.hpp>
#include <caligo/reconcile.hpp>
#include <caligo/segmented.hpp>

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace caligo {

/// What both sides know about a block. Immutable; shared between blocks and threads.
class BlindCode {
 public:
  /// order: with error probabilities. disclosed: positions disclosed at first. crc: of every segment, of 8 bits at
  /// least. Segments are cut so that the SC error probabilities of each sum to segment_errors at most. Errors:
  /// invalid_argument.
  static Result<std::shared_ptr<const BlindCode>> make(std::shared_ptr<const ReliabilityOrder> order,
                                                       std::size_t disclosed, const CrcSpec& crc);

  [[nodiscard]] const CodeSpec& code() const noexcept { return code_; }
  [[nodiscard]] std::span<const Segment> segments() const noexcept { return segments_; }
  /// The decoder's schedule; made at every call. list_size: 2 to 32. Errors: invalid_argument.
  [[nodiscard]] Result<std::shared_ptr<const SegmentedPlan>> plan(unsigned list_size) const;

  /// How far the order has been disclosed in one segment.
  struct Cursor {
    std::size_t segment = 0;
    std::size_t next = 0;  ///< information positions that are at least so reliable are not yet disclosed
  };
  [[nodiscard]] Cursor cursor(std::size_t segment) const noexcept { return {segment, code_.information_bits()}; }
  /// The next `count` positions, fewer if there are no more: sets their bits in `mask` (2^level bits, relative to the
  /// segment) and returns their number.
  std::size_t take(Cursor& cursor, std::size_t count, MutableBitView mask) const noexcept;

  static constexpr double segment_errors = 5;

 private:
  BlindCode(std::shared_ptr<const ReliabilityOrder> order, CodeSpec code);
  void cut(unsigned level, std::size_t offset, const std::vector<double>& errors_before);
  std::shared_ptr<const ReliabilityOrder> order_;
  CodeSpec code_;
  std::vector<Segment> segments_;
};

/// What Alice sends first.
struct BlindDisclosure {
  BitString frozen_values;               ///< u on CodeSpec::disclosed_mask(), CodeSpec::frozen_bits() bits
  std::vector<std::uint32_t> checksums;  ///< one per segment, over its information bits
  VerificationKey key;
  std::uint64_t tag = 0;  ///< verification_tag of x
};

/// What Bob asks for: the next `count` values of a segment, by falling unreliability.
struct BlindRequest {
  std::uint32_t segment = 0;
  std::uint32_t count = 0;
  friend bool operator==(const BlindRequest&, const BlindRequest&) = default;
};

/// Alice, for one block: N/8 bytes of state. Key material is wiped on destruction.
class BlindDiscloser {
 public:
  /// tag_bits: 1 to 64. Errors: invalid_argument.
  static Result<BlindDiscloser> make(std::shared_ptr<const BlindCode> code, unsigned tag_bits);
  BlindDiscloser(BlindDiscloser&&) noexcept = default;
  BlindDiscloser& operator=(BlindDiscloser&&) noexcept = default;
  ~BlindDiscloser();

  /// A new block: x, at most sent_bits() bits; a shorter one counts as followed by zeros that both sides know. Errors:
  /// size_mismatch.
  Result<void> start(BitView block, const VerificationKey& key, BlindDisclosure& out);
  /// values: `count` bits, or fewer if the segment has no more; resized. Errors: invalid_argument (no such segment, a
  /// count of zero, no block).
  Result<void> answer(const BlindRequest& request, BitString& values);

  [[nodiscard]] const BlindCode& code() const noexcept { return *code_; }
  /// Of the block so far.
  [[nodiscard]] const Leakage& leakage() const noexcept { return leakage_; }

 private:
  BlindDiscloser(std::shared_ptr<const BlindCode> code, unsigned tag_bits);
  std::shared_ptr<const BlindCode> code_;
  unsigned tag_bits_;
  Crc crc_;
  BitString u_;
  BitString scratch_;
  BitString mask_;
  std::map<std::uint32_t, BlindCode::Cursor> cursors_;
  Leakage leakage_;
  bool started_ = false;
};

/// Bob, what he keeps of one block while he waits: y, and what was disclosed. Wiped on destruction.
class BlindBlock {
 public:
  enum class State {
    decoding,  ///< BlindCorrector::work() is due
    asking,    ///< an answer to request() is due
    verified,  ///< corrected() is x, except with probability verification_epsilon()
    failed,    ///< the block must be discarded
  };
  /// block: y, as long as Alice's x. Errors: size_mismatch (block, values or checksums), invalid_argument.
  static Result<BlindBlock> make(std::shared_ptr<const BlindCode> code, BlindDisclosure disclosure, BitView block,
                                 unsigned tag_bits);
  BlindBlock(BlindBlock&&) noexcept = default;
  BlindBlock& operator=(BlindBlock&&) noexcept = default;
  ~BlindBlock();

  [[nodiscard]] State state() const noexcept { return state_; }
  [[nodiscard]] const BlindRequest& request() const noexcept { return request_; }
  /// Alice's answer to request(). Errors: invalid_argument if none is due, size_mismatch.
  Result<void> answer(BitView values);
  /// x̂ as long as y, once verified.
  [[nodiscard]] BitView corrected() const noexcept { return {bits_.words().data(), size_}; }
  /// Bits in which x̂ differs from y, once verified.
  [[nodiscard]] std::size_t corrected_errors() const noexcept { return errors_; }
  /// Requests so far.
  [[nodiscard]] unsigned rounds() const noexcept { return rounds_; }

 private:
  friend class BlindCorrector;
  /// What was disclosed of a segment on request; masks and values have 2^level bits.
  struct Known {
    BlindCode::Cursor cursor;
    BitString mask;
    BitString values;
    BitString asked;  ///< positions of the request that is open
    unsigned tries = 0;
    std::size_t count = 0;  ///< ones of `mask`
  };
  BlindBlock(std::shared_ptr<const BlindCode> code, BlindDisclosure disclosure, BitView block, unsigned tag_bits);
  void ask(std::size_t index);
  void finish(BitView codeword) noexcept;

  std::shared_ptr<const BlindCode> code_;
  BlindDisclosure disclosure_;
  unsigned tag_bits_;
  std::size_t size_;
  std::uint64_t id_;  ///< tells blocks apart
  BitString bits_;    ///< y, then x̂; CodeSpec::sent_bits() bits
  std::map<std::uint32_t, Known> known_;
  std::size_t asked_ = 0;  ///< values asked for, all together
  unsigned latest_ = 0;    ///< requests for the segment asked for last
  State state_ = State::decoding;
  BlindRequest request_;
  std::size_t errors_ = 0;
  unsigned rounds_ = 0;
};

/// Bob's decoder; the scratch memory of one thread.
class BlindCorrector {
 public:
  /// plan: of BlindCode::plan().
  explicit BlindCorrector(std::shared_ptr<const SegmentedPlan> plan);
  ~BlindCorrector();
  BlindCorrector(BlindCorrector&&) noexcept = default;
  BlindCorrector& operator=(BlindCorrector&&) noexcept = default;

  /// Turns to another plan and keeps the memory.
  void rebind(std::shared_ptr<const SegmentedPlan> plan);
  /// Decodes until the block's state is another than decoding. If the block was the last one that this corrector worked
  /// on, from where it stopped; else from its begin, with all that is known by now, which gives the same result.
  /// Errors: invalid_argument if the plan is that of another code.
  Result<void> work(BlindBlock& block);
  [[nodiscard]] const SegmentedPlan& plan() const noexcept { return decoder_.plan(); }
  [[nodiscard]] std::size_t memory_bytes() const noexcept { return decoder_.memory_bytes() + llr_.size(); }

 private:
  Result<void> begin(const BlindBlock& block);
  SegmentedDecoder decoder_;
  std::vector<std::int8_t> llr_;
  std::uint64_t owner_ = 0;  ///< the block whose decoding can go on
  std::size_t segment_ = 0;  ///< where it stopped, and …
  std::size_t applied_ = 0;  ///< … how many values the decoder knows there
};

struct BlindSettings {
  unsigned list_size = 8;
  /// The first disclosure leaves boldness·√N/16 errors of successive cancellation to be expected in a block: the more,
  /// the less is disclosed and the more is asked. At N = 2^20, 2 % and a list of 8: 1 makes 9 rounds and f = 1.10, 2
  /// makes 27 and 1.09.
  double boldness = 1;
  unsigned tag_bits = 64;
  CrcSpec crc;                 ///< of every segment
  std::optional<double> qber;  ///< as in Reconciler
};

class BlindReconciler final : public Reconciler {
 public:
  explicit BlindReconciler(BlindSettings settings, std::optional<std::filesystem::path> cache = std::nullopt);
  ~BlindReconciler() override;
  BlindReconciler(BlindReconciler&&) noexcept;
  BlindReconciler& operator=(BlindReconciler&&) noexcept;

  [[nodiscard]] BitView key() const noexcept override;
  [[nodiscard]] std::size_t decoder_bytes() const noexcept override;

 private:
  struct Peers;
  Result<void> prepare(std::size_t code_bits) override;
  Result<BlockReport> exchange(BitView x, BitView y, const VerificationKey& key) override;
  BlindSettings settings_;
  CodeSelector selector_;
  std::shared_ptr<const BlindCode> code_;
  std::unique_ptr<Peers> peers_;
};

/// The code that a block of `bits` bits begins with; also for sessions, whose two sides call it with the same
/// arguments. Errors: as CodeSelector::select().
Result<std::shared_ptr<const BlindCode>> select_blind_code(CodeSelector& selector, std::size_t bits, double qber,
                                                           double boldness, const CrcSpec& crc);

}  // namespace caligo
