// SPDX-License-Identifier: Apache-2.0
// Containers that are whole, and all ways in which they may not be.
#include <algorithm>

#include "container/chain.hpp"
#include "container/test_files.hpp"

namespace caligo::container {
namespace {

constexpr ContainerTag all_tags[] = {ContainerTag::none, ContainerTag::blake2b, ContainerTag::hmac_sha256};

const ContainerKey* key_for(ContainerTag tag) {
  static const ContainerKey key = test_key();
  return tag == ContainerTag::none ? nullptr : &key;
}

Bytes sample(ContainerTag tag) {
  const Folder folder;
  write_file(folder / "file", tag);
  return read_bytes(folder / "file");
}

/// Refused with an offset, with the key and without, in memory and as a file.
void expect_refused(const Bytes& bytes, ContainerTag tag, const std::filesystem::path* file = nullptr) {
  for (const ContainerKey* key : {key_for(tag), static_cast<const ContainerKey*>(nullptr)}) {
    const auto read = read_all(bytes.view(), key);
    ASSERT_FALSE(read) << (key != nullptr ? "with key" : "without key");
    expect_offset(read.error(), bytes.size);
    if (file == nullptr) continue;
    const auto scanned = scan_container(*file, key, nullptr, nullptr);
    ASSERT_FALSE(scanned);
    expect_offset(scanned.error(), bytes.size);
    // The same fault at the same place, whichever way it is read.
    EXPECT_EQ(scanned.error().message.substr(scanned.error().message.find(": byte ")).substr(0, 12),
              read.error().message.substr(read.error().message.find(": byte ")).substr(0, 12));
  }
}

TEST(Container, RoundTripWithEveryTag) {
  for (const ContainerTag tag : all_tags) {
    const Folder folder;
    write_file(folder / "file", tag);
    const Bytes bytes = read_bytes(folder / "file");
    auto reader = ContainerReader::open(bytes.view(), "file", key_for(tag));
    ASSERT_TRUE(reader) << reader.error().message;
    EXPECT_EQ(reader->header(), test_header(tag));
    const auto totals = read_all(bytes.view(), key_for(tag));
    ASSERT_TRUE(totals) << totals.error().message;
    EXPECT_EQ(totals->blocks, 4U);
    EXPECT_EQ(totals->bytes, bytes.size);
    EXPECT_EQ(totals->authenticated, tag != ContainerTag::none);
    EXPECT_FALSE(totals->append_open);
    std::vector<BlockRecord> records;
    const auto scanned = scan_container(folder / "file", key_for(tag), nullptr,
                                        [&](const BlockRecord& r) { return records.push_back(r), Result<void>(); });
    ASSERT_TRUE(scanned) << scanned.error().message;
    ASSERT_EQ(records.size(), 4U);
    EXPECT_EQ(scanned->bits, totals->bits);
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(records[i].info, info_of(i));
  }
}

TEST(Container, AnEmptyOneIsWhole) {
  const Folder folder;
  ContainerHeader header;
  header.stream = Id128::random();
  ContainerWriter::create(folder / "file", header).value().commit().value();
  const Bytes bytes = read_bytes(folder / "file");
  EXPECT_EQ(bytes.size, 2 * record_bytes);
  EXPECT_EQ(read_all(bytes.view()).value().blocks, 0U);
}

TEST(Container, PayloadsAreAlignedViewsIntoTheFile) {
  const Folder folder;
  write_file(folder / "file");
  const auto mapped = MappedFile::open(folder / "file").value();
  const auto bytes = mapped.bytes();
  auto reader = ContainerReader::open(bytes, "file").value();
  std::size_t blocks = 0;
  for (auto block = reader.next().value(); block; block = reader.next().value(), ++blocks) {
    const auto* data = reinterpret_cast<const std::byte*>(block->payload.words().data());
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(data) % 8, 0U);
    EXPECT_EQ(data - bytes.data(), static_cast<std::ptrdiff_t>(block->offset + record_bytes));
  }
  EXPECT_EQ(blocks, 4U);
  EXPECT_FALSE(ContainerReader::open(bytes.subspan(4), "file"));
  EXPECT_FALSE(MappedFile::open(folder / "file", bytes.size() - 1));
  EXPECT_FALSE(MappedFile::open(folder / "none"));
  EXPECT_FALSE(MappedFile::open("/dev/null"));
}

/// In place: to write the whole file each time would take minutes.
void write_byte(const std::filesystem::path& path, std::size_t offset, std::byte value) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(static_cast<std::streamoff>(offset));
  file.put(static_cast<char>(value));
}

