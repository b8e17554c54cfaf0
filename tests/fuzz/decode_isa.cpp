// SPDX-License-Identifier: Apache-2.0
// Decoders of every instruction set on the same frame: all results must agree, and be consistent in themselves.
#include <caligo/encode.hpp>
#include <caligo/isa.hpp>

#include <algorithm>

#include "tests/fuzz/frame.hpp"
#include "tests/fuzz/targets.hpp"

namespace caligo::fuzz {
namespace {

/// Mostly short, so that many frames are tried; the longest ones for what only they reach.
unsigned read_log2_length(Input& input) {
  const unsigned choice = input.byte();
  if (choice < 224) return 3 + choice % 6;
  if (choice < 255 || !input.one_in(4)) return 9 + choice % 3;
  return 12 + static_cast<unsigned>(input.below(3));
}

struct Output {
  DecodeVerdict verdict;
  BitString message;
  BitString codeword;
  BitString u;
};

Output decode(Decoder& decoder, const Frame& frame) {
  const auto verdict = decoder.decode(frame.view());
  require(verdict.has_value(), "the decoder refused a valid frame");
  return {*verdict, BitString(decoder.message()), BitString(decoder.codeword()), BitString(decoder.u())};
}

void require_equal(const Output& a, const Output& b) {
  require(a.u == b.u, "u differs");
  require(a.codeword == b.codeword, "the codeword differs");
  require(a.message == b.message, "the message differs");
  require(a.verdict.accepted == b.verdict.accepted, "the verdict differs");
  require(a.verdict.path_metric == b.verdict.path_metric, "the path metric differs");
  require(a.verdict.rank == b.verdict.rank, "the rank differs");
  require(a.verdict.list_size == b.verdict.list_size, "the list size differs");
}

/// What must hold of any decision, right or wrong.
void require_consistent(const CodeSpec& code, const Frame& frame, const Output& output) {
  BitString x = output.u;
  polar_transform(x);
  for (std::size_t i = code.sent_bits(); i < code.block_length(); ++i) require(!x[i], "a shortened bit is 1");
  BitString sent(code.sent_bits());
  copy_bits(x, 0, sent, 0, sent.size());
  require(sent == output.codeword, "the codeword is not that of u");
  BitString frozen(code.frozen_bits());
  extract_bits(output.u, code.disclosed_mask(), frozen);
  const bool zeros = frame.frozen_values.empty();
  require(frozen == (zeros ? BitString(code.frozen_bits()) : frame.frozen_values), "u has other frozen values");
  std::uint32_t metric = 0;
  for (std::size_t i = 0; i < code.sent_bits(); ++i) {
    const int llr = frame.llr_at(i);
    metric += static_cast<std::uint32_t>(std::max(0, sent[i] ? llr : -llr));
  }
  require(metric == output.verdict.path_metric, "the path metric is not that of the codeword");
  require(output.verdict.accepted || output.verdict.rank == 0, "not the best of the paths that were not accepted");
}

/// other: what to decode before, or empty.
void require_agreement(const Result<std::shared_ptr<const DecodePlan>>& plan, const Frame& frame, const Frame& other) {
  require(plan.has_value(), "a valid plan was refused");
  std::optional<Output> first;
  for (const Isa isa : supported_isas()) {
    require(force_isa(isa).has_value(), "a supported instruction set was refused");
    Decoder decoder(*plan);
    // A decoder must not remember the frame before.
    if (!other.llr.empty()) decode(decoder, other);
    const Output output = decode(decoder, frame);
    if (!first.has_value()) {
      require_consistent((*plan)->code(), frame, output);
      first = output;
    } else {
      require_equal(*first, output);
    }
  }
}

}  // namespace

void decode_isa(Bytes bytes) {
  Input input(bytes);
  const unsigned n = read_log2_length(input);
  // Long frames have short lists, so that no input takes much longer than the others.
  const auto list_size = 1U << input.below(n <= 11 ? 6 : 16 - n);
  const CodeSpec code = read_code(input, n);
  const Frame frame = read_frame(input, code);
  const Frame other = input.one_in(4) ? read_frame(input, code) : Frame{};
  require_agreement(DecodePlan::make(code, list_size), frame, other);
  if (list_size == 1 || !input.one_in(2)) return;
  const Frame wide = read_wide(input, frame);
  require_agreement(DecodePlan::make(code, list_size, read_wide_options(input)), wide, other);
}

}  // namespace caligo::fuzz
