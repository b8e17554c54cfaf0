// SPDX-License-Identifier: Apache-2.0
#pragma once
/// One-way information reconciliation with polar codes (Slepian-Wolf coding with side information). Alice holds x, Bob
/// y = x ⊕ e. With u = x·G (G is its own inverse) Alice discloses u on the frozen positions; Bob decodes y with these
/// frozen *values* and gets x̂. Nothing flows back but a verdict per block, unless the QBER is learnt from earlier
/// blocks. No sockets, no files, no printing: what is disclosed is returned as a value for any transport.

#include <caligo/bits.hpp>
#include <caligo/code.hpp>
#include <caligo/construct.hpp>
#include <caligo/crc.hpp>
#include <caligo/decode.hpp>
#include <caligo/error.hpp>

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

namespace caligo {

/// Bits disclosed on the public channel, by purpose. Every one of them counts, also for blocks that fail.
struct Leakage {
  std::uint64_t frozen = 0;    ///< values of u on the frozen positions
  std::uint64_t crc = 0;       ///< checksums that pick the list entry
  std::uint64_t tag = 0;       ///< verification tags
  std::uint64_t sample = 0;    ///< key bits shown to estimate the QBER
  std::uint64_t feedback = 0;  ///< error counts of verified blocks, sent back by Bob
  /// what Alice answers: values of u that Bob asks for (blind mode), parities (interactive mode)
  std::uint64_t questions = 0;
  [[nodiscard]] std::uint64_t total() const noexcept { return frozen + crc + tag + sample + feedback + questions; }
  Leakage& operator+=(const Leakage& other) noexcept;
  friend bool operator==(const Leakage&, const Leakage&) = default;
};

// ---- Verification
// ----------------------------------------------------------------------------------------------------

/// The public key of one verification hash: three elements of GF(2^127 - 1), two words each, low word first. It must be
/// drawn afresh for every block and be independent of x and y: Alice draws it when she discloses.
struct VerificationKey {
  std::array<std::uint64_t, 6> words{};
  /// From the operating system's random numbers. Errors: io if there are none.
  static Result<VerificationKey> fresh();
  /// Reproducible; for simulation only.
  static VerificationKey simulated(std::uint64_t seed, std::uint64_t block) noexcept;
};

/// An ε-almost-universal hash of tag_bits (1 to 64) bits. The block, cut into 120-bit coefficients, is a polynomial
/// over GF(p), p = 2^127 - 1, evaluated at a random point (den Boer 1993; Bierbrauer et al. 1993); the value v is
/// compressed to
/// ((a·v + b) mod p) mod 2^tag_bits (Carter and Wegman 1979). Pad bits of the last word are taken as zero.
[[nodiscard]] std::uint64_t verification_tag(BitView block, const VerificationKey& key, unsigned tag_bits) noexcept;
/// The largest probability, over the key, that two different blocks of `bits` bits have the same tag:
/// ceil(bits/120)/p + 2^-tag_bits. Two polynomials of degree < k agree in at most k - 1 points; a, b uniform in GF(p)
/// map different values to a uniform pair, whose residues agree with probability ≤ 2^-tag_bits + 1/p.
[[nodiscard]] double verification_epsilon(std::size_t bits, unsigned tag_bits) noexcept;

// ---- The two roles
// ---------------------------------------------------------------------------------------------------

/// What Alice sends about one block.
struct Disclosure {
  BitString frozen_values;     ///< u = x·G on CodeSpec::disclosed_mask(), CodeSpec::frozen_bits() bits
  std::uint32_t checksum = 0;  ///< CRC over the information bits of u; 0 if the code has none
  VerificationKey key;
  std::uint64_t tag = 0;  ///< verification_tag of x
};

/// Alice. Allocates at construction, and in `out` on its first use only. Key material is wiped on destruction.
class Discloser {
 public:
  /// code: CRC external or none. tag_bits: 1 to 64. Errors: invalid_argument.
  static Result<Discloser> make(CodeSpec code, unsigned tag_bits);
  Discloser(Discloser&&) noexcept = default;
  Discloser& operator=(Discloser&&) noexcept = default;
  ~Discloser();

  /// block: x, at most code().sent_bits() bits; a shorter one counts as followed by zeros that both sides know.
  /// Errors: size_mismatch.
  Result<void> disclose(BitView block, const VerificationKey& key, Disclosure& out);
  [[nodiscard]] const CodeSpec& code() const noexcept { return code_; }
  /// What every block of this code costs.
  [[nodiscard]] Leakage leakage() const noexcept;

