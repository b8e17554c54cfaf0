// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What the tests of this folder share: a small code, small tasks, a place for files.

#include <gtest/gtest.h>
#include <unistd.h>
#include <caligo/construct.hpp>
#include <caligo/random.hpp>
#include <caligo/simulate.hpp>

#include <cstdlib>
#include <filesystem>
#include <string>

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
