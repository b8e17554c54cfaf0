// SPDX-License-Identifier: Apache-2.0
/// The soft-in soft-out protocol: one frame at a time, strict about dtypes; and its form for many frames.

#include <cmath>
#include <string>

#include "bits.hpp"
#include "codec_bind.hpp"
#include "codec_input.hpp"
#include "errors.hpp"
#include "results.hpp"

namespace nb = nanobind;

namespace caligo::python {

namespace {

constexpr Dtypes uint8_only{Dtype::uint8};
constexpr Dtypes float32_only{Dtype::float32};

/// Accepted for the sake of iterative codecs; successive cancellation takes one pass.
void check_max_iterations(nb::handle max_iterations) {
  if (whole_number(max_iterations, "max_iterations") == 0) {
    throw nb::value_error("max_iterations: expected 1 or more, got 0");
  }
}

/// Nats of one unit of the path metric: ln((1 - q)/q), the |LLR| of every bit on this channel.
double bit_reliability(nb::handle qber) {
  const double q = nb::cast<double>(qber);
  if (!(q >= 0 && q <= 0.5)) {
    throw nb::value_error(("qber: expected 0 to 0.5, got " + std::string(nb::str(qber).c_str())).c_str());
  }
  return std::log((1 - q) / q);
}

unsigned list_size_or(nb::handle list_size, const Codec& codec) {
  return list_size.is_none() ? codec.list_size() : whole_number(list_size, "list_size");
}

/// bits.word's message, from the code word that a decoder gave out: the first K of its K + w bits.
void split_information(BitView information, FrameBits& bits) noexcept {
  copy_bits(information, 0, bits.message, 0, bits.message.size());
}

Result<DecodeVerdict> decode_hard(Codec& codec, ListScratch& scratch, const BitRows& received,
                                  const SyndromeRows& syndrome) {
  FrameBits& bits = scratch.bits;
  if (auto read = received.read(0, bits.codeword); !read) return std::move(read).error();
  if (auto read = syndrome.read(0, bits); !read) return std::move(read).error();
  unpack(bits.codeword, reinterpret_cast<std::uint8_t*>(scratch.hard.data()));
  // Min-sum decoding does not depend on the scale: on the BSC every LLR is ±1.
  for (std::int8_t& llr : scratch.hard) llr = static_cast<std::int8_t>(1 - 2 * llr);
  if (syndrome.given()) codec.split_syndrome(bits);
  const DecodeInput input{.llr = scratch.hard,
                          .frozen_values = syndrome.given() ? BitView(bits.frozen) : BitView{},
                          .checksum = codec.checksum(bits, syndrome.given())};
  return scratch.decoder.decode(input);
}

}  // namespace

nb::any codec_decode_hard(Codec& codec, nb::handle received, nb::handle syndrome, nb::handle qber, nb::handle list_size,
                          nb::handle max_iterations) {
  check_max_iterations(max_iterations);
  const Array array(received, "received", uint8_only);
  const BitRows rows(array, "received", codec.code().sent_bits(), false);
  const SyndromeRows syndromes(syndrome, "syndrome", codec, 1, false);
  const double reliability = bit_reliability(qber);
  auto scratch = take(codec.list_scratch(list_size_or(list_size, codec)));
  FrameBits& bits = scratch->bits;
  const NewArray message = new_vector(codec.code().message_bits(), Dtype::uint8);
  const NewArray codeword = new_vector(codec.code().sent_bits(), Dtype::uint8);
  Result<DecodeVerdict> verdict(DecodeVerdict{});
  {
    const nb::gil_scoped_release unlocked;
    verdict = decode_hard(codec, *scratch, rows, syndromes);
    if (verdict) {
      split_information(scratch->decoder.message(), bits);
      unpack(bits.message, message.as<std::uint8_t>());
      unpack(scratch->decoder.codeword(), codeword.as<std::uint8_t>());
    }
  }
  if (!verdict) raise(verdict.error());
  // Without errors nothing was decided against an LLR, whatever the LLRs are worth.
  const double metric = verdict->path_metric == 0 ? 0 : verdict->path_metric * reliability;
  return as_any(result_types().hard.make(message.object, codeword.object, nb::bool_(verdict->accepted), nb::int_(1),
                                         nb::float_(metric)));
}

namespace {

/// Where the results of soft decoding go.
struct SoftOutput {
  std::span<float> extrinsic;
  const BitSink* messages;
  const BitSink* codewords;
};

Result<SoftVerdict> decode_soft(Codec& codec, SoftScratch& scratch, std::size_t frame, const LlrRows& channel,
                                const LlrRows& prior, const SyndromeRows& syndrome, const SoftOutput& out) {
  FrameBits& bits = scratch.bits;
  const auto llr = channel.read_floats(frame, scratch.llr);
  if (!llr) return llr.error();
  const auto known = prior.read_floats(frame, scratch.prior);
  if (!known) return known.error();
  if (auto read = syndrome.read(frame, bits); !read) return std::move(read).error();
  if (syndrome.given()) codec.split_syndrome(bits);
  const SoftInput input{.llr = *llr,
                        .prior = *known,
                        .frozen_values = syndrome.given() ? BitView(bits.frozen) : BitView{},
                        .checksum = codec.checksum(bits, syndrome.given())};
  auto verdict = scratch.decoder.decode(input, out.extrinsic);
  if (!verdict) return verdict;
  split_information(scratch.decoder.message(), bits);
  out.messages->write(frame, bits.message);
  out.codewords->write(frame, scratch.decoder.codeword());
  return verdict;
}

LlrRows read_prior(nb::handle llr_prior, const Array& channel, Dtypes dtypes) {
  if (llr_prior.is_none()) return {};
  Array array(llr_prior, "llr_prior", dtypes, 1, channel.is_matrix() ? 2 : 1);
  if (array.is_matrix() != channel.is_matrix() || array.rows() != channel.rows()) {
    throw nb::value_error(
        ("llr_prior: expected the shape of llr_channel, " + channel.shape() + ", got " + array.shape()).c_str());
  }
  return {std::move(array), "llr_prior", channel.columns(), 1};
}

}  // namespace

nb::any codec_decode_soft(Codec& codec, nb::handle llr_channel, nb::handle llr_prior, nb::handle syndrome,
                          nb::handle list_size, nb::handle max_iterations, bool max_log) {
  check_max_iterations(max_iterations);
  const std::size_t columns = codec.code().sent_bits();
  const LlrRows channel(Array(llr_channel, "llr_channel", float32_only), "llr_channel", columns, 1);
  const LlrRows prior = read_prior(llr_prior, channel.array(), float32_only);
  const SyndromeRows syndromes(syndrome, "syndrome", codec, 1, false);
  auto scratch = take(
      codec.soft_scratch(list_size_or(list_size, codec), max_log ? SoftArithmetic::max_log : SoftArithmetic::exact));
  const NewArray extrinsic = new_vector(columns, Dtype::float32);
  const BitSink messages(nb::none(), "", false, 1, codec.code().message_bits(), false);
  const BitSink codewords(nb::none(), "", false, 1, columns, false);
  Result<SoftVerdict> verdict(SoftVerdict{});
  {
    const nb::gil_scoped_release unlocked;
    verdict = decode_soft(codec, *scratch, 0, channel, prior, syndromes,
                          {{extrinsic.as<float>(), columns}, &messages, &codewords});
  }
  if (!verdict) raise(verdict.error());
  return as_any(result_types().soft.make(extrinsic.object, messages.array(), codewords.array(),
                                         nb::bool_(verdict->accepted), nb::int_(1), nb::float_(verdict->path_metric),
                                         nb::float_(verdict->error_probability)));
}

nb::any codec_soft_decode(Codec& codec, nb::handle llr_channel, nb::handle llr_prior, nb::handle syndrome,
                          nb::handle list_size, bool packed, bool max_log, nb::handle out) {
  const std::size_t columns = codec.code().sent_bits();
  const LlrRows channel(Array(llr_channel, "llr_channel", float_dtypes, 2, 2), "llr_channel", columns, 1);
  const std::size_t frames = channel.array().rows();
  const LlrRows prior = read_prior(llr_prior, channel.array(), float_dtypes);
  const SyndromeRows syndromes(syndrome, "syndrome", codec, frames, packed);
  auto scratch = take(
      codec.soft_scratch(list_size_or(list_size, codec), max_log ? SoftArithmetic::max_log : SoftArithmetic::exact));
  Array held;
  NewArray extrinsic;
  if (out.is_none()) {
    extrinsic = new_matrix(frames, columns, Dtype::float32);
  } else {
    held = Array::writable(out, "out", Dtype::float32);
    if (!held.is_matrix() || held.rows() != frames || held.columns() != columns) {
      throw nb::value_error(
          ("out: expected the shape of llr_channel, " + channel.array().shape() + ", got " + held.shape()).c_str());
    }
    extrinsic = {nb::borrow(out), held.data<void>()};
  }
  const BitSink messages(nb::none(), "", true, frames, codec.code().message_bits(), packed);
  const BitSink codewords(nb::none(), "", true, frames, columns, packed);
  const NewArray converged = new_vector(frames, Dtype::boolean);
  const NewArray iterations = new_vector(frames, Dtype::uint32);
  const NewArray metrics = new_vector(frames, Dtype::float64);
  const NewArray wrong = new_vector(frames, Dtype::float64);
  Result<SoftVerdict> verdict(SoftVerdict{});
  {
    const nb::gil_scoped_release unlocked;
    for (std::size_t frame = 0; frame < frames; ++frame) {
      verdict = decode_soft(codec, *scratch, frame, channel, prior, syndromes,
                            {{extrinsic.as<float>() + frame * columns, columns}, &messages, &codewords});
      if (!verdict) break;
      converged.as<bool>()[frame] = verdict->accepted;
      iterations.as<std::uint32_t>()[frame] = 1;
      metrics.as<double>()[frame] = verdict->path_metric;
      wrong.as<double>()[frame] = verdict->error_probability;
    }
  }
  if (!verdict) raise(verdict.error());
  return as_any(result_types().soft.make(extrinsic.object, messages.array(), codewords.array(), converged.object,
                                         iterations.object, metrics.object, wrong.object));
}

}  // namespace caligo::python
