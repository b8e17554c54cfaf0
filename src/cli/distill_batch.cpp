// SPDX-License-Identifier: Apache-2.0
#include "cli/distill_batch.hpp"

#include <fmt/format.h>
#include <sodium.h>
#include <caligo/amplify.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

#include "cli/context.hpp"
#include "reconcile/role_tools.hpp"

namespace caligo::cli {

using reconcile::wipe;

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Random streams of a batch; sessions use small numbers of a seed of their own.
constexpr std::uint64_t sample_stream = std::uint64_t{1} << 62;
constexpr std::uint64_t amplification_stream = std::uint64_t{1} << 61;

std::size_t default_sample(std::uint64_t bits) noexcept {
  return static_cast<std::size_t>(std::clamp<std::uint64_t>(bits / 16, 64, std::uint64_t{1} << 22));
}

void invert(BitString& mask) noexcept {
  for (std::uint64_t& word : mask.words()) word = ~word;
  if (mask.size() % 64 != 0) mask.words().back() &= (std::uint64_t{1} << (mask.size() % 64)) - 1;
}

}  // namespace

/// The two sides' bits as they come along.
struct Distiller::Pair {
  BitString alice;
  BitString bob;
  Pair() = default;
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;
  ~Pair() {
    wipe(alice);
    wipe(bob);
  }
};

Distiller::Distiller(const DistillOptions& options, const BlockChoice& chosen, CrcSpec crc, AuthenticatedLink link,
                     const KeyLengthFormula& formula)
    : options_(options),
      chosen_(chosen),
      crc_(std::move(crc)),
      link_(std::move(link)),
      formula_(&formula),
      codes_(std::make_shared<CodeBook>(std::nullopt, options.window)) {}

Distiller::~Distiller() { wipe(key_); }

Result<Distiller> Distiller::make(const DistillOptions& options, const BlockChoice& chosen) {
  auto crc = choose_crc(options.reconcile, chosen);
  if (!crc) return crc.error();
  const auto formula = parse_key_length_formula(options.formula);
  if (!formula) return formula.error();
  auto link = AuthenticatedLink::make(options.authentication, options.reconcile.seed);
  if (!link) return link.error();
  return Distiller(options, chosen, std::move(*crc), std::move(*link), **formula);
}

SessionSettings Distiller::settings(const DistillBatch& batch) const {
  const ReconcileOptions& reconcile = options_.reconcile;
  SessionSettings settings;
  settings.session_id = number_ + 1;
  settings.mode = reconcile.mode == "blind"         ? SessionMode::blind
                  : reconcile.mode == "interactive" ? SessionMode::interactive
                                                    : SessionMode::one_way;
  settings.max_log2_block = chosen_.block_log2;
  settings.list_size = std::max(chosen_.list_size, 1U);  // interactive: no decoder
  settings.breadth = chosen_.breadth;
  settings.target_fer = reconcile.target_fer;
  settings.tag_bits = reconcile.tag_bits;
  settings.crc = crc_;
  settings.boldness = chosen_.boldness;
  settings.max_rounds = 4096;
  settings.window = options_.window;
  settings.simulation_seed = reconcile.seed;
  // A sixteenth of the bits was compared: that rate serves for all blocks, and nothing more is said about errors.
  ErrorRate rate;
  rate.observe(batch.sample_bits, batch.sample_errors);
  const bool one_way = settings.mode == SessionMode::one_way;
  settings.qber = one_way ? rate.design(std::size_t{1} << chosen_.block_log2, reconcile.target_fer) : rate.estimate();
  return settings;
}

Result<void> Distiller::reconcile(Pair& pair, DistillBatch& batch) {
  const SessionSettings wanted = settings(batch);
  auto alice = AliceSession::make(wanted, pair.alice, codes_);
  if (!alice) return alice.error();
  auto bob = BobSession::make(wanted, pair.bob, codes_);
  if (!bob) return bob.error();
  if (auto done = link_.run(*alice, *bob, wanted.max_frame); !done) return done;
  batch.blocks = alice->blocks();
  for (std::size_t i = 0; i < alice->blocks(); ++i) {
    const SessionBlock block = bob->block(i);
    batch.failed_blocks += block.outcome == BlockOutcome::verified ? 0 : 1;
    batch.rounds += block.rounds;
  }
  batch.leaked = alice->leaked();
  batch.leaked += bob->leaked();
  wipe(pair.alice);
  wipe(pair.bob);
  pair.alice = alice->key();
  pair.bob = bob->key();
  batch.reconciled_bits = pair.alice.size();
  if (pair.alice.size() != pair.bob.size()) {
    return Error{ErrorCode::size_mismatch, "the two sides do not agree on which blocks were verified"};
  }
  batch.undetected = hamming_distance(pair.alice, pair.bob);
  return find_length(batch, bob->epsilon(), link_.epsilon());
}

