// SPDX-License-Identifier: Apache-2.0
#include "decode/soft_engine.hpp"

#include <sodium.h>
#include <caligo/encode.hpp>

#include <algorithm>
#include <bit>
#include <numbers>

namespace caligo::decode {

namespace {

using RunFunction = void (*)(SoftWorkspace&, const SoftOp*, const SoftOp*) noexcept;

template <class Arithmetic>
RunFunction run_function(unsigned list_size) noexcept {
  constexpr std::array<RunFunction, 6> all = {SoftKernel<1, Arithmetic>::run,  SoftKernel<2, Arithmetic>::run,
                                              SoftKernel<4, Arithmetic>::run,  SoftKernel<8, Arithmetic>::run,
                                              SoftKernel<16, Arithmetic>::run, SoftKernel<32, Arithmetic>::run};
  return all[static_cast<std::size_t>(std::countr_zero(list_size))];
}

float clip(float llr) noexcept { return std::clamp(llr, -soft_llr_limit, soft_llr_limit); }

}  // namespace

SoftEngine::SoftEngine(const CodeSpec& code, unsigned list_size, SoftArithmetic arithmetic, bool weigh)
    : code_(code),
      crc_(code.crc()),
      ops_(compile_soft(code)),
      run_(arithmetic == SoftArithmetic::exact ? run_function<Exact>(list_size) : run_function<MaxLog>(list_size)),
      coset_(code.block_length()),
      information_(code.information_bits()),
      codeword_(code.block_length()),
      u_(code.block_length()),
      message_(code.message_bits()) {
  workspace_.levels = code.log2_length();
  workspace_.paths.weigh = weigh;
  workspace_.paths.start(list_size);
  lay_out();
}

SoftEngine::~SoftEngine() {
  for (BitString* bits : {&coset_, &information_, &codeword_, &u_, &message_}) {
    sodium_memzero(bits->words().data(), bits->words().size_bytes());
  }
}

std::size_t SoftEngine::arena_bytes(const CodeSpec& code, unsigned list_size) noexcept {
  // Channel and partial sums: one word of 4 bytes per code bit. Below the root: N/2 + N/4 + … positions of L floats.
  return code.block_length() * (2 + std::size_t{list_size}) * 4;
}

void SoftEngine::lay_out() {
  const std::size_t length = code_.block_length();
  const std::size_t channel = arena_.reserve(length * sizeof(float));
  const std::size_t sums = arena_.reserve(length * sizeof(std::uint32_t));
  std::array<std::size_t, soft_levels> offset{};
  for (unsigned level = 0; level < workspace_.levels; ++level) {
    offset[level] = arena_.reserve((std::size_t{1} << level) * list_size() * sizeof(float));
  }
  arena_.allocate();
  workspace_.channel = channel_ = arena_.at<float>(channel);
  workspace_.sums = arena_.at<std::uint32_t>(sums);
  for (unsigned level = 0; level < workspace_.levels; ++level) workspace_.llr[level] = arena_.at<float>(offset[level]);
}

std::size_t SoftEngine::memory_bytes() const noexcept {
  const std::size_t words = coset_.words().size() + information_.words().size() + codeword_.words().size() +
                            u_.words().size() + message_.words().size();
  return sizeof *this + arena_.size() + words * sizeof(std::uint64_t) + ops_.capacity() * sizeof(SoftOp);
}

SoftVerdict SoftEngine::decode(const SoftInput& input) noexcept {
  load(input);
  workspace_.paths.start(list_size());
  run_(workspace_, ops_.data(), ops_.data() + ops_.size());
  return choose_path(input);
}

void SoftEngine::load(const SoftInput& input) noexcept {
  coset_.clear();
  if (!input.frozen_values.empty()) {
    deposit_bits(input.frozen_values, code_.disclosed_mask(), coset_);
    polar_transform(coset_);
  }
  for (std::size_t i = 0; i < code_.sent_bits(); ++i) {
    float llr = clip(input.llr[i]);
    if (!input.prior.empty()) llr = clip(llr + clip(input.prior[i]));
    channel_[i] = coset_[i] ? -llr : llr;
  }
  // Shortened bits are known zeros.
  std::fill(channel_ + code_.sent_bits(), channel_ + code_.block_length(), soft_llr_limit);
}

SoftVerdict SoftEngine::choose_path(const SoftInput& input) noexcept {
  std::array<std::uint8_t, soft_lanes> order{};
  unsigned count = 0;
  for (unsigned lane = 0; lane < list_size(); ++lane) {
    if ((alive() >> lane & 1U) != 0) order[count++] = static_cast<std::uint8_t>(lane);
  }
  std::sort(order.begin(), order.begin() + count,
            [this](unsigned a, unsigned b) { return metric(a) != metric(b) ? metric(a) < metric(b) : a < b; });
  SoftVerdict verdict;
  unsigned chosen = order[0];
  passing_ = code_.crc_placement() == CrcPlacement::none ? alive() : 0;
  verdict.accepted = passing_ != 0;
  if (!verdict.accepted) {
    for (unsigned rank = 0; rank < count; ++rank) {
      read_path(order[rank]);
      if (!checksum_holds(input)) continue;
      passing_ |= 1U << order[rank];
      if (verdict.accepted) continue;
      verdict.accepted = true;
      verdict.rank = rank;
      chosen = order[rank];
    }
  }
  read_path(chosen);
  verdict.path_metric = path_metric();
  weigh_list(verdict, chosen);
  return verdict;
}

void SoftEngine::read_path(unsigned lane) noexcept {
  const std::size_t length = code_.block_length();
  const auto words = codeword_.words();
  for (std::size_t word = 0; word < words.size(); ++word) {
    const std::uint32_t* sums = workspace_.sums + word * 64;
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < std::min<std::size_t>(64, length); ++i)
      bits |= std::uint64_t{sums[i] >> lane & 1U} << i;
    words[word] = bits;
  }
  xor_into(codeword_, coset_);
  std::copy(words.begin(), words.end(), u_.words().begin());
  polar_transform(u_);
  extract_bits(u_, code_.information_mask(), information_);
  copy_bits(information_, 0, message_, 0, message_.size());
}

