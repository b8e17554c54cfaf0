// SPDX-License-Identifier: Apache-2.0
/// Many frames of LLRs: the list decoder frame by frame, or the adaptive decoder on interleaved frames.

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "bits.hpp"
#include "codec_bind.hpp"
#include "codec_input.hpp"
#include "errors.hpp"
#include "results.hpp"

namespace nb = nanobind;

namespace caligo::python {

namespace {

/// Frames that the adaptive decoder gets at once: whole vectors of 64, and buffers that stay in the cache.
constexpr std::size_t batch_frames = 256;

struct Output {
  BitSink messages;
  std::optional<BitSink> codewords;
  bool* converged;
  double* metrics;
  std::uint8_t* list_sizes;
};

/// Nats of one unit of the decoder's path metrics.
struct Units {
  std::optional<float> scale;  ///< as DecodeInput::scale
  double nats = 1;
};

Result<void> decode_frame(Codec& codec, ListScratch& scratch, std::size_t frame, const LlrRows& llrs,
                          const SyndromeRows& syndrome, const Units& units, const Output& out) {
  FrameBits& bits = scratch.bits;
  const auto llr = llrs.read(frame, 1, scratch.llr);
  if (!llr) return llr.error();
  if (auto read = syndrome.read(frame, bits); !read) return read;
  if (syndrome.given()) codec.split_syndrome(bits);
  const auto verdict = scratch.decoder.decode({.llr = *llr,
                                               .frozen_values = syndrome.given() ? BitView(bits.frozen) : BitView{},
                                               .checksum = codec.checksum(bits, syndrome.given()),
                                               .scale = units.scale});
  if (!verdict) return verdict.error();
  copy_bits(scratch.decoder.message(), 0, bits.message, 0, bits.message.size());
  out.messages.write(frame, bits.message);
  if (out.codewords) out.codewords->write(frame, scratch.decoder.codeword());
  out.converged[frame] = verdict->accepted;
  out.metrics[frame] = verdict->path_metric * units.nats;
  out.list_sizes[frame] = static_cast<std::uint8_t>(verdict->list_size);
  return {};
}

/// Frozen values and checksums of `count` frames, in the form that BatchDecoder takes.
Result<void> gather_syndromes(Codec& codec, BatchScratch& scratch, std::size_t first, std::size_t count,
                              const SyndromeRows& syndrome) {
  FrameBits& bits = scratch.bits;
  const std::size_t row = bytes_for(bits.frozen.size());
  scratch.frozen.resize(count * row);
  scratch.checksums.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (auto read = syndrome.read(first + i, bits); !read) return read;
    codec.split_syndrome(bits);
    store(bits.frozen, scratch.frozen.data() + i * row);
    scratch.checksums[i] = bits.checksum;
  }
  return {};
}

void write_batch(BatchScratch& scratch, std::size_t first, std::size_t count, const Units& units, const Output& out) {
  FrameBits& bits = scratch.bits;
  for (std::size_t i = 0; i < count; ++i) {
    const BatchVerdict& verdict = scratch.verdicts[i];
    // Rows of K + w bits, of which the first K are the message; the decoder has cleared the pad bits.
    static_cast<void>(load(scratch.messages.data() + i * bytes_for(bits.information.size()), bits.information));
    copy_bits(bits.information, 0, bits.message, 0, bits.message.size());
    out.messages.write(first + i, bits.message);
    if (out.codewords) {
      static_cast<void>(load(scratch.codewords.data() + i * bytes_for(bits.codeword.size()), bits.codeword));
      out.codewords->write(first + i, bits.codeword);
    }
    out.converged[first + i] = verdict.accepted;
    out.metrics[first + i] =
        verdict.path_metric ? *verdict.path_metric * units.nats : std::numeric_limits<double>::quiet_NaN();
    out.list_sizes[first + i] = verdict.list_size;
  }
}

Result<void> decode_batch(Codec& codec, BatchScratch& scratch, std::size_t first, std::size_t count,
                          const LlrRows& llrs, const SyndromeRows& syndrome, const Units& units, const Output& out) {
  const FrameBits& bits = scratch.bits;
  const auto llr = llrs.read(first, count, scratch.llr);
  if (!llr) return llr.error();
  BatchInput input{.frames = count, .llr = *llr, .scale = units.scale};
  if (syndrome.given()) {
    if (auto gathered = gather_syndromes(codec, scratch, first, count, syndrome); !gathered) return gathered;
    input.frozen_values = scratch.frozen;
  } else {
    scratch.checksums.assign(count, 0);
  }
  if (codec.crc_bits() != 0) input.checksums = scratch.checksums;
  scratch.messages.resize(count * bytes_for(bits.information.size()));
  scratch.verdicts.resize(count);
  scratch.codewords.resize(out.codewords ? count * bytes_for(bits.codeword.size()) : 0);
  const BatchOutput output{.messages = scratch.messages, .verdicts = scratch.verdicts, .codewords = scratch.codewords};
  if (auto decoded = scratch.decoder.decode(input, output); !decoded) return decoded;
  write_batch(scratch, first, count, units, out);
  return {};
}

float positive(nb::handle number, const char* name) {
  const auto value = nb::cast<float>(number);
  if (value > 0 && std::isfinite(value)) return value;
  throw nb::value_error((std::string(name) + ": expected a positive number, got " + nb::str(number).c_str()).c_str());
}

struct Prepared {
  LlrRows llrs;
  Units units;
};

/// The scale: units per nat of integers, internal units per nat of floats.
Prepared prepare(const Codec& codec, nb::handle llr, nb::handle scale) {
  Array array(llr, "llr", llr_dtypes, 1, 2);
  const unsigned n = codec.code().log2_length();
  const LlrWidth width = codec.list_size() > 1 ? codec.options().width : LlrWidth::bits8;
  const Dtype dtype = array.dtype();
  const float internal = default_llr_scale(n, width);
  const float given = !scale.is_none()        ? positive(scale, "scale")
                      : dtype == Dtype::int16 ? default_llr_scale(n, LlrWidth::bits16)
                                              : internal;
  Prepared prepared{LlrRows(std::move(array), "llr", codec.code().sent_bits(), given), {}};
  if (dtype == Dtype::int16) {
    prepared.units.nats = 1.0 / static_cast<double>(internal);
  } else {
    prepared.units.scale = given;
    prepared.units.nats = 1.0 / static_cast<double>(given);
  }
  return prepared;
}

nb::any as_result(const Output& out, const NewArray& converged, const NewArray& metrics, const NewArray& sizes,
                  bool matrix) {
  const nb::object codewords = out.codewords ? out.codewords->array() : nb::none();
  if (matrix) {
    return as_any(
        result_types().decode.make(out.messages.array(), codewords, converged.object, metrics.object, sizes.object));
  }
  return as_any(result_types().decode.make(out.messages.array(), codewords, nb::bool_(*out.converged),
                                           nb::float_(*out.metrics), nb::int_(static_cast<unsigned>(*out.list_sizes))));
}

}  // namespace