TEST(Container, EverySingleBitFlipIsRefused) {
  for (const ContainerTag tag : all_tags) {
    const Folder folder;
    const std::filesystem::path file = folder / "flipped";
    Bytes bytes = sample(tag);
    write_bytes(file, bytes.view());
    for (std::size_t bit = 0; bit < 8 * bytes.size; ++bit) {
      bytes.data()[bit / 8] ^= std::byte(1U << (bit % 8));
      if (tag == ContainerTag::none) write_byte(file, bit / 8, bytes.data()[bit / 8]);
      SCOPED_TRACE("bit " + std::to_string(bit % 8) + " of byte " + std::to_string(bit / 8));
      expect_refused(bytes, tag, tag == ContainerTag::none ? &file : nullptr);
      if (testing::Test::HasFailure()) return;
      bytes.data()[bit / 8] ^= std::byte(1U << (bit % 8));
      if (tag == ContainerTag::none) write_byte(file, bit / 8, bytes.data()[bit / 8]);
    }
    EXPECT_TRUE(read_all(bytes.view(), key_for(tag)));
  }
}

TEST(Container, EveryTruncationAndExtensionIsRefused) {
  for (const ContainerTag tag : all_tags) {
    const Folder folder;
    const std::filesystem::path file = folder / "cut";
    const Bytes whole = sample(tag);
    write_bytes(file, whole.view());
    for (std::size_t size = whole.size; size-- > 0;) {
      const Bytes cut(whole.words.data(), size);
      std::filesystem::resize_file(file, size);
      SCOPED_TRACE(std::to_string(size) + " bytes");
      expect_refused(cut, tag, &file);
      if (testing::Test::HasFailure()) return;
    }
    Bytes longer(whole.words.data(), whole.size);
    longer.words.push_back(0);
    write_bytes(file, whole.view());
    for (longer.size += 1; longer.size <= whole.size + 8; ++longer.size) {
      std::filesystem::resize_file(file, longer.size);
      expect_refused(longer, tag, &file);
    }
  }
}

/// Offsets of the records.
std::vector<std::size_t> records_of(const Bytes& bytes) {
  std::vector<std::size_t> offsets;
  for (std::size_t at = 0; at < bytes.size;) {
    offsets.push_back(at);
    if (bytes.size - at < record_bytes) break;  // a damaged length led here
    Record record;
    std::memcpy(record.bytes, bytes.view().data() + at, record_bytes);
    at += record_bytes + (type_of(record) == RecordType::block ? record.get<std::uint64_t>(32) : 0);
  }
  return offsets;
}

// Whole records, each of them in order, but left out, moved, doubled, or from another file of the same shape.
TEST(Container, RecordsInAnotherOrderAreRefused) {
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(test_seed()));
  const Bytes whole = sample(ContainerTag::blake2b);
  const Folder folder;
  ContainerHeader other_header = test_header(ContainerTag::blake2b);
  other_header.stream.bytes[0] ^= 1;
  auto writer = ContainerWriter::create(folder / "other", other_header, key_for(ContainerTag::blake2b)).value();
  write_blocks(writer, 0, 2).value();
  writer.commit().value();
  auto more = ContainerWriter::append(folder / "other", key_for(ContainerTag::blake2b)).value();
  write_blocks(more, 2, 2).value();
  more.commit().value();
  const Bytes other = read_bytes(folder / "other");
  ASSERT_EQ(other.size, whole.size);
  std::vector<std::size_t> at = records_of(whole);
  at.push_back(whole.size);
  const std::size_t count = at.size() - 1;
  CounterRandom random(test_seed(), 1);
  for (int trial = 0; trial < 3000; ++trial) {
    std::vector<std::pair<const Bytes*, std::size_t>> order;
    for (std::size_t i = 0; i < count; ++i) order.emplace_back(&whole, i);
    for (std::size_t edits = 1 + random.below(3); edits > 0 && !order.empty(); --edits) {
      const std::size_t i = random.below(order.size());
      const std::size_t kind = random.below(4);
      if (kind == 0) order.erase(order.begin() + static_cast<std::ptrdiff_t>(i));
      if (kind == 1) std::swap(order[i], order[random.below(order.size())]);
      if (kind == 2) order.insert(order.begin() + static_cast<std::ptrdiff_t>(i), order[random.below(order.size())]);
      if (kind == 3) order[i].first = &other;
    }
    std::vector<std::byte> made;
    for (const auto& [from, i] : order) {
      const auto piece = from->view().subspan(at[i], at[i + 1] - at[i]);
      made.insert(made.end(), piece.begin(), piece.end());
    }
    if (std::ranges::equal(made, whole.view()) || std::ranges::equal(made, other.view())) continue;
    const Bytes bytes(made.data(), made.size());
    ASSERT_FALSE(read_all(bytes.view())) << "trial " << trial;
    ASSERT_FALSE(read_all(bytes.view(), key_for(ContainerTag::blake2b))) << "trial " << trial;
  }
}

/// Recomputes all checksums, as one may who has no key.
void mend_checksums(Bytes& bytes) {
  std::uint32_t crc = 0;
  for (const std::size_t at : records_of(bytes)) {
    Record record;
    std::memcpy(record.bytes, bytes.data() + at, record_bytes);
    if (type_of(record) == RecordType::block) {
      Payload payload({}, record, record.get<std::uint64_t>(24));
      payload.add(bytes.words.data() + (at + record_bytes) / 8, record.get<std::uint64_t>(32) / 8);
      record.put(payload_crc_at, payload.crc());
    }
    crc = chained_crc(crc, record);
    record.put(crc_at, crc);
    std::memcpy(bytes.data() + at, record.bytes, record_bytes);
  }
}

