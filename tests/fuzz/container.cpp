// SPDX-License-Identifier: Apache-2.0
// Containers from outside: refused with the place of the fault, or read as what was once committed.
#include <algorithm>
#include <iterator>
#include <vector>

#include "container/chain.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/fuzz/text.hpp"

namespace caligo::fuzz {
namespace {

using caligo::container::Chain;
using caligo::container::FooterState;
using caligo::container::Payload;
using caligo::container::Record;
using caligo::container::record_bytes;
using caligo::container::RecordType;

const std::string source = "file.clg";

const ContainerKey& key() {
  static const ContainerKey made(std::array<std::uint8_t, ContainerKey::size>{1, 2, 3});
  return made;
}

struct Made {
  std::vector<std::uint64_t> words;
  ContainerHeader header;
  std::vector<BitString> payloads;
  std::vector<BlockInfo> infos;
  std::vector<std::size_t> records;    ///< words before each record
  std::vector<std::size_t> committed;  ///< blocks before each footer
  [[nodiscard]] const ContainerKey* key_or_null() const { return header.tag == ContainerTag::none ? nullptr : &key(); }
};

template <class T>
void maybe(Input& input, std::optional<T>& field, T value) {
  if (input.one_in(2)) field = value;
}

ContainerHeader read_header(Input& input) {
  ContainerHeader header;
  header.kind = static_cast<ContainerKind>(1 + input.below(3));
  header.role = static_cast<ContainerRole>(input.below(3));
  header.tag = static_cast<ContainerTag>(input.one_in(2) ? 0 : input.below(3));
  header.simulation = input.one_in(2);
  for (auto& byte : header.stream.bytes) byte = static_cast<std::uint8_t>(input.random().next());
  maybe<std::uint64_t>(input, header.created, input.random().next());
  maybe(input, header.qber, static_cast<double>(input.below(256)) / 255);
  maybe(input, header.code, header.stream);
  if (header.simulation) maybe<std::uint64_t>(input, header.seed, input.random().next());
  return header;
}

BlockInfo read_info(Input& input, std::size_t bits) {
  BlockInfo info;
  info.basis = static_cast<Basis>(input.below(3));
  info.verified = input.one_in(2);
  maybe<std::uint64_t>(input, info.errors, input.random().below(bits + 1));
  maybe<std::uint64_t>(input, info.leaked_bits, input.random().next());
  maybe(input, info.epsilon, static_cast<double>(input.below(256)) / 255);
  info.label = input.random().next();
  return info;
}

void append(Made& made, const Record& record, BitView payload = {}) {
  made.records.push_back(made.words.size());
  made.words.resize(made.words.size() + record_bytes / 8);
  std::memcpy(made.words.data() + made.records.back(), record.bytes, record_bytes);
  made.words.insert(made.words.end(), payload.words().begin(), payload.words().end());
}

/// What ContainerWriter would write, in memory: a few appends of a few blocks each.
Made make_file(Input& input) {
  Made made;
  made.header = read_header(input);
  Chain chain;
  chain.header = made.header;
  chain.key = made.key_or_null();
  Record record = caligo::container::make(made.header).value();
  caligo::container::seal(chain, record);
  append(made, record);
  const std::size_t appends = 1 + input.below(3);
  for (std::size_t a = 0; a < appends; ++a) {
    for (std::size_t blocks = input.below(4); blocks > 0; --blocks) {
      BitString bits(input.one_in(8) ? input.below(5000) : input.below(200));
      input.random().fill(bits);
      const BlockInfo info = read_info(input, bits.size());
      record = caligo::container::make(made.payloads.size(), bits.size(), info).value();
      Payload payload(chain, record, bits.size());
      payload.add(bits.words().data(), bits.words().size());
      caligo::container::seal(chain, record, bits.size(), payload);
      append(made, record, bits);
      made.payloads.push_back(std::move(bits));
      made.infos.push_back(info);
    }
    record = caligo::container::make(caligo::container::Footer{chain.totals.blocks, chain.totals.bits, chain.offset});
    caligo::container::seal(chain, record);
    if (a + 1 < appends) record.put(caligo::container::state_at, FooterState::continued);
    append(made, record);
    made.committed.push_back(made.payloads.size());
  }
  return made;
}

/// Blocks of a container that is in order, else nothing.
std::optional<std::size_t> read(const std::vector<std::uint64_t>& words, std::size_t size, const ContainerKey* with,
                                const Made* original) {
  auto reader = ContainerReader::open(std::as_bytes(std::span(words)).first(size), source, with);
  std::optional<Error> error;
  if (!reader) error = reader.error();
  std::size_t blocks = 0;
  while (!error) {
    auto block = reader->next();
    if (!block) error = block.error();
    if (error || !*block) break;
    const ContainerBlock& b = **block;
    require(b.index == blocks++, "blocks out of order");
    const auto* begin = reinterpret_cast<const std::byte*>(b.payload.words().data());
    const auto place = static_cast<std::size_t>(begin - reinterpret_cast<const std::byte*>(words.data()));
    require(place == b.offset + record_bytes && place + 8 * words_for(b.bits) <= size, "a payload lies outside");
    require(b.bits % 64 == 0 || (b.payload.words().back() >> (b.bits % 64)) == 0, "a pad bit is set");
    if (original == nullptr) continue;
    require(b.index < original->payloads.size(), "a block that was never written");
    require(equal(b.payload, original->payloads[b.index]), "another payload than was written");
    require(b.info == original->infos[b.index], "other values than were written");
  }
  if (!error) {
    require(reader->totals().blocks == blocks, "the totals differ from the blocks");
    require(reader->totals().bytes + reader->totals().uncommitted_bytes == size, "bytes that belong to nothing");
    require(reader->totals().authenticated == (with != nullptr), "tags that were not verified");
    return blocks;
  }
  const bool known = error->code == ErrorCode::malformed_input || error->code == ErrorCode::unsupported;
  require(known, "an error of another kind");
  if (error->code == ErrorCode::malformed_input) require_proper(*error, source);
  require_offset(error->message, source + ": byte ", size);
  return std::nullopt;
}

/// A value that means something to a parser, or any.
std::uint64_t read_value(Input& input, std::size_t size) {
  const std::uint64_t values[] = {0,
                                  1,
                                  ~std::uint64_t{0},
                                  std::uint64_t{1} << 63U,
                                  std::uint64_t{1} << 40U,
                                  size,
                                  size - 128,
                                  static_cast<std::uint64_t>(FooterState::last),
                                  static_cast<std::uint64_t>(FooterState::open),
                                  static_cast<std::uint64_t>(FooterState::continued)};
  const std::size_t choice = input.below(std::size(values) + 4);
  return choice < std::size(values) ? values[choice] : input.random().next();
}

/// Damages what a record or a payload holds.
void edit(Input& input, const Made& made, std::vector<std::uint64_t>& words, std::size_t& size) {
  auto* bytes = reinterpret_cast<std::uint8_t*>(words.data());
  const std::size_t record = made.records[input.below(made.records.size())];
  switch (input.below(6)) {
    case 0:
      bytes[input.random().below(8 * words.size())] ^= static_cast<std::uint8_t>(1U << input.below(8));
      break;
    case 1:
      bytes[8 * record + input.below(record_bytes)] = input.byte();
      break;
    case 2:
      words[record + input.below(record_bytes / 8)] = read_value(input, size);
      break;
    case 3:
      words[record + input.below(record_bytes / 8)] += input.one_in(2) ? 1U : ~std::uint64_t{0};
      break;
    case 4:
      size = input.one_in(2) ? input.random().below(size + 1) : std::min(size, 8 * record);
      break;
    default: {
      const std::size_t from = made.records[input.below(made.records.size())];
      std::memmove(words.data() + record, words.data() + from, record_bytes);
    }
  }
}

/// Recomputes the checksums, as somebody may who has no key.
void mend(const Made& made, std::vector<std::uint64_t>& words) {
  Chain chain;
  for (std::size_t i = 0; i < made.records.size(); ++i) {
    Record record;
    std::memcpy(record.bytes, words.data() + made.records[i], record_bytes);
    const std::size_t begin = made.records[i] + record_bytes / 8;
    const std::size_t end = i + 1 < made.records.size() ? made.records[i + 1] : words.size();
    if (caligo::container::type_of(record) == RecordType::block) {
      Payload payload(chain, record, 0);
      payload.add(words.data() + begin, end - begin);
      record.put(caligo::container::payload_crc_at, payload.crc());
    }
    chain.crc = caligo::container::chained_crc(chain.crc, record);
    record.put(caligo::container::crc_at, chain.crc);
    std::memcpy(words.data() + made.records[i], record.bytes, record_bytes);
  }
}

}  // namespace

void container(Bytes bytes) {
  if (!is_description(bytes) || (bytes.size() > 1 && bytes[0] == 0x89 && bytes[1] == 'C')) {
    std::vector<std::uint64_t> words((bytes.size() + 7) / 8);
    if (!bytes.empty()) std::memcpy(words.data(), bytes.data(), bytes.size());
    read(words, bytes.size(), nullptr, nullptr);
    read(words, bytes.size(), &key(), nullptr);
    return;
  }
  Input input(bytes);
  const Made made = make_file(input);
  require(read(made.words, 8 * made.words.size(), made.key_or_null(), &made) == made.payloads.size(),
          "a file in order was refused");
  std::vector<std::uint64_t> words = made.words;
  std::size_t size = 8 * words.size();
  for (std::size_t edits = 1 + input.below(4); edits > 0; --edits) edit(input, made, words, size);
  const bool mended = input.one_in(2);
  if (mended) mend(made, words);
  // Without tags, whoever mends the checksums may write anything; else what is read was committed once.
  const bool trusted = !mended || made.header.tag != ContainerTag::none;
  const auto blocks = read(words, size, made.key_or_null(), trusted ? &made : nullptr);
  if (blocks && trusted) {
    require(std::ranges::find(made.committed, *blocks) != made.committed.end(), "a state that was never committed");
  }
}

}  // namespace caligo::fuzz