 private:
  Discloser(CodeSpec code, unsigned tag_bits);
  CodeSpec code_;
  unsigned tag_bits_;
  Crc crc_;
  BitString u_;            ///< N bits
  BitString information_;  ///< CodeSpec::information_bits() bits
};

/// Bob's result for one block.
struct Correction {
  bool verified = false;      ///< the tag holds; otherwise the block must be discarded
  bool crc_accepted = false;  ///< some list entry had the right CRC
  std::size_t corrected = 0;  ///< bits in which x̂ differs from y
  unsigned candidates = 0;    ///< words that were compared with the tag, 1 or 2: each one risks an ε
};

/// Bob. Allocates at construction only. Key material is wiped on destruction.
class Corrector {
 public:
  /// plan: its code as for Discloser::make. first: a plan of the same code with a shorter list, or none; it is tried
  /// before, and most blocks that the longer list corrects need no more. Errors: invalid_argument.
  static Result<Corrector> make(std::shared_ptr<const DecodePlan> plan, unsigned tag_bits,
                                std::shared_ptr<const DecodePlan> first = nullptr);
  Corrector(Corrector&&) noexcept = default;
  Corrector& operator=(Corrector&&) noexcept = default;
  ~Corrector();

  /// block: y, as long as Alice's x. Decodes with LLR = ±1 (the min-sum decoder is scale free on a BSC) and checks the
  /// tag in constant time. Errors: size_mismatch.
  Result<Correction> correct(const Disclosure& disclosure, BitView block);
  /// x̂ of the last correct(): as many bits as y had. A key only if it was verified.
  [[nodiscard]] BitView corrected() const noexcept { return {corrected_.words().data(), bits_}; }
  [[nodiscard]] const DecodePlan& plan() const noexcept { return decoder_.plan(); }
  /// Of all decoders.
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return decoder_.memory_bytes() + (first_ ? first_->memory_bytes() : 0);
  }

 private:
  Corrector(std::shared_ptr<const DecodePlan> plan, unsigned tag_bits, std::shared_ptr<const DecodePlan> first);
  Result<void> attempt(Decoder& decoder, const DecodeInput& input, const Disclosure& disclosure, Correction& result);
  Decoder decoder_;
  std::optional<Decoder> first_;
  unsigned tag_bits_;
  std::vector<std::int8_t> llr_;
  BitString corrected_;
  std::size_t bits_ = 0;
};

// ---- Choice of the code
// ----------------------------------------------------------------------------------------------

struct CodeRequest {
  std::size_t bits = 0;  ///< block length, 8 to 2^24; the mother code is the next power of two, shortened
  double qber = 0;       ///< crossover to design for, in [0, 0.5]; at least 1e-5 is assumed
  unsigned list_size = 8;
  double target_fer = 1e-2;  ///< in [1e-4, 0.5]
  CrcSpec crc;               ///< travels beside the block (CrcPlacement::external)
  double boldness = 1;       ///< of blind codes, as in BlindSettings
};

/// Picks the code that discloses least at a frame error rate. Density evolution gives the error probability p_i of
/// every bit under successive cancellation, exactly for this decoder; the information set is the largest with Σ p_i ≤
/// T, where T(length, QBER, list size, target) is a table measured by tools/calibrate.
class CodeSelector {
 public:
  /// cache: see construct_order_cached().
  explicit CodeSelector(std::optional<std::filesystem::path> cache = std::nullopt) : cache_(std::move(cache)) {}
  /// The code's sent_bits() are bits rounded up to a multiple of N/1024. Slow (density evolution) when the QBER leaves
  /// a grid cell of ±2.2 % or the length changes, else milliseconds. Errors: invalid_argument, no_key (no information
  /// position can be left).
  Result<CodeSpec> select(const CodeRequest& request);
  /// What select() and blind codes are cut from: the order for the grid cell of a QBER, and how much of it is disclosed
  /// so that the SC bit error probabilities of the rest sum to threshold(length, cell's QBER). Errors: as select().
  struct Design {
    std::shared_ptr<const ReliabilityOrder> order;
    std::size_t disclosed = 0;
  };
  using Threshold = double (*)(std::size_t length, double qber, const CodeRequest& request);
  Result<Design> design(const CodeRequest& request, Threshold threshold);

