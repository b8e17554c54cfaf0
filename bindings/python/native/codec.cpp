// SPDX-License-Identifier: Apache-2.0
#include "codec.hpp"

#include <caligo/encode.hpp>

#include <bit>
#include <string>
#include <utility>

namespace caligo::python {

namespace {

Result<void> check_list_size(unsigned list_size) {
  if (std::has_single_bit(list_size) && list_size <= 32) return {};
  return Error{ErrorCode::invalid_argument,
               "list_size: expected 1, 2, 4, 8, 16 or 32, got " + std::to_string(list_size)};
}

/// The index of a list size in the arrays.
std::size_t place(unsigned list_size) noexcept { return static_cast<std::size_t>(std::countr_zero(list_size)); }

}  // namespace

FrameBits::FrameBits(const CodeSpec& code)
    : message(code.message_bits()),
      information(code.information_bits()),
      codeword(code.sent_bits()),
      word(code.block_length()),
      syndrome(code.sent_bits() - code.message_bits()),
      frozen(code.frozen_bits()) {}

Codec::Codec(CodeSpec code, CodeSpec inner, unsigned list_size, DecodeOptions options)
    : code_(std::move(code)), inner_(std::move(inner)), crc_(code_.crc()), list_size_(list_size), options_(options) {}

Result<std::shared_ptr<Codec>> Codec::make(CodeSpec code, unsigned list_size, DecodeOptions options) {
  if (code.crc_placement() == CrcPlacement::external) {
    return Error{ErrorCode::invalid_argument,
                 "expected a code whose CRC is embedded, or none; the CRC of this one is external"};
  }
  const bool has_crc = code.crc_placement() == CrcPlacement::embedded;
  auto inner = CodeSpec::make(BitString(code.frozen_mask()), code.crc(),
                              has_crc ? CrcPlacement::external : CrcPlacement::none, code.shortened());
  if (!inner) return std::move(inner).error();
  std::shared_ptr<Codec> codec(new Codec(std::move(code), std::move(*inner), list_size, options));
  if (auto plan = codec->plan(list_size); !plan) return std::move(plan).error();
  return codec;
}

void Codec::encode(FrameBits& bits, bool coset) const noexcept {
  const unsigned width = crc_bits();
  const std::size_t frozen = code_.frozen_bits();
  copy_bits(bits.message, 0, bits.information, 0, bits.message.size());
  if (width != 0) {
    std::uint32_t sum = crc_.compute(bits.message);
    if (coset) sum ^= crc_.read(bits.syndrome, frozen);
    crc_.append(sum, bits.information, bits.message.size());
  }
  deposit_bits(bits.information, code_.information_mask(), bits.word);
  if (coset) {
    copy_bits(bits.syndrome, 0, bits.frozen, 0, frozen);
    deposit_bits_into(bits.frozen, code_.disclosed_mask(), bits.word);
  }
  polar_transform(bits.word);
  copy_bits(bits.word, 0, bits.codeword, 0, bits.codeword.size());
}

void Codec::analyse(FrameBits& bits) const noexcept {
  const unsigned width = crc_bits();
  bits.word.clear();
  copy_bits(bits.codeword, 0, bits.word, 0, bits.codeword.size());
  polar_transform(bits.word);
  extract_bits(bits.word, code_.information_mask(), bits.information);
  extract_bits(bits.word, code_.disclosed_mask(), bits.frozen);
  copy_bits(bits.information, 0, bits.message, 0, bits.message.size());
  copy_bits(bits.frozen, 0, bits.syndrome, 0, bits.frozen.size());
  if (width == 0) return;
  const std::uint32_t difference = crc_.compute(bits.message) ^ crc_.read(bits.information, bits.message.size());
  crc_.append(difference, bits.syndrome, bits.frozen.size());
}

void Codec::split_syndrome(FrameBits& bits) const noexcept {
  const unsigned width = crc_bits();
  copy_bits(bits.syndrome, 0, bits.frozen, 0, bits.frozen.size());
  bits.checksum = 0;
  if (width == 0) return;
  std::uint64_t word = 0;
  const MutableBitView difference(&word, width);
  copy_bits(bits.syndrome, bits.frozen.size(), difference, 0, width);
  bits.checksum = crc_.compute(difference);
}

std::optional<std::uint32_t> Codec::checksum(const FrameBits& bits, bool coset) const noexcept {
  if (crc_bits() == 0) return std::nullopt;
  return coset ? bits.checksum : 0;
}

Result<std::shared_ptr<const DecodePlan>> Codec::plan(unsigned list_size) {
  if (auto checked = check_list_size(list_size); !checked) return std::move(checked).error();
  const std::scoped_lock lock(mutex_);
  auto& made = plans_[place(list_size)];
  if (!made) {
    // Neither 16 bits nor corrected check nodes are for a list of one.
    auto plan = DecodePlan::make(inner_, list_size, list_size == 1 ? DecodeOptions{} : options_);
    if (!plan) return std::move(plan).error();
    made = std::move(*plan);
  }
  return made;
}

Result<std::shared_ptr<const AdaptivePlan>> Codec::adaptive_plan(unsigned list_size) {
  if (auto checked = check_list_size(list_size); !checked) return std::move(checked).error();
  const std::scoped_lock lock(mutex_);
  auto& made = adaptive_plans_[place(list_size)];
  if (!made) {
    auto plan = AdaptivePlan::make(inner_, list_size);
    if (!plan) return std::move(plan).error();
    made = std::move(*plan);
  }
  return made;
}

Pool<FrameBits>::Lease Codec::frame_bits() {
  return frames_.take([&] { return std::make_unique<FrameBits>(code_); });
}

Result<Pool<ListScratch>::Lease> Codec::list_scratch(unsigned list_size) {
  auto compiled = plan(list_size);
  if (!compiled) return std::move(compiled).error();
  return lists_[place(list_size)].take([&] { return std::make_unique<ListScratch>(code_, *compiled); });
}

Result<Pool<BatchScratch>::Lease> Codec::batch_scratch(unsigned list_size) {
  auto compiled = adaptive_plan(list_size);
  if (!compiled) return std::move(compiled).error();
  return batches_[place(list_size)].take([&] { return std::make_unique<BatchScratch>(code_, *compiled); });
}

Result<Pool<SoftScratch>::Lease> Codec::soft_scratch(unsigned list_size, SoftArithmetic arithmetic) {
  if (auto checked = check_list_size(list_size); !checked) return std::move(checked).error();
  std::optional<Error> failed;
  auto lease = soft_[arithmetic == SoftArithmetic::exact ? 0 : 1][place(list_size)].take([&] {
    auto decoder = SoftDecoder::make(inner_, list_size, arithmetic);
    if (!decoder) {
      failed = decoder.error();
      return std::unique_ptr<SoftScratch>();
    }
    return std::make_unique<SoftScratch>(code_, std::move(*decoder));
  });
  if (failed) return std::move(*failed);
  return lease;
}

Result<std::size_t> Codec::decoder_bytes(unsigned list_size) {
  auto scratch = list_scratch(list_size);
  if (!scratch) return std::move(scratch).error();
  return (*scratch)->decoder.memory_bytes();
}

}  // namespace caligo::python
