// SPDX-License-Identifier: Apache-2.0
// A stranger's program: one frame through the installed library, encoder to decoder, with a few bits flipped.
#include <caligo/caligo.hpp>

#include <cstdint>
#include <iostream>
#include <vector>

int main() {
  const auto order = caligo::construct_order(9, caligo::Bsc{0.05}, caligo::ConstructionMethod::automatic).value();
  const auto crc = caligo::parse_crc("crc16-ccitt").value();
  const auto code = caligo::make_code(order, 200, crc, caligo::CrcPlacement::embedded).value();

  caligo::BitString message(code.message_bits());
  caligo::CounterRandom(1, 0).fill(message);
  caligo::BitString word(code.sent_bits());
  caligo::Encoder(code).encode(message, {}, word).value();

  std::vector<std::int8_t> llr(word.size());
  for (std::size_t i = 0; i < llr.size(); ++i) llr[i] = word[i] != (i % 40 == 0) ? -6 : 6;

  caligo::Decoder decoder(caligo::DecodePlan::make(code, 8).value());
  const auto verdict = decoder.decode({.llr = llr}).value();
  const bool right = verdict.accepted && caligo::equal(decoder.message(), message);
  std::cout << "caligo " << caligo::version() << ": " << message.size() << " bits " << (right ? "recovered" : "lost")
            << '\n';
  return right ? 0 : 1;
}
