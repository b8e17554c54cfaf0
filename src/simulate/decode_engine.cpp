// SPDX-License-Identifier: Apache-2.0
// Decoding frames: one by one with lists, interleaved with successive cancellation.
#include <caligo/batch.hpp>

#include <algorithm>
#include <bit>
#include <cstring>

#include "simulate/engine.hpp"
#include "simulate/frames.hpp"

namespace caligo::simulate {

namespace {

/// LLRs of a batch; 64 frames of 2^16 bits, the longest that BatchDecoder interleaves, fit.
constexpr std::size_t most_batch_llrs = std::size_t{1} << 22U;

void tally(Statistics& counts, std::size_t wrong_bits, bool accepted) noexcept {
  ++counts.frames;
  counts.bit_errors += wrong_bits;
  counts.frame_errors += wrong_bits > 0 ? 1 : 0;
  counts.undetected_errors += wrong_bits > 0 && accepted ? 1 : 0;
}

void tally_list(Statistics& counts, unsigned list_size) noexcept {
  ++counts.lists[static_cast<std::size_t>(std::countr_zero(list_size))];
}

std::optional<std::uint32_t> checksum_of(const DecodeProblem& problem, const FrameMaker& maker) noexcept {
  if (problem.code.crc_placement() != CrcPlacement::external) return std::nullopt;
  return maker.checksum();
}

/// One frame through a single decoder, everything kept.
template <class AnyDecoder, class Llr>
Result<FrameRecord> record(const DecodeProblem& problem, AnyDecoder&& decoder, std::uint64_t seed,
                           std::uint64_t frame) {
  FrameMaker maker(problem);
  maker.encode(seed, frame);
  std::vector<Llr> llr(problem.code.sent_bits());
  maker.add_noise(seed, frame, llr.data());
  DecodeInput input{.llr = {}, .checksum = checksum_of(problem, maker), .scale = problem.scale};
  if constexpr (sizeof(Llr) == 1) {
    input.llr = llr;
  } else {
    input.llr = LlrView(std::span<const std::int16_t>(llr), problem.scale);
  }
  const auto verdict = decoder.decode(input);
  if (!verdict) return verdict.error();
  FrameRecord out;
  out.message = BitString(maker.message());
  out.codeword = BitString(maker.codeword());
  out.llr.assign(llr.begin(), llr.end());
  out.scale = problem.scale;
  out.decided_message = BitString(decoder.message());
  out.decided_codeword = BitString(decoder.codeword());
  out.accepted = verdict->accepted;
  out.verdict = *verdict;
  tally(out.counts, hamming_distance(out.message, out.decided_message), out.accepted);
  if (problem.decoder.kind == DecoderKind::adaptive) tally_list(out.counts, verdict->list_size);
  return out;
}

template <class Llr>
class ListEngine final : public Engine {
 public:
  ListEngine(const DecodeProblem& problem, std::size_t batch)
      : problem_(problem),
        batch_(batch),
        maker_(problem),
        decoder_(problem.list_plan),
        llr_(problem.code.sent_bits()) {}

  [[nodiscard]] std::size_t batch() const noexcept override { return batch_; }

  Result<void> count(std::uint64_t seed, FrameRange frames, Statistics& counts) override {
    for (std::uint64_t frame = frames.first; frame < frames.first + frames.count; ++frame) {
      maker_.encode(seed, frame);
      maker_.add_noise(seed, frame, llr_.data());
      const auto verdict =
          decoder_.decode({.llr = view(), .checksum = checksum_of(problem_, maker_), .scale = problem_.scale});
      if (!verdict) return verdict.error();
      tally(counts, hamming_distance(maker_.message(), decoder_.message()), verdict->accepted);
    }
    return {};
  }

  Result<FrameRecord> replay(std::uint64_t seed, std::uint64_t frame) override {
    return record<Decoder&, Llr>(problem_, decoder_, seed, frame);
  }

  [[nodiscard]] std::size_t memory_bytes() const noexcept override {
    return maker_.memory_bytes() + decoder_.memory_bytes() + llr_.size() * sizeof(Llr);
  }

