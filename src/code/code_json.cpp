// SPDX-License-Identifier: Apache-2.0
#include "code/code_json.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sodium.h>
#include <caligo/code.hpp>

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

namespace caligo {
namespace {

// Ordered, so that equal codes give equal text and a person reads the short fields first.
using Json = nlohmann::ordered_json;

constexpr unsigned format_version = 1;
constexpr int max_depth = 3;  // no field lies deeper than the crc object
constexpr std::array<std::pair<CrcPlacement, std::string_view>, 3> placements{{
    {CrcPlacement::none, "none"},
    {CrcPlacement::embedded, "embedded"},
    {CrcPlacement::external, "external"},
}};

std::string_view name_of(CrcPlacement placement) {
  for (const auto& [value, name] : placements) {
    if (value == placement) return name;
  }
  return {};
}

std::string base64(BitView bits) {
  const std::vector<std::uint8_t> bytes = BitString(bits).to_bytes();
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), sodium_base64_VARIANT_ORIGINAL);
  text.pop_back();  // the terminating zero
  return text;
}

std::optional<BitString> from_base64(const std::string& text, std::size_t bits) {
  std::vector<std::uint8_t> bytes(bytes_for(bits));
  std::size_t size = 0;
  if (sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &size, nullptr,
                        sodium_base64_VARIANT_ORIGINAL) != 0) {
    return std::nullopt;
  }
  bytes.resize(size);
  Result<BitString> result = BitString::from_bytes(bytes, bits);
  if (!result) return std::nullopt;
  return *std::move(result);
}

/// Thrown by Reader and caught in from_json: the first fault ends the reading wherever it is found.
struct Fault {
  std::string message;
};

/// One JSON object whose fields are taken out by name and checked; `path` names it in errors ("crc.").
class Reader {
 public:
  Reader(const Json& object, std::string path, const std::set<std::string>& fields)
      : object_(object), path_(std::move(path)) {
    if (!object.is_object()) throw Fault{fmt::format("{}expected an object", path_)};
    for (const auto& item : object.items()) {
      if (!fields.contains(item.key())) {
        throw Fault{fmt::format("unknown field; expected {}{}", path_, fmt::join(fields, ", " + path_))};
      }
    }
    for (const std::string& field : fields) {
      if (!object.contains(field)) throw Fault{fmt::format("the field {}{} is missing", path_, field)};
    }
  }
  [[nodiscard]] const Json& operator[](const std::string& field) const { return object_.at(field); }

  [[nodiscard]] std::uint64_t number(const std::string& field, std::uint64_t low, std::uint64_t high) const {
    const Json& value = object_.at(field);
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() < low || value.get<std::uint64_t>() > high) {
      throw Fault{
          fmt::format("{}{}: expected an integer from {} to {}, got {}", path_, field, low, high, shown(value))};
    }
    return value.get<std::uint64_t>();
  }
  [[nodiscard]] std::string text(const std::string& field, std::size_t max_length) const {
    const Json& value = object_.at(field);
    if (!value.is_string() || value.get_ref<const std::string&>().size() > max_length) {
      throw Fault{fmt::format("{}{}: expected a string of at most {} characters, got {}", path_, field, max_length,
                              shown(value))};
    }
    return value.get<std::string>();
  }
  /// A redundant field, kept for people and other programs: it must agree with the rest.
  void must_be(const std::string& field, std::size_t actual) const {
    if (number(field, 0, std::size_t{1} << CodeSpec::max_log2_length) != actual) {
      throw Fault{fmt::format("{}{}: says {}, but the frozen set and CRC give {}", path_, field,
                              shown(object_.at(field)), actual)};
    }
  }

 private:
  /// The value on one line, in ASCII, cut short.
  static std::string shown(const Json& value) {
    if (value.is_structured()) return value.is_array() ? "an array" : "an object";
    std::string text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
    if (text.size() > 40) text = text.substr(0, 40) + "...";
    return text;
  }
  const Json& object_;
  std::string path_;
};

/// Of a syntax error only the byte offset is kept: the library's own words quote the text, whatever it holds.
Json parse(std::string_view text) {
  std::vector<std::set<std::string>> open;  // keys seen so far, per nested object
  bool duplicate = false;
  const auto watch = [&](int depth, Json::parse_event_t event, Json& value) {
    if (depth > max_depth) throw Fault{"nested too deeply for a code"};
    if (event == Json::parse_event_t::object_start) open.emplace_back();
    if (event == Json::parse_event_t::object_end) open.pop_back();
    if (event == Json::parse_event_t::key) duplicate |= !open.back().insert(value.get<std::string>()).second;
    return true;
  };
  try {
    Json document = Json::parse(text.begin(), text.end(), watch);
    if (duplicate) throw Fault{"a field is given twice"};
    return document;
  } catch (const Json::parse_error& error) {
    throw Fault{fmt::format("not valid JSON at byte {}", error.byte == 0 ? 0 : error.byte - 1)};
  }
}

