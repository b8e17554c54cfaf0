// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What the tests of this folder share: a folder that goes, blocks whose content follows from their index, files read
/// back whole.

#include <gtest/gtest.h>
#include <unistd.h>
#include <caligo/container.hpp>
#include <caligo/random.hpp>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

namespace caligo::container {

inline std::uint64_t test_seed() {
  const char* text = std::getenv("CALIGO_TEST_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 0) : 20261125;
}

class Folder {
 public:
  Folder() {
    std::string name = testing::TempDir() + "caligo-container-XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::filesystem::path operator/(const char* name) const { return path_ / name; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Bytes at an address that is a multiple of 8.
struct Bytes {
  std::vector<std::uint64_t> words;
  std::size_t size = 0;

  Bytes() = default;
  Bytes(const void* data, std::size_t count) : words((count + 7) / 8), size(count) {
    if (count > 0) std::memcpy(words.data(), data, count);
  }
  [[nodiscard]] std::byte* data() { return reinterpret_cast<std::byte*>(words.data()); }
  [[nodiscard]] std::span<const std::byte> view() const {
    return {reinterpret_cast<const std::byte*>(words.data()), size};
  }
};

inline Bytes read_bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return {text.data(), text.size()};
}

inline void write_bytes(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

inline ContainerKey test_key(std::uint8_t filling = 7) {
  std::array<std::uint8_t, ContainerKey::size> bytes{};
  bytes.fill(filling);
  return ContainerKey(bytes);
}

inline ContainerHeader test_header(ContainerTag tag = ContainerTag::none) {
  ContainerHeader header;
  header.kind = ContainerKind::session;
  header.role = ContainerRole::bob;
  header.tag = tag;
  header.simulation = true;
  header.stream = Id128::parse("000102030405060708090a0b0c0d0e0f").value();
  header.created = 1764000000;
  header.qber = 0.02;
  header.seed = test_seed();
  return header;
}

inline std::size_t bits_of(std::uint64_t index) { return index % 5 == 3 ? 0 : 1 + (index * 97) % 300; }

inline BitString payload_of(std::uint64_t index, std::size_t bits) {
  BitString payload(bits);
  CounterRandom random(test_seed(), index);
  random.fill(payload);
  return payload;
}
inline BitString payload_of(std::uint64_t index) { return payload_of(index, bits_of(index)); }

inline BlockInfo info_of(std::uint64_t index) {
  BlockInfo info;
  info.label = 1000 + index;
  if (index % 2 == 0) info.errors = bits_of(index) / 50;
  if (index % 3 == 0) info.leaked_bits = bits_of(index) / 6;
  if (index % 3 == 1) info.qber = 0.015625;
  if (index % 4 == 1) info.epsilon = 1e-12;
  info.verified = index % 2 == 1;
  info.basis = static_cast<Basis>(index % 3);
  return info;
}

inline Result<void> write_blocks(ContainerWriter& writer, std::uint64_t first, std::uint64_t count) {
  for (std::uint64_t i = first; i < first + count; ++i) {
    if (auto written = writer.write(payload_of(i), info_of(i)); !written) return written;
  }
  return {};
}

/// Two blocks, then, in an append of its own, two more.
inline void write_file(const std::filesystem::path& path, ContainerTag tag = ContainerTag::none,
                       std::uint64_t first = 2) {
  const ContainerKey key = test_key();
  const ContainerKey* given = tag == ContainerTag::none ? nullptr : &key;
  auto writer = ContainerWriter::create(path, test_header(tag), given).value();
  write_blocks(writer, 0, first).value();
  writer.commit().value();
  auto more = ContainerWriter::append(path, given).value();
  write_blocks(more, first, 2).value();
  more.commit().value();
}

/// The number of blocks of a file that is in order, with the right content; or the error.
inline Result<ContainerTotals> read_all(std::span<const std::byte> bytes, const ContainerKey* key = nullptr) {
  auto reader = ContainerReader::open(bytes, "file", key);
  if (!reader) return std::move(reader).error();
  while (true) {
    auto block = reader->next();
    if (!block) return std::move(block).error();
    if (!*block) return reader->totals();
    const ContainerBlock& b = **block;
    EXPECT_TRUE(equal(b.payload, payload_of(b.index))) << "block " << b.index;
    EXPECT_EQ(b.info, info_of(b.index)) << "block " << b.index;
  }
}

/// "file: byte N: ..." with N no larger than the file.
inline void expect_offset(const Error& error, std::size_t size) {
  const std::size_t at = error.message.find(": byte ");
  ASSERT_NE(at, std::string::npos) << error.message;
  EXPECT_LE(std::strtoull(error.message.c_str() + at + 7, nullptr, 10), size) << error.message;
  EXPECT_EQ(error.message.find('\n'), std::string::npos);
}

}  // namespace caligo::container
