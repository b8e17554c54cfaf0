// SPDX-License-Identifier: Apache-2.0
// Batches on every instruction set against the adaptive decoder, and that one against the decoders it is made of.
#include <caligo/batch.hpp>
#include <caligo/isa.hpp>

#include <algorithm>

#include "tests/fuzz/frame.hpp"
#include "tests/fuzz/targets.hpp"

namespace caligo::fuzz {
namespace {

struct Output {
  DecodeVerdict verdict;
  BitString message;
  BitString codeword;
};

template <class AnyDecoder>
Output decode(AnyDecoder& decoder, const Frame& frame) {
  const auto verdict = decoder.decode(frame.view());
  require(verdict.has_value(), "the decoder refused a valid frame");
  return {*verdict, BitString(decoder.message()), BitString(decoder.codeword())};
}

/// The first stage whose CRC holds, else the last.
Output by_stages(const AdaptivePlan& plan, const Frame& frame) {
  Output output;
  for (const auto& stage : plan.stages()) {
    Decoder decoder(stage);
    output = decode(decoder, frame);
    if (output.verdict.accepted) break;
  }
  return output;
}

void require_equal(const DecodeVerdict& a, const DecodeVerdict& b) {
  require(a.accepted == b.accepted, "the adaptive verdict differs from that of its stages");
  require(a.list_size == b.list_size, "the adaptive decoder ended at another stage");
  require(a.rank == b.rank && a.path_metric == b.path_metric, "the adaptive decoder chose another path");
}

struct Batch {
  std::vector<Frame> frames;
  std::vector<std::int8_t> llr;
  std::vector<std::uint8_t> frozen_values;
  std::vector<std::uint32_t> checksums;

  Batch(Input& input, const CodeSpec& code, std::size_t count) {
    for (std::size_t f = 0; f < count; ++f) {
      // A few kinds of frames and repetitions of these: a frame must not depend on its neighbours.
      frames.push_back(f < 4 ? read_frame(input, code) : frames[input.random().below(4)]);
      Frame& frame = frames.back();
      if (frame.frozen_values.empty()) frame.frozen_values = BitString(code.frozen_bits());
      llr.insert(llr.end(), frame.llr.begin(), frame.llr.end());
      const auto row = frame.frozen_values.to_bytes();
      frozen_values.insert(frozen_values.end(), row.begin(), row.end());
      if (frame.checksum) checksums.push_back(*frame.checksum);
    }
  }
  [[nodiscard]] BatchInput view() const { return {frames.size(), llr, frozen_values, checksums}; }
};

struct Rows {
  std::vector<std::uint8_t> messages;
  std::vector<std::uint8_t> codewords;
  std::vector<BatchVerdict> verdicts;
};

Rows decode(BatchDecoder& decoder, const Batch& batch) {
  const CodeSpec& code = decoder.plan().code();
  const std::size_t frames = batch.frames.size();
  Rows rows{std::vector<std::uint8_t>(frames * bytes_for(code.message_bits()), 0xa5),
            std::vector<std::uint8_t>(frames * bytes_for(code.sent_bits()), 0xa5), std::vector<BatchVerdict>(frames)};
  const auto done = decoder.decode(batch.view(), {rows.messages, rows.verdicts, rows.codewords});
  require(done.has_value(), "the decoder refused a valid batch");
  return rows;
}

bool row_is(const std::vector<std::uint8_t>& rows, std::size_t frame, BitView bits) {
  const std::vector<std::uint8_t> row = BitString(bits).to_bytes();
  return std::ranges::equal(row, std::span(rows).subspan(frame * row.size(), row.size()));
}

void require_row(const Rows& rows, std::size_t frame, const Output& expected) {
  const BatchVerdict& verdict = rows.verdicts[frame];
  require(row_is(rows.messages, frame, expected.message), "a message of the batch differs");
  require(row_is(rows.codewords, frame, expected.codeword), "a code word of the batch differs");
  require(verdict.accepted == expected.verdict.accepted, "a verdict of the batch differs");
  require(verdict.list_size == expected.verdict.list_size, "a frame of the batch ended at another stage");
  require(verdict.rank == expected.verdict.rank, "a rank of the batch differs");
  require(!verdict.path_metric || verdict.path_metric == expected.verdict.path_metric, "a metric of the batch differs");
}

/// Full vectors of 64 frames, one more or less, and short ones.
std::size_t read_count(Input& input) {
  const std::size_t choice = input.byte();
  if (choice < 192) return 1 + choice % 8;
  return choice < 240 ? 62 + choice % 5 : 126 + choice % 5;
}

}  // namespace

void decode_batch(Bytes bytes) {
  Input input(bytes);
  const unsigned choice = input.byte();
  const CodeSpec code = read_code(input, choice < 250 ? 3 + choice % 4 : 7 + choice % 3);
  const bool lists = code.crc_placement() != CrcPlacement::none;
  const auto plan = AdaptivePlan::make(code, lists ? 1U << input.below(6) : 1).value();
  const Batch batch(input, code, read_count(input));
  std::vector<Output> expected;
  for (const Isa isa : supported_isas()) {
    require(force_isa(isa).has_value(), "a supported instruction set was refused");
    if (expected.empty()) {
      AdaptiveDecoder single(plan);
      for (const Frame& frame : batch.frames) expected.push_back(decode(single, frame));
      require_equal(expected.front().verdict, by_stages(*plan, batch.frames.front()).verdict);
    }
    BatchDecoder decoder(plan);
    const Rows rows = decode(decoder, batch);
    for (std::size_t f = 0; f < batch.frames.size(); ++f) require_row(rows, f, expected[f]);
  }
}

}  // namespace caligo::fuzz