 private:
  /// An order and what was last taken from it.
  struct Designed {
    int cell = 0;
    std::shared_ptr<const ReliabilityOrder> order;
    double threshold = 0;       ///< Σ p_i ≤ threshold …
    std::size_t disclosed = 0;  ///< … leaves so many frozen positions
    std::optional<CodeSpec> code;
  };
  Result<Designed*> find(unsigned n, std::size_t shortened, int cell);
  std::optional<std::filesystem::path> cache_;
  std::vector<Designed> recent_;  ///< newest last
};

/// What both sides know about the QBER: a disclosed sample, then the errors of verified blocks.
class ErrorRate {
 public:
  /// errors among `bits` positions. Older observations fade so that at most 16 blocks' worth is remembered.
  void observe(std::uint64_t bits, std::uint64_t errors) noexcept;
  /// A block failed: the rate may have risen. The next designs are raised by 5 %, then 10 % more, 15 % …, until one is
  /// verified, and what was remembered counts half.
  void block_failed() noexcept;
  [[nodiscard]] std::uint64_t observed() const noexcept { return static_cast<std::uint64_t>(bits_); }
  /// (errors + 1)/(bits + 2), Laplace's rule.
  [[nodiscard]] double estimate() const noexcept;
  /// The QBER to design the next block for. A code of target FER ε for q decodes M bits while the block's error rate is
  /// below q + zrσ, give or take: z is the ε-quantile, σ² = q(1 - q)/M the variance of that rate, r ≥ 1 what the
  /// decoder adds to it. With q known from S positions only, the variance grows by q(1 - q)/S, so the design is q̂ +
  /// zσ(√(r² + M/S) - r), which keeps the FER at ε. r is taken too small rather than too large: the safe side.
  [[nodiscard]] double design(std::size_t block_bits, double target_fer) const noexcept;

 private:
  double bits_ = 0;
  double errors_ = 0;
  unsigned failures_ = 0;
};

/// The QBER at which 1 - 2·h2(q) = 0: beyond it one-way post-processing leaves no BB84 key (Shor and Preskill 2000).
/// 0.1100.
[[nodiscard]] double one_way_qber_limit() noexcept;
/// The efficiency that no one-way code of `bits` bits beats by much at this failure rate, by the normal approximation:
/// (n·h2(q) + √(n·V)·Q⁻¹(fer) - ½ log2 n)/(n·h2(q)), V = q(1 - q)·log2²((1 - q)/q) (Hayashi 2009; Polyanskiy, Poor,
/// Verdú 2010). NaN for a QBER of 0.
[[nodiscard]] double one_way_efficiency_limit(std::size_t bits, double qber, double fer) noexcept;
/// Is there a key after privacy amplification? disclosed: bits per key bit. Errors: no_key, if 1 - 2·h2(qber) ≤ 0 or
/// 1 - h2(qber) - disclosed ≤ 0; says what is needed.
Result<void> check_key_left(double qber, double disclosed);
/// How `bits` are cut into equal blocks of at most 2^max_log2: `count` blocks of `length` bits, the last one shorter by
/// less than `count`.
struct BlockLengths {
  std::uint64_t count = 0;
  std::size_t length = 0;
};
[[nodiscard]] BlockLengths split_blocks(std::uint64_t bits, unsigned max_log2) noexcept;

// ---- Both roles in one process
// ---------------------------------------------------------------------------------------

struct BlockReport {
  std::size_t bits = 0;
  std::size_t errors = 0;      ///< bits in which x and y differ (both known here)
  std::size_t undetected = 0;  ///< bits in which what was verified of x̂ differs from x
  std::size_t corrected = 0;   ///< bits in which what was verified of x̂ differs from y
  Leakage leaked;
  bool verified = false;         ///< all of it
  std::size_t key_bits = 0;      ///< bits that were verified: all, none, or in interactive mode some
  std::size_t units = 1;         ///< parts that have a tag of their own, and …
  std::size_t failed_units = 0;  ///< … those of them that were not verified
  double epsilon = 0;            ///< verification_epsilon of this block, times the words compared with its tags
  std::uint64_t messages = 1;    ///< of both sides
  std::uint64_t bob_bits = 0;    ///< what Bob says apart from error counts: it depends on the errors, not on x alone
  unsigned rounds = 0;           ///< exchanges after the first message
};

/// Runs Alice and Bob side by side, block after block, and keeps the accounts: for simulation, tests and the CLI.
class Reconciler {
 public:
  virtual ~Reconciler() = default;