nb::any codec_decode(Codec& codec, nb::handle llr, nb::handle syndrome, const DecodeOptionsPython& options,
                     nb::handle out) {
  const Prepared input = prepare(codec, llr, options.scale);
  const bool matrix = input.llrs.array().is_matrix();
  const std::size_t frames = input.llrs.array().rows();
  const SyndromeRows syndromes(syndrome, "syndrome", codec, frames, options.packed);
  const unsigned list_size =
      options.list_size.is_none() ? codec.list_size() : whole_number(options.list_size, "list_size");
  // Of a single frame these become a bool and two numbers, without arrays.
  bool one_converged = false;
  double one_metric = 0;
  std::uint8_t one_size = 0;
  const NewArray converged = matrix ? new_vector(frames, Dtype::boolean) : NewArray{nb::none(), &one_converged};
  const NewArray metrics = matrix ? new_vector(frames, Dtype::float64) : NewArray{nb::none(), &one_metric};
  const NewArray sizes = matrix ? new_vector(frames, Dtype::uint8) : NewArray{nb::none(), &one_size};
  Output output{BitSink(out, "out", matrix, frames, codec.code().message_bits(), options.packed),
                {},
                converged.as<bool>(),
                metrics.as<double>(),
                sizes.as<std::uint8_t>()};
  if (options.codewords) {
    output.codewords.emplace(nb::none(), "", matrix, frames, codec.code().sent_bits(), options.packed);
  }
  Result<void> result;
  if (options.adaptive) {
    auto scratch = take(codec.batch_scratch(list_size));
    const nb::gil_scoped_release unlocked;
    for (std::size_t frame = 0; frame < frames && result; frame += batch_frames) {
      result = decode_batch(codec, *scratch, frame, std::min(batch_frames, frames - frame), input.llrs, syndromes,
                            input.units, output);
    }
  } else {
    auto scratch = take(codec.list_scratch(list_size));
    const nb::gil_scoped_release unlocked;
    for (std::size_t frame = 0; frame < frames && result; ++frame) {
      result = decode_frame(codec, *scratch, frame, input.llrs, syndromes, input.units, output);
    }
  }
  check(result);
  return as_result(output, converged, metrics, sizes, matrix);
}

}  // namespace caligo::python