TEST(Container, AnAttackerWithoutTheKeyIsNoticed) {
  for (const ContainerTag tag : {ContainerTag::blake2b, ContainerTag::hmac_sha256}) {
    const Bytes whole = sample(tag);
    std::size_t forged = 0;
    for (std::size_t byte = 0; byte < whole.size; ++byte) {
      Bytes bytes = whole;
      bytes.data()[byte] ^= std::byte{1};
      const auto before = records_of(whole);
      if (records_of(bytes) != before) continue;
      mend_checksums(bytes);
      if (std::ranges::equal(bytes.view(), whole.view())) continue;  // it was a checksum that was changed
      const auto read = read_all(bytes.view(), key_for(tag));
      ASSERT_FALSE(read) << "byte " << byte;
      if (read.error().message.find(" tag of ") != std::string::npos) ++forged;
      if (::testing::Test::HasNonfatalFailure()) return;
    }
    EXPECT_GT(forged, 300U) << "most forgeries are in order but for the tag";
    const ContainerKey wrong = test_key(8);
    const auto read = read_all(whole.view(), &wrong);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().message,
              "file: byte 80: the tag of the file header does not match: changed, or another key");
  }
  const Bytes plain = sample(ContainerTag::none);
  const auto read = read_all(plain.view(), key_for(ContainerTag::blake2b));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message, "file: byte 0: a key was given, but the file has no tags to verify");
}

// Checksums and all are right, the values are not.
TEST(Container, ValuesThatNoWriterWritesAreRefused) {
  struct Case {
    std::size_t at;
    std::uint8_t flip;
    const char* text;
  };
  const Bytes whole = sample(ContainerTag::none);
  const std::vector<std::size_t> at = records_of(whole);
  const std::size_t block = at[1];
  const std::size_t footer = at[3];
  const Case cases[] = {{8, 2, "version 3 of the file header"},
                        {10, 4, "unknown kind"},
                        {12, 8, "unknown role"},
                        {13, 16, "unknown tag algorithm"},
                        {14, 64, "unknown flags"},
                        {14, 1, "a seed without simulation"},
                        {47, 0x80, "expected a probability from 0 to 1"},
                        {47, 0x40, "expected a probability from 0 to 1"},
                        {48, 1, "a reserved byte is not zero"},
                        {84, 1, "a tag in a file without tags"},
                        {112, 1, "a reserved byte is not zero"},
                        {120, 1, "a reserved byte is not zero"},
                        {block + 10, 8, "unknown basis"},
                        {block + 12, 32, "unknown flags"},
                        {block + 16, 2, "expected block 0, found block 2"},
                        {block + 128, 2, "a pad bit of block 0 is set"},
                        {block + 31, 128, "at most 1099511627776 are allowed"},
                        {block + 40, 255, "more errors than bits"},
                        {block + 56, 1, "a reserved byte is not zero"},
                        {block + 127, 1, "a reserved byte is not zero"},
                        {footer + 10, 1, "a reserved byte is not zero"},
                        {footer + 16, 1, "the footer counts 3 blocks"},
                        {footer + 24, 1, "the footer counts 2 blocks"},
                        {footer + 32, 1, "the footer counts 2 blocks"},
                        {footer + 79, 1, "a reserved byte is not zero"},
                        {footer + 124, 1, "unknown state"}};
  for (const Case& c : cases) {
    Bytes bytes = whole;
    bytes.data()[c.at] ^= std::byte{c.flip};
    mend_checksums(bytes);
    const auto read = read_all(bytes.view());
    ASSERT_FALSE(read) << c.text;
    EXPECT_NE(read.error().message.find(c.text), std::string::npos) << c.text << ": " << read.error().message;
    expect_offset(read.error(), bytes.size);
  }
}

TEST(Container, AnErrorStays) {
  Bytes bytes = sample(ContainerTag::none);
  bytes.data()[records_of(bytes)[2] + 20] ^= std::byte{1};
  auto reader = ContainerReader::open(bytes.view(), "file").value();
  EXPECT_TRUE(reader.next());
  const auto first = reader.next();
  const auto second = reader.next();
  ASSERT_FALSE(first);
  ASSERT_FALSE(second);
  EXPECT_EQ(first.error().message, second.error().message);
}

TEST(Container, IdentifiersAreHexadecimal) {
  EXPECT_EQ(Id128::parse("00112233445566778899AABBccddeeff").value().hex(), "00112233445566778899aabbccddeeff");
  for (const char* wrong : {"", "00", "00112233445566778899aabbccddeefg", "00112233445566778899aabbccddeeff0"}) {
    EXPECT_FALSE(Id128::parse(wrong)) << wrong;
  }
  EXPECT_NE(Id128::random(), Id128::random());
}

}  // namespace
}  // namespace caligo::container