CrcSpec read_crc(const Json& object) {
  const Reader reader(object, "crc.", {"name", "width", "polynomial"});
  const std::string name = reader.text("name", 32);
  const auto width = reader.number("width", 0, 32);
  const auto polynomial = reader.number("polynomial", 0, 0xFFFFFFFFU);
  Result<CrcSpec> spec = parse_crc(name);
  if (!spec) throw Fault{"crc.name: " + spec.error().message};
  if (spec->width != width || spec->polynomial != polynomial || spec->name != name) {
    throw Fault{fmt::format("crc: {} has width {} and polynomial {}, got {} and {}", spec->name, spec->width,
                            spec->polynomial, width, polynomial)};
  }
  return *std::move(spec);
}

CrcPlacement read_placement(const Reader& reader) {
  const std::string name = reader.text("crc_placement", 16);
  for (const auto& [value, known] : placements) {
    if (name == known) return value;
  }
  throw Fault{"crc_placement: expected none, embedded or external"};
}

CodeSpec read_code(const Json& document) {
  // The version comes first: another version may have other fields.
  if (!document.is_object() || !document.contains("caligo_code")) {
    throw Fault{"not a Caligo code: the field caligo_code is missing"};
  }
  if (document.at("caligo_code") != format_version) {
    throw Fault{fmt::format("caligo_code: this program reads version {} only", format_version)};
  }
  const Reader reader(document, "",
                      {"caligo_code", "n", "shortened", "message_bits", "information_bits", "crc", "crc_placement",
                       "frozen", "construction", "strong_id"});
  const auto n = reader.number("n", CodeSpec::min_log2_length, CodeSpec::max_log2_length);
  const std::size_t length = std::size_t{1} << n;
  const auto shortened = reader.number("shortened", 0, length - 1);
  CrcSpec crc = read_crc(reader["crc"]);
  const CrcPlacement placement = read_placement(reader);
  if ((placement == CrcPlacement::none) != (crc.width == 0)) {
    throw Fault{"crc_placement: none goes with the CRC none, and only with it"};
  }
  const Reader construction(reader["construction"], "construction.", {"method", "channel"});
  Provenance provenance{construction.text("method", code::max_provenance_length),
                        construction.text("channel", code::max_provenance_length)};
  std::optional<BitString> frozen = from_base64(reader.text("frozen", code::max_json_bytes), length);
  if (!frozen) throw Fault{fmt::format("frozen: expected the base64 of exactly {} bits", length)};

  Result<CodeSpec> code =
      CodeSpec::make(*std::move(frozen), std::move(crc), placement, shortened, std::move(provenance));
  if (!code) throw Fault{code.error().message};
  reader.must_be("information_bits", code->information_bits());
  reader.must_be("message_bits", code->message_bits());
  if (reader.text("strong_id", 32) != code->strong_id()) {
    throw Fault{fmt::format("strong_id: the code has {}; the file was edited or damaged", code->strong_id())};
  }
  return *std::move(code);
}

}  // namespace

std::string CodeSpec::to_json() const {
  Json document;
  document["caligo_code"] = format_version;
  document["n"] = n_;
  document["shortened"] = shortened_;
  document["message_bits"] = message_bits();
  document["information_bits"] = information_;
  document["crc"] = {{"name", crc_.name}, {"width", crc_.width}, {"polynomial", crc_.polynomial}};
  document["crc_placement"] = name_of(placement_);
  document["construction"] = {{"method", provenance_.method}, {"channel", provenance_.channel}};
  document["strong_id"] = strong_id_;
  document["frozen"] = base64(frozen_);
  return document.dump(2) + "\n";
}

Result<CodeSpec> CodeSpec::from_json(std::string_view text, const std::string& source) {
  const auto malformed = [&](const std::string& message) {
    return Error{ErrorCode::malformed_input, fmt::format("{}: {}", source, message)};
  };
  if (text.size() > code::max_json_bytes) {
    return malformed(fmt::format("expected at most {} bytes, got {}", code::max_json_bytes, text.size()));
  }
  try {
    return read_code(parse(text));
  } catch (const Fault& fault) {
    return malformed(fault.message);
  } catch (const Json::exception&) {
    return malformed("not a Caligo code");
  }
}

}  // namespace caligo