bool SoftEngine::checksum_holds(const SoftInput& input) const noexcept {
  if (code_.crc_placement() == CrcPlacement::external) return input.checksum == crc_.compute(message_);
  return crc_.compute(message_) == crc_.read(information_, message_.size());
}

double SoftEngine::path_metric() const noexcept {
  double sum = 0;
  for (std::size_t i = 0; i < code_.sent_bits(); ++i) {
    const float llr = input_llr(i);
    sum += std::max(0.0F, codeword_[i] ? llr : -llr);
  }
  return sum;
}

/// The list is a list of codewords of the code with its CRC, so only paths with a right CRC are candidates, and of what
/// was pruned only the fraction 2^-width is. If none is right, the CRC is not considered: see docs/soft-output.md.
void SoftEngine::weigh_list(SoftVerdict& verdict, unsigned chosen) noexcept {
  const std::uint32_t counts = verdict.accepted ? passing_ : alive();
  const double unvisited = log_unvisited() - (verdict.accepted ? std::numbers::ln2 * crc_.spec().width : 0.0);
  const double largest = std::max(-metric(chosen), unvisited);
  unvisited_weight_ = std::exp(unvisited - largest);
  double others = 0;
  weight_.fill(0);
  for (unsigned lane = 0; lane < list_size(); ++lane) {
    if ((counts >> lane & 1U) == 0) continue;
    weight_[lane] = std::exp(-metric(lane) - largest);
    if (lane != chosen) others += weight_[lane];
  }
  if (!verdict.accepted) return;
  const double total = weight_[chosen] + others + unvisited_weight_;
  verdict.error_probability = (others + unvisited_weight_) / total;
  verdict.missing_probability = unvisited_weight_ / total;
}

}  // namespace caligo::decode
