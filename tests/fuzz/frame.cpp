// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/frame.hpp"

#include <fmt/format.h>
#include <caligo/encode.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>

namespace caligo::fuzz {
namespace {

BitString polarised(Input& input, unsigned n) {
  BitString frozen(std::size_t{1} << n);
  const double threshold = static_cast<double>(n) * static_cast<double>(input.byte()) / 255.0;
  const double noise = input.one_in(2) ? 0.0 : 0.6;
  for (std::size_t i = 0; i < frozen.size(); ++i) {
    const double weight = std::popcount(i) + (noise > 0 ? noise * input.random().gaussian() : 0.0);
    frozen.set(i, weight < threshold);
  }
  return frozen;
}

/// Few changes between frozen and not: long nodes of every kind.
BitString runs(Input& input, unsigned n) {
  BitString frozen(std::size_t{1} << n);
  bool value = input.one_in(2);
  std::size_t end = 0;
  for (std::size_t i = 0; i < frozen.size(); ++i) {
    if (i == end) {
      value = !value;
      // Powers of two and one off them, so that runs fill nodes or leave one position.
      end = i + std::max<std::size_t>(1, (std::size_t{1} << input.below(n + 1)) - 1 + input.below(3));
    }
    frozen.set(i, value);
  }
  return frozen;
}

BitString read_frozen_set(Input& input, unsigned n) {
  const std::size_t length = std::size_t{1} << n;
  BitString frozen(length);
  switch (input.below(8)) {
    case 0:
      input.random().fill_bernoulli(frozen, static_cast<double>(input.byte()) / 255.0);
      return frozen;
    case 1:
      for (std::size_t i = 0; i < length; ++i) frozen.set(i, (input.byte() & 1U) != 0);
      return frozen;
    case 2:
    case 3:
      return runs(input, n);
    default:
      return polarised(input, n);
  }
}

CrcSpec read_crc(Input& input) {
  const std::size_t kind = input.below(4);
  if (kind < 3) return parse_crc(std::array{"crc6", "crc16-ccitt", "crc32"}[kind]).value();
  const auto width = static_cast<unsigned>(1 + input.below(32));
  const std::uint64_t polynomial = (input.word() & ((std::uint64_t{1} << width) - 1)) | 1U;
  return parse_crc(fmt::format("{}:0x{:x}", width, polynomial)).value();
}

int read_magnitude(Input& input, std::size_t kind) {
  switch (kind) {
    case 0:
      return 1;  // a binary channel: ties everywhere
    case 1:
      return static_cast<int>(input.random().below(5));
    case 2:
      return static_cast<int>(input.random().below(129));
    case 3:
      return input.random().below(8) == 0 ? 0 : 127 + static_cast<int>(input.random().below(2));
    default:
      return static_cast<int>(std::abs(8.0 * input.random().gaussian()));
  }
}

BitString random_bits(Input& input, std::size_t size) {
  BitString bits(size);
  input.random().fill(bits);
  return bits;
}

/// Message and frozen values at random, encoded.
BitString random_codeword(Input& input, const CodeSpec& code, Frame& frame) {
  const BitString message = random_bits(input, code.message_bits());
  if (!input.one_in(4)) frame.frozen_values = random_bits(input, code.frozen_bits());
  if (code.crc_placement() == CrcPlacement::external) {
    // A wrong checksum makes the decoder try every path and then fall back on the best.
    frame.checksum = input.one_in(8) ? input.word() : Crc(code.crc()).compute(message);
  }
  BitString codeword(code.sent_bits());
  require(Encoder(code).encode(message, frame.frozen_values, codeword).has_value(), "the encoder refused a frame");
  return codeword;
}

}  // namespace

CodeSpec read_code(Input& input, unsigned n) {
  const std::size_t length = std::size_t{1} << n;
  BitString frozen = read_frozen_set(input, n);
  const std::size_t shortened = input.one_in(4) ? input.below(length) : 0;
  for (std::size_t i = length - shortened; i < length; ++i) frozen.set(i, true);
  if (popcount(frozen) == length) frozen.set(length - shortened - 1, false);
  constexpr std::array placements{CrcPlacement::none, CrcPlacement::embedded, CrcPlacement::external};
  CrcPlacement placement = placements[input.below(placements.size())];
  const CrcSpec crc = placement == CrcPlacement::none ? CrcSpec{} : read_crc(input);
  if (placement == CrcPlacement::embedded && length - popcount(frozen) <= crc.width) placement = CrcPlacement::external;
  const auto code = CodeSpec::make(std::move(frozen), crc, placement, shortened);
  require(code.has_value(), "a valid code was refused");
  return *code;
}

Frame read_frame(Input& input, const CodeSpec& code) {
  Frame frame;
  const BitString codeword = random_codeword(input, code, frame);
  const std::size_t kind = input.below(8);
  const double noise = 0.3 * static_cast<double>(input.byte()) / 255.0;
  frame.llr.resize(code.sent_bits());
  for (std::size_t i = 0; i < frame.llr.size(); ++i) {
    if (kind >= 6) {
      frame.llr[i] = static_cast<std::int8_t>(input.byte());
      continue;
    }
    const int magnitude = read_magnitude(input, kind);
    const bool negative = codeword[i] != (input.random().uniform() < noise);
    frame.llr[i] = static_cast<std::int8_t>(std::clamp(negative ? -magnitude : magnitude, -128, 127));
  }
  return frame;
}

Frame read_wide(Input& input, Frame frame) {
  constexpr std::array steps{1, 7, 16, 64, 258};
  const int step = steps[input.below(steps.size())];
  const bool noisy = input.one_in(2);
  for (const std::int8_t llr : frame.llr) {
    const int noise = noisy ? static_cast<int>(input.random().below(static_cast<std::uint64_t>(step))) : 0;
    frame.wide_llr.push_back(static_cast<std::int16_t>(std::clamp(llr * step + noise, -32768, 32767)));
  }
  constexpr std::array scales{1.0F, 2.0F, 16.0F, 200.0F, 1e6F};
  frame.scale = scales[input.below(scales.size())];
  return frame;
}

DecodeOptions read_wide_options(Input& input) {
  return {LlrWidth::bits16, input.one_in(2) ? CheckRule::min_sum : CheckRule::corrected};
}

}  // namespace caligo::fuzz