  /// Positions compared openly: counted as leaked (bits of them) and used for the next designs.
  void observe_sample(std::uint64_t bits, std::uint64_t errors) noexcept;
  /// Takes over what another reconciler learnt: several that work side by side on one stream.
  void assume(const ErrorRate& rate) noexcept { rate_ = rate; }
  /// The next blocks to cut from `remaining` bits. As long as fewer than a sixteenth of a full block was observed, one
  /// short block of 16 times what was observed: little is spent while the QBER is hardly known, and much is learnt.
  [[nodiscard]] BlockLengths next_blocks(std::uint64_t remaining, unsigned max_log2) const noexcept;
  /// One block. code_bits ≥ x.size() is the length that the code is made for; the difference is padding known to both.
  /// Errors: invalid_argument, size_mismatch, no_key (nothing can be left of a block of code_bits).
  Result<BlockReport> reconcile(BitView x, BitView y, std::size_t code_bits, const VerificationKey& key);
  /// What was verified of x̂ of the last block: BlockReport::key_bits bits.
  [[nodiscard]] virtual BitView key() const noexcept = 0;
  /// Memory of Bob's decoder; 0 before the first block.
  [[nodiscard]] virtual std::size_t decoder_bytes() const noexcept = 0;

  [[nodiscard]] const ErrorRate& rate() const noexcept { return rate_; }
  [[nodiscard]] const Leakage& leaked() const noexcept { return leaked_; }
  /// Sum over the blocks that were verified.
  [[nodiscard]] double epsilon() const noexcept { return epsilon_; }
  /// Seconds spent in choosing codes and compiling plans.
  [[nodiscard]] double design_seconds() const noexcept { return design_seconds_; }

  /// Bits that the report of one error count takes.
  static constexpr unsigned feedback_bits = 32;

 protected:
  /// qber: the QBER to design for. Without it: what observe_sample() and the error counts of verified blocks teach;
  /// each count is sent by Bob and leaks feedback_bits.
  Reconciler(std::optional<double> qber, unsigned tag_bits) : qber_(qber), tag_bits_(tag_bits) {}
  Reconciler(const Reconciler&) = default;
  Reconciler(Reconciler&&) noexcept = default;
  Reconciler& operator=(const Reconciler&) = default;
  Reconciler& operator=(Reconciler&&) noexcept = default;

  /// The QBER expected; designs of one-way codes add a margin.
  [[nodiscard]] double expected_qber() const noexcept { return qber_.value_or(rate_.estimate()); }
  [[nodiscard]] std::optional<double> given_qber() const noexcept { return qber_; }
  [[nodiscard]] unsigned tag_bits() const noexcept { return tag_bits_; }
  /// disclosed: bits per bit of a block, expected. Errors: no_key.
  [[nodiscard]] Result<void> check_disclosure(double disclosed, std::size_t code_bits) const;
  /// The report of a block that is verified as a whole or not at all. candidates: words compared with the tag. Bob
  /// reports how many errors he corrected, if the QBER is to be learnt: feedback_bits more.
  [[nodiscard]] BlockReport whole_block(BitView x, BitView y, const Leakage& leaked, bool verified,
                                        unsigned candidates) const noexcept;

 private:
  /// Chooses and compiles the code of the next block.
  virtual Result<void> prepare(std::size_t code_bits) = 0;
  /// The block itself. Fills in everything but bits and errors.
  virtual Result<BlockReport> exchange(BitView x, BitView y, const VerificationKey& key) = 0;

  std::optional<double> qber_;
  unsigned tag_bits_;
  ErrorRate rate_;
  Leakage leaked_;
  double epsilon_ = 0;
  double design_seconds_ = 0;
};

struct OneWaySettings {
  unsigned list_size = 8;  ///< from 16 on a quarter of the paths is tried first
  double target_fer = 1e-2;
  unsigned tag_bits = 64;
  CrcSpec crc;
  std::optional<double> qber;  ///< as in Reconciler
};

class OneWayReconciler final : public Reconciler {
 public:
  explicit OneWayReconciler(OneWaySettings settings, std::optional<std::filesystem::path> cache = std::nullopt);
  ~OneWayReconciler() override;
  OneWayReconciler(OneWayReconciler&&) noexcept;
  OneWayReconciler& operator=(OneWayReconciler&&) noexcept;

  [[nodiscard]] BitView key() const noexcept override;
  [[nodiscard]] std::size_t decoder_bytes() const noexcept override;

 private:
  struct Peers;
  Result<void> prepare(std::size_t code_bits) override;
  Result<BlockReport> exchange(BitView x, BitView y, const VerificationKey& key) override;
  OneWaySettings settings_;
  CodeSelector selector_;
  std::unique_ptr<Peers> peers_;
};

}  // namespace caligo
