// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What the tests of this folder share: a small code, small tasks, the reference decoder on a frame, a place for files.

#include <gtest/gtest.h>
#include <unistd.h>
#include <caligo/construct.hpp>
#include <caligo/simulate.hpp>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "reference/list_decoder.hpp"

namespace caligo {

inline CodeSpec small_code(const std::string& crc = "crc11") {
  const auto order = construct_order(7, Bsc{0.05}, ConstructionMethod::polarization_weight).value();
  return make_code(order, 50, parse_crc(crc).value(), CrcPlacement::embedded).value();
}

/// Of a (128, 50) code.
inline SimulationTask small_task(const std::string& channel, const DecoderSettings& decoder,
                                 const std::string& crc = "crc11") {
  return SimulationTask::make(small_code(crc), parse_channel(channel).value(), decoder).value();
}

struct ReferenceDecision {
  std::vector<bool> message;
  bool accepted = false;
};

/// The decision of the readable list decoder and a bitwise CRC.
inline ReferenceDecision reference_decode(const CodeSpec& code, const std::vector<int>& llr, unsigned list_size) {
  reference::Bits frozen(code.block_length());
  for (std::size_t i = 0; i < frozen.size(); ++i) frozen[i] = code.frozen_mask()[i] ? 1 : 0;
  reference::ListDecoder<int> decoder(frozen, reference::Bits(frozen.size()), list_size, reference::Schedule::nodes,
                                      {127, 1 << 15, 0});
  ReferenceDecision best;
  const auto list = decoder.decode(llr);
  for (std::size_t rank = 0; rank < list.size(); ++rank) {
    std::vector<bool> information;
    for (std::size_t i = 0; i < frozen.size(); ++i) {
      if (frozen[i] == 0) information.push_back(list[rank].u[i] != 0);
    }
    // The remainder of message then checksum is zero if the checksum is right.
    std::uint64_t remainder = 0;
    for (const bool bit : information) {
      remainder = (remainder << 1U) | (bit ? 1U : 0U);
      if (((remainder >> code.crc().width) & 1U) != 0) {
        remainder ^= (std::uint64_t{1} << code.crc().width) | code.crc().polynomial;
      }
    }
    information.resize(code.message_bits());
    if (rank == 0) best.message = information;
    if (remainder == 0) return {information, true};
  }
  return best;
}

/// An empty folder that goes away with the object.
struct TemporaryFolder {
  std::filesystem::path path;
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "caligo-simulate-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    path = name;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
};

}  // namespace caligo
