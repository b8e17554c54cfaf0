// SPDX-License-Identifier: Apache-2.0
#include "codec_bind.hpp"

#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>

#include <string>

#include "code_bind.hpp"
#include "codec_input.hpp"
#include "errors.hpp"
#include "results.hpp"

namespace nb = nanobind;
using namespace nb::literals;

namespace caligo::python {

namespace {

std::shared_ptr<Codec> make_codec(const CodeSpec& code, nb::handle list_size, unsigned llr_bits,
                                  const std::string& check_rule) {
  if (llr_bits != 8 && llr_bits != 16) {
    throw nb::value_error(("llr_bits: expected 8 or 16, got " + std::to_string(llr_bits)).c_str());
  }
  if (check_rule != "min-sum" && check_rule != "corrected") {
    throw nb::value_error(("check: expected 'min-sum' or 'corrected', got '" + check_rule + "'").c_str());
  }
  const DecodeOptions options{.width = llr_bits == 16 ? LlrWidth::bits16 : LlrWidth::bits8,
                              .check = check_rule == "corrected" ? CheckRule::corrected : CheckRule::min_sum};
  const unsigned paths = whole_number(list_size, "list_size");
  Result<std::shared_ptr<Codec>> made(std::shared_ptr<Codec>{});
  {
    const nb::gil_scoped_release unlocked;
    made = Codec::make(code, paths, options);
  }
  return take(std::move(made));
}

}  // namespace

void bind_codec(nb::module_& module) {
  module.def("register_results", [](nb::type_object hard, nb::type_object soft, nb::type_object decode) {
    result_types().hard.set(hard);
    result_types().soft.set(soft);
    result_types().decode.set(decode);
  });
  nb::class_<Codec>(module, "Codec")
      .def(nb::new_(&make_codec), "code"_a, "list_size"_a.none(), "llr_bits"_a, "check"_a)
      .def_prop_ro("code", [](const Codec& codec) { return codec.code(); })
      .def_prop_ro("list_size", &Codec::list_size)
      .def_prop_ro("crc_length", &Codec::crc_bits)
      .def_prop_ro("syndrome_length", &Codec::syndrome_bits)
      .def("decoder_bytes", [](Codec& codec, unsigned list_size) { return take(codec.decoder_bytes(list_size)); })
      .def("encode", &codec_encode, "message"_a.none(), "frozen_values"_a.none(), "bit_packed"_a, "out"_a.none())
      .def("compute_syndrome", &codec_syndrome, "codeword"_a.none(), "bit_packed"_a, "out"_a.none())
      .def("extract_message", &codec_message, "codeword"_a.none(), "bit_packed"_a, "out"_a.none())
      .def("decode_hard", &codec_decode_hard, "received"_a.none(), "syndrome"_a.none(), "qber"_a.none(),
           "list_size"_a.none(), "max_iterations"_a.none())
      .def("decode_soft", &codec_decode_soft, "llr_channel"_a.none(), "llr_prior"_a.none(), "syndrome"_a.none(),
           "list_size"_a.none(), "max_iterations"_a.none(), "max_log"_a)
      .def("soft_decode", &codec_soft_decode, "llr_channel"_a.none(), "llr_prior"_a.none(), "syndrome"_a.none(),
           "list_size"_a.none(), "bit_packed"_a, "max_log"_a, "out"_a.none())
      .def(
          "decode",
          [](Codec& codec, nb::handle llr, nb::handle syndrome, nb::handle list_size, bool adaptive, nb::handle scale,
             bool bit_packed, bool codewords, nb::handle out) {
            return codec_decode(codec, llr, syndrome, {list_size, adaptive, scale, bit_packed, codewords}, out);
          },
          "llr"_a.none(), "syndrome"_a.none(), "list_size"_a.none(), "adaptive"_a, "scale"_a.none(), "bit_packed"_a,
          "codewords"_a, "out"_a.none());
}

}  // namespace caligo::python
