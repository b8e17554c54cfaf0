// SPDX-License-Identifier: Apache-2.0
// Forward error correction: a (1024, 512) code with CRC over BPSK in Gaussian noise, as a modem would use the library.
#include <caligo/caligo.hpp>

#include <cstdint>
#include <iostream>
#include <vector>

namespace {

constexpr double eb_n0_decibel = 2.5;
constexpr std::size_t message_bits = 512;
constexpr int frames = 200;

caligo::CodeSpec make_code(const caligo::Channel& channel) {
  const auto order = caligo::construct_order(10, channel, caligo::ConstructionMethod::automatic).value();
  const auto crc = caligo::parse_crc("crc16-ccitt").value();
  return caligo::make_code(order, message_bits, crc, caligo::CrcPlacement::embedded).value();
}

/// Bits to soft values: bit 0 is sent as +1, and the LLR of a received value r is 2r/sigma².
std::vector<float> transmit(const caligo::BitString& word, double sigma, caligo::CounterRandom& noise) {
  std::vector<float> llr(word.size());
  for (std::size_t i = 0; i < llr.size(); ++i) {
    const double received = (word[i] ? -1.0 : 1.0) + sigma * noise.gaussian();
    llr[i] = static_cast<float>(2 * received / (sigma * sigma));
  }
  return llr;
}

int simulate() {
  // Eb/N0 needs a rate, and counts message bits only.
  const caligo::Channel channel = caligo::resolve_rate(caligo::AwgnEbN0{eb_n0_decibel}, message_bits / 1024.0);
  const double sigma = std::get<caligo::Awgn>(channel).sigma;
  const caligo::CodeSpec code = make_code(channel);
  caligo::Encoder encoder(code);
  caligo::Decoder decoder(caligo::DecodePlan::make(code, 8).value());

  caligo::BitString message(code.message_bits());
  caligo::BitString word(code.sent_bits());
  std::vector<std::int8_t> llr(code.sent_bits());
  int errors = 0;
  for (int frame = 0; frame < frames; ++frame) {
    caligo::CounterRandom random(1, static_cast<std::uint64_t>(frame));  // each frame has random numbers of its own
    random.fill(message);
    encoder.encode(message, {}, word).value();
    caligo::quantise_llrs(transmit(word, sigma, random), caligo::default_llr_scale(code.log2_length()), llr).value();
    const caligo::DecodeVerdict verdict = decoder.decode({.llr = llr}).value();
    if (!verdict.accepted || !caligo::equal(decoder.message(), message)) ++errors;
  }
  std::cout << frames << " frames at Eb/N0 = " << eb_n0_decibel << " dB, list 8: " << errors << " lost\n";
  return errors <= frames / 20 ? 0 : 1;
}

}  // namespace

int main() {
  try {
    return simulate();
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