 private:
  [[nodiscard]] LlrView view() const noexcept {
    if constexpr (sizeof(Llr) == 1) {
      return llr_;
    } else {
      return {std::span<const std::int16_t>(llr_), problem_.scale};
    }
  }
  const DecodeProblem& problem_;
  std::size_t batch_;
  FrameMaker maker_;
  Decoder decoder_;
  std::vector<Llr> llr_;
};

class BatchEngine final : public Engine {
 public:
  BatchEngine(const DecodeProblem& problem, std::size_t batch)
      : problem_(problem),
        batch_(
            std::clamp<std::size_t>(batch, 1, std::max<std::size_t>(most_batch_llrs / problem.code.block_length(), 1))),
        row_(bytes_for(problem.code.message_bits())),
        maker_(problem),
        decoder_(problem.adaptive_plan),
        llr_(batch_ * problem.code.sent_bits()),
        messages_(batch_, BitString(problem.code.message_bits())),
        checksums_(problem.code.crc_placement() == CrcPlacement::external ? batch_ : 0),
        decided_(batch_ * row_),
        verdicts_(batch_) {}

  [[nodiscard]] std::size_t batch() const noexcept override { return batch_; }

  Result<void> count(std::uint64_t seed, FrameRange frames, Statistics& counts) override {
    const std::size_t size = frames.count;
    for (std::size_t i = 0; i < size; ++i) {
      maker_.encode(seed, frames.first + i);
      maker_.add_noise(seed, frames.first + i, llr_.data() + i * problem_.code.sent_bits());
      std::ranges::copy(maker_.message().words(), messages_[i].words().begin());
      if (!checksums_.empty()) checksums_[i] = maker_.checksum();
    }
    const BatchInput input{.frames = size,
                           .llr = std::span(llr_).first(size * problem_.code.sent_bits()),
                           .checksums = std::span(checksums_).first(checksums_.empty() ? 0 : size)};
    const BatchOutput output{.messages = std::span(decided_).first(size * row_),
                             .verdicts = std::span(verdicts_).first(size)};
    if (auto decoded = decoder_.decode(input, output); !decoded) return decoded;
    for (std::size_t i = 0; i < size; ++i) {
      tally(counts, wrong_bits(i), verdicts_[i].accepted);
      if (problem_.decoder.kind == DecoderKind::adaptive) tally_list(counts, verdicts_[i].list_size);
    }
    return {};
  }

  Result<FrameRecord> replay(std::uint64_t seed, std::uint64_t frame) override {
    return record<AdaptiveDecoder, std::int8_t>(problem_, AdaptiveDecoder(problem_.adaptive_plan), seed, frame);
  }

  [[nodiscard]] std::size_t memory_bytes() const noexcept override {
    return maker_.memory_bytes() + decoder_.memory_bytes() + llr_.size() + 2 * decided_.size() +
           checksums_.size() * sizeof(std::uint32_t) + verdicts_.size() * sizeof(BatchVerdict);
  }

 private:
  [[nodiscard]] std::size_t wrong_bits(std::size_t i) const noexcept {
    const std::uint64_t* sent = messages_[i].words().data();
    const std::uint8_t* decided = decided_.data() + i * row_;
    if (std::memcmp(sent, decided, row_) == 0) return 0;
    std::size_t wrong = 0;
    for (std::size_t at = 0; at < row_; at += sizeof(std::uint64_t)) {
      std::uint64_t word = 0;
      std::memcpy(&word, decided + at, std::min(sizeof word, row_ - at));
      wrong += static_cast<std::size_t>(std::popcount(word ^ sent[at / sizeof word]));
    }
    return wrong;
  }
  const DecodeProblem& problem_;
  std::size_t batch_;
  std::size_t row_;  ///< bytes of a packed message
  FrameMaker maker_;
  BatchDecoder decoder_;
  std::vector<std::int8_t> llr_;
  std::vector<BitString> messages_;
  std::vector<std::uint32_t> checksums_;
  std::vector<std::uint8_t> decided_;
  std::vector<BatchVerdict> verdicts_;
};

}  // namespace

std::unique_ptr<Engine> make_list_engine(const DecodeProblem& problem, std::size_t batch) {
  const std::size_t frames = std::max<std::size_t>(batch, 1);
  if (problem.decoder.arithmetic.width == LlrWidth::bits16) {
    return std::make_unique<ListEngine<std::int16_t>>(problem, frames);
  }
  return std::make_unique<ListEngine<std::int8_t>>(problem, frames);
}

std::unique_ptr<Engine> make_batch_engine(const DecodeProblem& problem, std::size_t batch) {
  return std::make_unique<BatchEngine>(problem, batch);
}

}  // namespace caligo::simulate
