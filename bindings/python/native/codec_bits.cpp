// SPDX-License-Identifier: Apache-2.0
/// Encoding, syndromes, messages of code words.

#include "bits.hpp"
#include "codec_bind.hpp"
#include "codec_input.hpp"
#include "errors.hpp"

namespace nb = nanobind;

namespace caligo::python {

namespace {

Array read_words(nb::handle object, const char* name, bool packed) {
  return {object, name, packed ? Dtypes{Dtype::uint8} : bit_dtypes, 1, 2};
}

/// For every row of code words: analysed, and then one of its parts written.
nb::any analyse_rows(Codec& codec, nb::handle codeword, bool packed, nb::handle out, BitString FrameBits::* part) {
  const Array array = read_words(codeword, "codeword", packed);
  const BitRows rows(array, "codeword", codec.code().sent_bits(), packed);
  auto bits = codec.frame_bits();
  const BitSink sink(out, "out", array.is_matrix(), array.rows(), ((*bits).*part).size(), packed);
  Result<void> result;
  {
    const nb::gil_scoped_release unlocked;
    for (std::size_t row = 0; row < rows.rows() && result; ++row) {
      result = rows.read(row, bits->codeword);
      if (!result) break;
      codec.analyse(*bits);
      sink.write(row, (*bits).*part);
    }
  }
  check(result);
  return as_any(sink.array());
}

}  // namespace

nb::any codec_encode(Codec& codec, nb::handle message, nb::handle frozen_values, bool packed, nb::handle out) {
  const Array array = read_words(message, "message", packed);
  const BitRows rows(array, "message", codec.code().message_bits(), packed);
  const SyndromeRows frozen(frozen_values, "frozen_values", codec, rows.rows(), packed);
  const BitSink sink(out, "out", array.is_matrix(), array.rows(), codec.code().sent_bits(), packed);
  auto bits = codec.frame_bits();
  Result<void> result;
  {
    const nb::gil_scoped_release unlocked;
    for (std::size_t row = 0; row < rows.rows(); ++row) {
      result = rows.read(row, bits->message);
      if (result) result = frozen.read(row, *bits);
      if (!result) break;
      codec.encode(*bits, frozen.given());
      sink.write(row, bits->codeword);
    }
  }
  check(result);
  return as_any(sink.array());
}

nb::any codec_syndrome(Codec& codec, nb::handle codeword, bool packed, nb::handle out) {
  return analyse_rows(codec, codeword, packed, out, &FrameBits::syndrome);
}

nb::any codec_message(Codec& codec, nb::handle codeword, bool packed, nb::handle out) {
  return analyse_rows(codec, codeword, packed, out, &FrameBits::message);
}

}  // namespace caligo::python
