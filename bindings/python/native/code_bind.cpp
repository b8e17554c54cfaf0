// SPDX-License-Identifier: Apache-2.0
#include "code_bind.hpp"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>
#include <caligo/construct.hpp>
#include <caligo/isa.hpp>
#include <caligo/version.hpp>

#include <bit>
#include <filesystem>
#include <string>

#include "bits.hpp"
#include "errors.hpp"

namespace nb = nanobind;
using namespace nb::literals;

namespace caligo::python {

namespace {

/// 2^n is the shortest mother code for this many bits.
unsigned mother_log2(std::size_t block_length) {
  if (block_length < 8 || block_length > (std::size_t{1} << CodeSpec::max_log2_length)) {
    throw nb::value_error(("block_length: expected 8 to 2^24, got " + std::to_string(block_length)).c_str());
  }
  return static_cast<unsigned>(std::bit_width(block_length - 1));
}

CrcPlacement parse_placement(const std::string& name, const CrcSpec& crc) {
  if (crc.width == 0) return CrcPlacement::none;
  if (name == "embedded") return CrcPlacement::embedded;
  if (name == "external") return CrcPlacement::external;
  throw nb::value_error(("crc_placement: expected 'embedded' or 'external', got '" + name + "'").c_str());
}

const char* to_string(CrcPlacement placement) noexcept {
  switch (placement) {
    case CrcPlacement::none:
      return "none";
    case CrcPlacement::embedded:
      return "embedded";
    case CrcPlacement::external:
      return "external";
  }
  return "none";
}

CodeSpec construct(std::size_t block_length, std::size_t message_length, const std::string& channel_text,
                   const std::string& crc_name, const std::string& placement_name, const std::string& method_name,
                   const std::optional<std::string>& cache) {
  const unsigned n = mother_log2(block_length);
  const CrcSpec crc = take(parse_crc(crc_name));
  const CrcPlacement placement = parse_placement(placement_name, crc);
  const ConstructionMethod method = take(parse_method(method_name));
  const double rate = static_cast<double>(message_length) / static_cast<double>(block_length);
  const Channel channel = resolve_rate(take(parse_channel(channel_text)), rate);
  const std::size_t shortened = (std::size_t{1} << n) - block_length;
  Result<CodeSpec> code(Error{});
  {
    const nb::gil_scoped_release unlocked;
    const auto order = construct_order_cached(n, channel, method, shortened,
                                              cache ? std::optional<std::filesystem::path>(*cache) : std::nullopt);
    code = order ? make_code(*order, message_length, crc, placement) : Result<CodeSpec>(order.error());
  }
  return take(std::move(code));
}

CodeSpec from_order(const std::string& text, const std::string& source, std::size_t message_length,
                    const std::string& crc_name, const std::string& placement_name) {
  const CrcSpec crc = take(parse_crc(crc_name));
  const auto order = take(parse_order(text, source));
  return take(make_code(order, message_length, crc, parse_placement(placement_name, crc)));
}

CodeSpec from_frozen(nb::handle frozen, const std::string& crc_name, const std::string& placement_name,
                     std::size_t shortened) {
  const CrcSpec crc = take(parse_crc(crc_name));
  return take(CodeSpec::make(read_bits(frozen, "frozen_mask", false), crc, parse_placement(placement_name, crc),
                             shortened, {.method = "imported", .channel = ""}));
}

}  // namespace

void bind_code(nb::module_& module) {
  nb::class_<CodeSpec>(module, "CodeSpec")
      .def_prop_ro("mother_length", &CodeSpec::block_length)
      .def_prop_ro("shortened", &CodeSpec::shortened)
      .def_prop_ro("block_length", &CodeSpec::sent_bits)
      .def_prop_ro("message_length", &CodeSpec::message_bits)
      .def_prop_ro("information_length", &CodeSpec::information_bits)
      .def_prop_ro("frozen_length", &CodeSpec::frozen_bits)
      .def_prop_ro("crc", [](const CodeSpec& code) { return code.crc().name; })
      .def_prop_ro("crc_length", [](const CodeSpec& code) { return code.crc().width; })
      .def_prop_ro("crc_placement", [](const CodeSpec& code) { return to_string(code.crc_placement()); })
      .def_prop_ro("method", [](const CodeSpec& code) { return code.provenance().method; })
      .def_prop_ro("channel", [](const CodeSpec& code) { return code.provenance().channel; })
      .def_prop_ro("strong_id", &CodeSpec::strong_id)
      .def("frozen_mask", [](const CodeSpec& code) { return as_any(write_bits(code.frozen_mask(), false)); })
      .def("to_json", &CodeSpec::to_json)
      .def_static("from_json", [](const std::string& text, const std::string& source) {
        return take(CodeSpec::from_json(text, source));
      });
  module.def("construct", &construct, "block_length"_a, "message_length"_a, "channel"_a, "crc"_a, "crc_placement"_a,
             "method"_a, "cache"_a.none());
  module.def("code_from_order", &from_order);
  module.def("code_from_frozen", &from_frozen);
  module.def("crc_names", &crc_names);
  module.def("check_channel", [](const std::string& text) { return to_string(take(parse_channel(text))); });
  module.def("binary_entropy", &binary_entropy);
}

void bind_info(nb::module_& module) {
  const auto names = [](const std::vector<Isa>& isas) {
    std::vector<std::string> texts;
    for (const Isa isa : isas) texts.emplace_back(to_string(isa));
    return texts;
  };
  module.def("version", [] { return std::string(version()); });
  module.def("git_hash", [] { return std::string(git_hash()); });
  module.def("built_isas", [names] { return names(built_isas()); });
  module.def("supported_isas", [names] { return names(supported_isas()); });
  module.def("active_isa", [] { return std::string(to_string(take(active_isa()))); });
  module.def("force_isa", [](const std::string& name) { check(force_isa(take(parse_isa(name)))); });
}

}  // namespace caligo::python
