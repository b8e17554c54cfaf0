// SPDX-License-Identifier: Apache-2.0
#include "decode/input_check.hpp"

#include <fmt/format.h>

#include <bit>

#include "kernels/kernels.hpp"

namespace caligo::decode {

Isa isa_for_decoding() {
  const auto isa = active_isa();
  return isa ? *isa : Isa::scalar;
}

Result<void> check_list_size(const CodeSpec& code, unsigned list_size) {
  if (!std::has_single_bit(list_size) || list_size > kernels::max_list_size) {
    return Error{ErrorCode::invalid_argument, fmt::format("list size must be 1, 2, 4, 8, 16 or 32, got {}", list_size)};
  }
  if (code.log2_length() > 20 && list_size > 8) {
    return Error{ErrorCode::invalid_argument, fmt::format("list size {} is limited to N = 2^20, the code has N = 2^{}",
                                                          list_size, code.log2_length())};
  }
  return {};
}

Result<void> check_checksum_given(const CodeSpec& code, bool given) {
  const bool external = code.crc_placement() == CrcPlacement::external;
  if (given == external) return {};
  return Error{ErrorCode::invalid_argument, external ? "this code's CRC is external: a checksum is required"
                                                     : "this code's CRC is not external: no checksum may be given"};
}

Result<void> check_input(const CodeSpec& code, const DecodeInput& input) {
  if (input.llr.size() != code.sent_bits()) {
    return Error{ErrorCode::size_mismatch, fmt::format("expected {} LLRs, got {}", code.sent_bits(), input.llr.size())};
  }
  if (!input.frozen_values.empty() && input.frozen_values.size() != code.frozen_bits()) {
    return Error{ErrorCode::size_mismatch, fmt::format("expected {} frozen values (or none), got {}",
                                                       code.frozen_bits(), input.frozen_values.size())};
  }
  return check_checksum_given(code, input.checksum.has_value());
}

}  // namespace caligo::decode
