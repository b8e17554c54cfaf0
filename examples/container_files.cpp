// SPDX-License-Identifier: Apache-2.0
// A file of key blocks: written, appended to, mapped and read back with every checksum and tag verified.
#include <caligo/caligo.hpp>

#include <iostream>

namespace {

constexpr std::size_t block_bits = 4096;

caligo::BitString simulated_block(std::uint64_t stream) {
  caligo::BitString block(block_bits);
  caligo::CounterRandom random(1, stream);
  random.fill(block);
  return block;
}

void write_files(const std::filesystem::path& path, const caligo::ContainerKey& key) {
  caligo::ContainerHeader header;
  header.kind = caligo::ContainerKind::session;
  header.role = caligo::ContainerRole::bob;
  header.tag = caligo::ContainerTag::blake2b;
  header.simulation = true;  // made from a seed
  header.seed = 1;
  header.stream = caligo::Id128::random();  // Alice's file gets the same
  auto writer = caligo::ContainerWriter::create(path, header, &key).value();
  caligo::BlockInfo info;
  info.errors = 82;
  info.leaked_bits = 700;
  info.verified = true;
  writer.write(simulated_block(0), info).value();
  writer.commit().value();

  auto more = caligo::ContainerWriter::append(path, &key).value();
  more.write(simulated_block(1), info).value();
  more.commit().value();  // until here the file reads as before
}

bool read_file(const std::filesystem::path& path, const caligo::ContainerKey& key) {
  const auto file = caligo::MappedFile::open(path).value();
  auto reader = caligo::ContainerReader::open(file.bytes(), "example.clg", &key).value();
  bool same = true;
  while (const auto block = reader.next().value()) {
    same = same && caligo::equal(block->payload, simulated_block(block->index));
    std::cout << "block " << block->index << " at byte " << block->offset << ": " << block->bits << " bits, "
              << block->info.errors.value_or(0) << " errors\n";
  }
  std::cout << reader.totals().blocks << " blocks, " << reader.totals().bytes << " bytes, all in order\n";
  return same;
}

}  // namespace

int main() {
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("caligo-example-" + caligo::Id128::random().hex() + ".clg");
  try {
    const auto key = caligo::ContainerKey::random();
    write_files(path, key);
    const bool same = read_file(path, key);
    std::filesystem::remove(path);
    return same ? 0 : 1;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