Result<void> Distiller::find_length(DistillBatch& batch, double epsilon_correctness,
                                    double epsilon_authentication) const {
  if (batch.reconciled_bits == 0) return Error{ErrorCode::no_key, "no block was verified: no key is left"};
  const double observed = static_cast<double>(batch.sample_errors) / static_cast<double>(batch.sample_bits);
  batch.tolerated_qber = options_.tolerated_qber.value_or(observed);
  KeyLengthInput input;
  input.key_bits = batch.reconciled_bits;
  input.sample_bits = batch.sample_bits;
  input.tolerated_qber = batch.tolerated_qber;
  input.observed_qber = observed;
  input.leaked_bits = static_cast<double>(batch.leaked.total() - batch.leaked.tag);
  input.tag_bits = static_cast<double>(batch.leaked.tag);
  input.epsilon_secrecy = options_.epsilon_secrecy;
  input.epsilon_correctness = epsilon_correctness;
  input.epsilon_authentication = epsilon_authentication;
  auto length = formula_->length(input);
  if (!length) return length.error();
  batch.length = std::move(*length);
  return {};
}

Result<void> Distiller::amplify(const Pair& pair, DistillBatch& batch) {
  AmplifierSettings settings;
  settings.input_bits = pair.alice.size();
  settings.output_bits = static_cast<std::size_t>(batch.length.bits);
  if (options_.format == "base64") settings.output_bits &= ~std::size_t{255};  // whole lines
  if (settings.output_bits == 0) return Error{ErrorCode::no_key, "fewer than 256 secret bits are left: not one line"};
  batch.length.bits = settings.output_bits;
  auto amplifier = Amplifier::make(settings);
  if (!amplifier) return amplifier.error();
  // Drawn when all else is over, and announced.
  const auto& simulation = options_.reconcile.seed;
  auto seed = simulation ? Result<BitString>(simulated_amplification_seed(amplifier->seed_bits(), *simulation,
                                                                          amplification_stream + number_))
                         : fresh_amplification_seed(amplifier->seed_bits());
  if (!seed) return seed.error();
  if (!seed->empty()) {
    if (auto carried = link_.carry(seed->to_bytes()); !carried) return carried;
  }
  wipe(key_);
  key_ = BitString(settings.output_bits);
  Pair secret;
  secret.bob = BitString(settings.output_bits);
  if (auto done = amplifier->amplify(pair.alice, *seed, key_); !done) return done;
  if (auto done = amplifier->amplify(pair.bob, *seed, secret.bob); !done) return done;
  batch.keys_equal = equal(key_, secret.bob);
  return {};
}

Result<DistillBatch> Distiller::distill(const BitFile& alice, const BitFile& bob, std::uint64_t first,
                                        std::uint64_t bits) {
  DistillBatch batch;
  batch.bits = bits;
  batch.sample_bits = options_.sample_bits.value_or(default_sample(bits));
  if (batch.sample_bits > bits / 4) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("--sample-bits {}: at most a quarter of the {} bits of a batch can be given away",
                             batch.sample_bits, bits)};
  }
  auto start = Clock::now();
  Pair whole;
  whole.alice = BitString(static_cast<std::size_t>(bits));
  whole.bob = BitString(static_cast<std::size_t>(bits));
  if (auto read = KeptBits(alice, {}, first).read(whole.alice); !read) return read.error();
  if (auto read = KeptBits(bob, {}, first).read(whole.bob); !read) return read.error();
  batch.errors = hamming_distance(whole.alice, whole.bob);
  stages_.read += seconds_since(start);

  start = Clock::now();
  auto mask = draw_sample_mask(static_cast<std::size_t>(bits), static_cast<std::size_t>(batch.sample_bits),
                               options_.reconcile.seed, sample_stream + number_);
  if (!mask) return mask.error();
  Pair pair;
  for (BitString* side : {&pair.alice, &pair.bob}) *side = BitString(static_cast<std::size_t>(batch.sample_bits));
  extract_bits(whole.alice, *mask, pair.alice);
  extract_bits(whole.bob, *mask, pair.bob);
  batch.sample_errors = hamming_distance(pair.alice, pair.bob);
  invert(*mask);
  for (BitString* side : {&pair.alice, &pair.bob}) {
    *side = BitString(static_cast<std::size_t>(bits - batch.sample_bits));
  }
  extract_bits(whole.alice, *mask, pair.alice);
  extract_bits(whole.bob, *mask, pair.bob);
  stages_.sample += seconds_since(start);

  start = Clock::now();
  const double authenticated = link_.seconds();
  if (auto done = reconcile(pair, batch); !done) return done.error();
  stages_.reconcile += seconds_since(start) - (link_.seconds() - authenticated);

  start = Clock::now();
  const double announced = link_.seconds();
  if (auto done = amplify(pair, batch); !done) return done.error();
  stages_.amplify += seconds_since(start) - (link_.seconds() - announced);
  stages_.authenticate = link_.seconds();
  ++number_;
  return batch;
}

}  // namespace caligo::cli
