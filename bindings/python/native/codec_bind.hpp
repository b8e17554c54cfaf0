// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The methods of _caligo.Codec, by topic.

#include <nanobind/nanobind.h>

#include "codec.hpp"

namespace caligo::python {

nanobind::any codec_encode(Codec& codec, nanobind::handle message, nanobind::handle frozen_values, bool packed,
                           nanobind::handle out);
nanobind::any codec_syndrome(Codec& codec, nanobind::handle codeword, bool packed, nanobind::handle out);
nanobind::any codec_message(Codec& codec, nanobind::handle codeword, bool packed, nanobind::handle out);

nanobind::any codec_decode_hard(Codec& codec, nanobind::handle received, nanobind::handle syndrome,
                                nanobind::handle qber, nanobind::handle list_size, nanobind::handle max_iterations);
nanobind::any codec_decode_soft(Codec& codec, nanobind::handle llr_channel, nanobind::handle llr_prior,
                                nanobind::handle syndrome, nanobind::handle list_size, nanobind::handle max_iterations,
                                bool max_log);
nanobind::any codec_soft_decode(Codec& codec, nanobind::handle llr_channel, nanobind::handle llr_prior,
                                nanobind::handle syndrome, nanobind::handle list_size, bool packed, bool max_log,
                                nanobind::handle out);

struct DecodeOptionsPython {
  nanobind::handle list_size;
  bool adaptive = false;
  nanobind::handle scale;  ///< None or a number
  bool packed = false;
  bool codewords = false;
};
nanobind::any codec_decode(Codec& codec, nanobind::handle llr, nanobind::handle syndrome,
                           const DecodeOptionsPython& options, nanobind::handle out);

void bind_codec(nanobind::module_& module);

}  // namespace caligo::python
