// SPDX-License-Identifier: Apache-2.0
// Fast decoders against the readable one: the same choice, and the same list, path by path.
#include <caligo/isa.hpp>

#include <algorithm>
#include <cmath>

#include "reference/list_decoder.hpp"
#include "tests/fuzz/frame.hpp"
#include "tests/fuzz/targets.hpp"

namespace caligo::fuzz {
namespace {

using Path = reference::Path<int>;

reference::Bits unpack(BitView bits) {
  reference::Bits out(bits.size());
  for (std::size_t i = 0; i < bits.size(); ++i) out[i] = bits[i] ? 1 : 0;
  return out;
}

BitString pack(const reference::Bits& bits) {
  BitString out(bits.size());
  for (std::size_t i = 0; i < bits.size(); ++i) out.set(i, bits[i] != 0);
  return out;
}

std::vector<Path> reference_list(const CodeSpec& code, const Frame& frame, unsigned list_size, DecodeOptions options) {
  BitString values(code.block_length());
  if (!frame.frozen_values.empty()) deposit_bits(frame.frozen_values, code.disclosed_mask(), values);
  std::vector<int> channel(code.block_length(), frame.limit());  // shortened bits are known zeros
  for (std::size_t i = 0; i < code.sent_bits(); ++i) channel[i] = frame.llr_at(i);
  reference::Arithmetic<int> arithmetic{frame.limit(), 1 << 15, 0};
  if (options.check == CheckRule::corrected) {
    arithmetic.correction = static_cast<int>(std::lround(std::min(2.5F * frame.scale, 32767.0F)));
  }
  reference::ListDecoder<int> decoder(unpack(code.frozen_mask()), unpack(values), list_size, reference::Schedule::nodes,
                                      arithmetic);
  return decoder.decode(channel);
}

BitString message_of(const CodeSpec& code, BitView u) {
  BitString information(code.information_bits());
  extract_bits(u, code.information_mask(), information);
  BitString message(code.message_bits());
  copy_bits(information, 0, message, 0, message.size());
  return message;
}

bool checksum_holds(const CodeSpec& code, const Frame& frame, BitView u) {
  const Crc crc(code.crc());
  const std::uint32_t checksum = crc.compute(message_of(code, u));
  if (code.crc_placement() == CrcPlacement::external) return frame.checksum == checksum;
  BitString information(code.information_bits());
  extract_bits(u, code.information_mask(), information);
  return code.crc_placement() == CrcPlacement::none || crc.read(information, code.message_bits()) == checksum;
}

/// The decoder gives out the first path whose checksum holds, or else the best.
void require_same_choice(const CodeSpec& code, const Frame& frame, const std::vector<Path>& list, Decoder& decoder) {
  const auto verdict = decoder.decode(frame.view());
  require(verdict.has_value(), "the decoder refused a valid frame");
  std::size_t rank = 0;
  while (rank < list.size() && !checksum_holds(code, frame, pack(list[rank].u))) ++rank;
  const bool accepted = rank < list.size();
  if (!accepted) rank = 0;
  require(verdict->accepted == accepted, "the verdict differs from the reference");
  require(verdict->rank == rank, "the rank differs from the reference");
  require(equal(decoder.u(), pack(list[rank].u)), "u differs from the reference");
  require(equal(decoder.message(), message_of(code, pack(list[rank].u))), "the message differs from the reference");
}

/// Asks for every path of the reference's list by its checksum: the same code with an external one.
void require_same_list(const CodeSpec& code, const Frame& frame, const std::vector<Path>& list, unsigned list_size,
                       DecodeOptions options) {
  const CrcSpec crc = parse_crc("crc32").value();
  const CodeSpec external =
      CodeSpec::make(BitString(code.frozen_mask()), crc, CrcPlacement::external, code.shortened()).value();
  Decoder decoder(DecodePlan::make(external, list_size, options).value());
  std::vector<std::uint32_t> seen;
  for (std::size_t rank = 0; rank < list.size(); ++rank) {
    const BitString u = pack(list[rank].u);
    Frame question = frame;
    question.checksum = Crc(crc).compute(message_of(external, u));
    if (std::ranges::find(seen, *question.checksum) != seen.end()) continue;  // an earlier path would answer
    seen.push_back(*question.checksum);
    const auto verdict = decoder.decode(question.view());
    require(verdict.has_value() && verdict->accepted, "a path of the reference's list is missing");
    require(verdict->rank == rank, "a path has another rank than in the reference's list");
    require(equal(decoder.u(), u), "a path of the list differs from the reference");
  }
}

void require_same(const CodeSpec& code, const Frame& frame, unsigned list_size, DecodeOptions options) {
  const std::vector<Path> list = reference_list(code, frame, list_size, options);
  require(!list.empty(), "the reference's list is empty");
  Decoder decoder(DecodePlan::make(code, list_size, options).value());
  require_same_choice(code, frame, list, decoder);
  require_same_list(code, frame, list, list_size, options);
}

}  // namespace

void decode_reference(Bytes bytes) {
  Input input(bytes);
  const unsigned choice = input.byte();
  const unsigned n = choice < 240 ? 3 + choice % 4 : 7 + choice % 2;
  const unsigned list_size = 1U << input.below(6);
  const std::vector<Isa> isas = supported_isas();
  require(force_isa(isas[input.below(isas.size())]).has_value(), "a supported instruction set was refused");
  const CodeSpec code = read_code(input, n);
  const Frame frame = read_frame(input, code);
  require_same(code, frame, list_size, {});
  if (list_size == 1 || !input.one_in(2)) return;
  const Frame wide = read_wide(input, frame);
  require_same(code, wide, list_size, read_wide_options(input));
}

}  // namespace caligo::fuzz
