// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "capi/codec.hpp"
#include "capi/construct.hpp"

namespace capi = caligo::capi;
using caligo::CodeSpec;
using caligo::CrcPlacement;
using caligo::Error;
using caligo::ErrorCode;
using caligo::Result;

namespace caligo::capi {

Result<CrcSpec> crc_or_none(const char* crc) { return parse_crc(text_or(crc, "none")); }

Result<CrcPlacement> placement_of(std::int32_t placement, const CrcSpec& crc) {
  switch (placement) {
    case CALIGO_CRC_AUTOMATIC:
      return crc.width == 0 ? CrcPlacement::none : CrcPlacement::embedded;
    case CALIGO_CRC_NONE:
      return CrcPlacement::none;
    case CALIGO_CRC_EMBEDDED:
      return CrcPlacement::embedded;
    case CALIGO_CRC_EXTERNAL:
      return CrcPlacement::external;
    default:
      return invalid(
          fmt::format("crc_placement is {}, expected CALIGO_CRC_AUTOMATIC, _NONE, _EMBEDDED or _EXTERNAL", placement));
  }
}

namespace {

using MadeCode = Result<std::unique_ptr<caligo_code>>;

MadeCode own(Result<CodeSpec> code) {
  if (!code) return std::move(code).error();
  return std::make_unique<caligo_code>(std::move(*code));
}

MadeCode cut(const ReliabilityOrder& order, std::size_t message_bits, const char* crc, std::int32_t placement) {
  auto spec = crc_or_none(crc);
  if (!spec) return std::move(spec).error();
  auto where = placement_of(placement, *spec);
  if (!where) return std::move(where).error();
  return own(make_code(order, message_bits, *spec, *where));
}

MadeCode construct(const caligo_code_options& options) {
  caligo_order_options order{};
  order.struct_size = sizeof(order);
  order.log2_length = options.log2_length;
  order.channel = options.channel;
  order.method = options.method;
  order.shortened = options.shortened;
  order.cache_directory = options.cache_directory;
  if (options.log2_length <= CodeSpec::max_log2_length) {
    const std::size_t length = std::size_t{1} << options.log2_length;
    if (options.shortened < length) {
      order.rate = static_cast<double>(options.message_bits) / static_cast<double>(length - options.shortened);
    }
  }
  auto designed = design_order(order);
  if (!designed) return std::move(designed).error();
  return cut(*designed, options.message_bits, options.crc, options.crc_placement);
}

MadeCode from_frozen(const std::uint8_t* frozen, std::uint32_t log2_length, std::size_t shortened, const char* crc,
                     std::int32_t placement) {
  if (log2_length < CodeSpec::min_log2_length || log2_length > CodeSpec::max_log2_length) {
    return invalid(fmt::format("log2_length is {}, expected {} to {}", log2_length, CodeSpec::min_log2_length,
                               CodeSpec::max_log2_length));
  }
  auto spec = crc_or_none(crc);
  if (!spec) return std::move(spec).error();
  auto where = placement_of(placement, *spec);
  if (!where) return std::move(where).error();
  BitString mask(std::size_t{1} << log2_length);
  if (auto loaded = load_bits(frozen, mask, "frozen"); !loaded) return loaded.error();
  return own(CodeSpec::make(std::move(mask), *spec, *where, shortened, {.method = "imported", .channel = ""}));
}

std::int32_t number_of(CrcPlacement placement) noexcept {
  switch (placement) {
    case CrcPlacement::embedded:
      return CALIGO_CRC_EMBEDDED;
    case CrcPlacement::external:
      return CALIGO_CRC_EXTERNAL;
    default:
      return CALIGO_CRC_NONE;
  }
}

}  // namespace

}  // namespace caligo::capi

caligo_error caligo_code_construct(const caligo_code_options* options, caligo_code** code) {
  return capi::create(code, "code", [&]() -> capi::MadeCode {
    auto wanted = capi::read_struct(options, "options");
    if (!wanted) return std::move(wanted).error();
    return capi::construct(*wanted);
  });
}

caligo_error caligo_code_from_order(const caligo_order* order, size_t message_bits, const char* crc,
                                    int32_t crc_placement, caligo_code** code) {
  return capi::create(code, "code", [&]() -> capi::MadeCode {
    if (auto there = capi::need(order, "order"); !there) return there.error();
    return capi::cut(order->order, message_bits, crc, crc_placement);
  });
}

caligo_error caligo_code_from_frozen(const uint8_t* frozen, uint32_t log2_length, size_t shortened, const char* crc,
                                     int32_t crc_placement, caligo_code** code) {
  return capi::create(code, "code",
                      [&] { return capi::from_frozen(frozen, log2_length, shortened, crc, crc_placement); });
}

caligo_error caligo_code_from_json(const char* text, size_t length, const char* source, caligo_code** code) {
  return capi::create(code, "code", [&]() -> capi::MadeCode {
    if (auto there = capi::need(text, "text"); !there) return there.error();
    return capi::own(CodeSpec::from_json({text, length}, capi::text_or(source, "code")));
  });
}

caligo_error caligo_code_to_json(const caligo_code* code, char* text, size_t capacity, size_t* length) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(code, "code"); !there) return there;
    if (auto there = capi::need(length, "length"); !there) return there;
    const std::string json = code->spec.to_json();
    *length = json.size();
    if (capacity <= json.size()) {
      return Error{ErrorCode::size_mismatch,
                   fmt::format("text: {} bytes and a NUL need more than a capacity of {}", json.size(), capacity)};
    }
    if (auto there = capi::need(text, "text"); !there) return there;
    std::memcpy(text, json.c_str(), json.size() + 1);
    return {};
  });
}

const char* caligo_code_strong_id(const caligo_code* code) {
  return code == nullptr ? "" : code->spec.strong_id().c_str();
}

caligo_error caligo_code_get_info(const caligo_code* code, caligo_code_info* info) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(code, "code"); !there) return there;
    const CodeSpec& spec = code->spec;
    caligo_code_info value{};
    value.log2_length = spec.log2_length();
    value.crc_placement = capi::number_of(spec.crc_placement());
    value.block_length = spec.block_length();
    value.shortened = spec.shortened();
    value.sent_bits = spec.sent_bits();
    value.information_bits = spec.information_bits();
    value.message_bits = spec.message_bits();
    value.frozen_bits = spec.frozen_bits();
    value.crc_width = spec.crc().width;
    value.crc_polynomial = spec.crc().polynomial;
    return capi::write_struct(value, info, "info");
  });
}

caligo_error caligo_code_frozen_mask(const caligo_code* code, uint8_t* mask, size_t bits) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(code, "code"); !there) return there;
    if (auto right = capi::check_bits(bits, code->spec.block_length(), "mask"); !right) return right;
    return capi::store_bits(code->spec.frozen_mask(), mask, "mask");
  });
}

void caligo_code_destroy(caligo_code* code) { delete code; }
