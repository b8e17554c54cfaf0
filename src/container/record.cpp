// SPDX-License-Identifier: Apache-2.0
#include "container/record.hpp"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <initializer_list>
#include <type_traits>

#include "container/crc32c.hpp"

namespace caligo::container {
namespace {

static_assert(std::endian::native == std::endian::little, "containers are little-endian");

/// As in PNG: a byte that is no ASCII, and line ends that a transfer as text would change.
constexpr std::string_view file_magic(
    "\x89"
    "CLG\r\n\x1a\n",
    8);
constexpr std::string_view block_magic("CLGblock", 8);
constexpr std::string_view footer_magic("CLGfinis", 8);

// File header.
constexpr std::size_t kind_at = 10;
constexpr std::size_t role_at = 12;
constexpr std::size_t algorithm_at = 13;
constexpr std::size_t file_flags_at = 14;
constexpr std::size_t stream_at = 16;
constexpr std::size_t created_at = 32;
constexpr std::size_t file_qber_at = 40;
constexpr std::size_t file_epsilon_at = 48;
constexpr std::size_t code_at = 56;
constexpr std::size_t seed_at = 72;
constexpr unsigned file_simulation = 1;
constexpr unsigned file_created = 2;
constexpr unsigned file_qber = 4;
constexpr unsigned file_epsilon = 8;
constexpr unsigned file_code = 16;
constexpr unsigned file_seed = 32;
constexpr unsigned all_file_flags = 63;

// Block header.
constexpr std::size_t basis_at = 10;
constexpr std::size_t block_flags_at = 12;
constexpr std::size_t index_at = 16;
constexpr std::size_t bits_at = 24;
constexpr std::size_t bytes_at = 32;
constexpr std::size_t errors_at = 40;
constexpr std::size_t leaked_at = 48;
constexpr std::size_t block_qber_at = 56;
constexpr std::size_t block_epsilon_at = 64;
constexpr std::size_t label_at = 72;
constexpr unsigned block_errors = 1;
constexpr unsigned block_leaked = 2;
constexpr unsigned block_qber = 4;
constexpr unsigned block_epsilon = 8;
constexpr unsigned block_verified = 16;
constexpr unsigned all_block_flags = 31;

// Footer.
constexpr std::size_t footer_reserved_at = 10;
constexpr std::size_t footer_blocks_at = 16;
constexpr std::size_t footer_bits_at = 24;
constexpr std::size_t footer_offset_at = 32;
constexpr std::size_t footer_rest_at = 40;

Record begin(std::string_view magic) noexcept {
  Record record;
  std::memcpy(record.bytes, magic.data(), magic.size());
  record.put(version_at, format_version);
  return record;
}

bool is_probability(double value) noexcept { return value >= 0 && value <= 1; }

Result<void> check_probability(const char* name, const std::optional<double>& value) {
  if (!value || is_probability(*value)) return {};
  return Error{ErrorCode::invalid_argument, fmt::format("container: expected a {} from 0 to 1, got {}", name, *value)};
}

/// -0.0 compares as 0 but has other bits; a writer that computed one means 0.
double plain(double value) noexcept { return value == 0 ? 0.0 : value; }

std::optional<Fault> expect_zero(const Record& record, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) {
    if (record.bytes[i] != std::byte{0}) return Fault{i, "a reserved byte is not zero"};
  }
  return std::nullopt;
}

/// An optional field: present if its flag is set, else zero.
template <class T>
std::optional<Fault> read(const Record& record, bool present, std::size_t at, std::optional<T>& field) {
  if (!present) {
    field.reset();
    return expect_zero(record, at, at + sizeof(T));
  }
  field = record.get<T>(at);
  if constexpr (std::is_same_v<T, double>) {
    if (!is_probability(*field) || std::signbit(*field)) return Fault{at, "expected a probability from 0 to 1"};
  }
  return std::nullopt;
}

/// The first fault of several checks, which all run.
std::optional<Fault> first(std::initializer_list<std::optional<Fault>> faults) {
  for (const auto& fault : faults) {
    if (fault) return fault;
  }
  return std::nullopt;
}

}  // namespace

RecordType type_of(const Record& record) noexcept {
  const std::string_view magic(reinterpret_cast<const char*>(record.bytes), 8);
  if (magic == block_magic) return RecordType::block;
  if (magic == footer_magic) return RecordType::footer;
  return magic == file_magic ? RecordType::file : RecordType::unknown;
}

std::uint32_t chained_crc(std::uint32_t before, const Record& record) noexcept {
  std::uint64_t words[(4 + crc_at) / 8];
  std::memcpy(words, &before, sizeof before);
  std::memcpy(reinterpret_cast<std::byte*>(words) + sizeof before, record.bytes, crc_at);
  return crc32c(0, words, std::size(words));
}

Result<Record> make(const ContainerHeader& header) {
  if (auto valid = check_probability("QBER", header.qber); !valid) return std::move(valid).error();
  if (auto valid = check_probability("failure probability", header.epsilon); !valid) return std::move(valid).error();
  if (header.seed && !header.simulation) {
    return Error{ErrorCode::invalid_argument, "container: a seed belongs to a simulation only"};
  }
  Record record = begin(file_magic);
  record.put(kind_at, header.kind);
  record.put(role_at, header.role);
  record.put(algorithm_at, header.tag);
  const unsigned flags = (header.simulation ? file_simulation : 0U) | (header.created ? file_created : 0U) |
                         (header.qber ? file_qber : 0U) | (header.epsilon ? file_epsilon : 0U) |
                         (header.code ? file_code : 0U) | (header.seed ? file_seed : 0U);
  record.put(file_flags_at, static_cast<std::uint16_t>(flags));
  record.put(stream_at, header.stream);
  record.put(created_at, header.created.value_or(0));
  record.put(file_qber_at, plain(header.qber.value_or(0)));
  record.put(file_epsilon_at, plain(header.epsilon.value_or(0)));
  record.put(code_at, header.code.value_or(Id128{}));
  record.put(seed_at, header.seed.value_or(0));
  ContainerHeader again;
  if (auto fault = parse(record, again)) {
    return Error{ErrorCode::invalid_argument, fmt::format("container header: {}", fault->text)};
  }
  return record;
}

Result<Record> make(std::uint64_t index, std::uint64_t bits, const BlockInfo& info) {
  if (auto valid = check_probability("QBER", info.qber); !valid) return std::move(valid).error();
  if (auto valid = check_probability("failure probability", info.epsilon); !valid) return std::move(valid).error();
  Record record = begin(block_magic);
  record.put(basis_at, info.basis);
  const unsigned flags = (info.errors ? block_errors : 0U) | (info.leaked_bits ? block_leaked : 0U) |
                         (info.qber ? block_qber : 0U) | (info.epsilon ? block_epsilon : 0U) |
                         (info.verified ? block_verified : 0U);
  record.put(block_flags_at, flags);
  record.put(index_at, index);
  record.put(bits_at, bits);
  record.put(bytes_at, payload_bytes(bits));
  record.put(errors_at, info.errors.value_or(0));
  record.put(leaked_at, info.leaked_bits.value_or(0));
  record.put(block_qber_at, plain(info.qber.value_or(0)));
  record.put(block_epsilon_at, plain(info.epsilon.value_or(0)));
  record.put(label_at, info.label);
  BlockRecord again;
  if (auto fault = parse(record, again)) {
    return Error{ErrorCode::invalid_argument, fmt::format("container block: {}", fault->text)};
  }
  return record;
}

Record make(const Footer& footer) noexcept {
  Record record = begin(footer_magic);
  record.put(footer_blocks_at, footer.blocks);
  record.put(footer_bits_at, footer.bits);
  record.put(footer_offset_at, footer.offset);
  record.put(state_at, FooterState::last);
  return record;
}

std::optional<Fault> parse(const Record& record, ContainerHeader& header) {
  const auto flags = record.get<std::uint16_t>(file_flags_at);
  header.kind = record.get<ContainerKind>(kind_at);
  header.role = record.get<ContainerRole>(role_at);
  header.tag = record.get<ContainerTag>(algorithm_at);
  if (to_string(header.kind).empty()) return Fault{kind_at, "unknown kind"};
  if (to_string(header.role).empty()) return Fault{role_at, "unknown role"};
  if (to_string(header.tag).empty()) return Fault{algorithm_at, "unknown tag algorithm"};
  if ((flags & ~all_file_flags) != 0) return Fault{file_flags_at, "unknown flags"};
  header.simulation = (flags & file_simulation) != 0;
  if ((flags & file_seed) != 0 && !header.simulation) return Fault{file_flags_at, "a seed without simulation"};
  header.stream = record.get<Id128>(stream_at);
  return first({read(record, (flags & file_created) != 0, created_at, header.created),
                read(record, (flags & file_qber) != 0, file_qber_at, header.qber),
                read(record, (flags & file_epsilon) != 0, file_epsilon_at, header.epsilon),
                read(record, (flags & file_code) != 0, code_at, header.code),
                read(record, (flags & file_seed) != 0, seed_at, header.seed),
                expect_zero(record, payload_crc_at, crc_at), expect_zero(record, state_at, record_bytes)});
}

std::optional<Fault> parse(const Record& record, BlockRecord& block) {
  const auto flags = record.get<std::uint32_t>(block_flags_at);
  BlockInfo& info = block.info;
  info.basis = record.get<Basis>(basis_at);
  if (to_string(info.basis).empty()) return Fault{basis_at, "unknown basis"};
  if ((flags & ~all_block_flags) != 0) return Fault{block_flags_at, "unknown flags"};
  info.verified = (flags & block_verified) != 0;
  block.index = record.get<std::uint64_t>(index_at);
  block.bits = record.get<std::uint64_t>(bits_at);
  if (block.bits > max_container_block_bits) {
    return Fault{bits_at, fmt::format("{} bits, at most {} are allowed", block.bits, max_container_block_bits)};
  }
  if (record.get<std::uint64_t>(bytes_at) != payload_bytes(block.bits)) {
    return Fault{bytes_at, fmt::format("expected {} payload bytes for {} bits, found {}", payload_bytes(block.bits),
                                       block.bits, record.get<std::uint64_t>(bytes_at))};
  }
  auto fault = first({read(record, (flags & block_errors) != 0, errors_at, info.errors),
                      read(record, (flags & block_leaked) != 0, leaked_at, info.leaked_bits),
                      read(record, (flags & block_qber) != 0, block_qber_at, info.qber),
                      read(record, (flags & block_epsilon) != 0, block_epsilon_at, info.epsilon),
                      expect_zero(record, state_at, record_bytes)});
  if (fault) return fault;
  if (info.errors && *info.errors > block.bits) return Fault{errors_at, "more errors than bits"};
  info.label = record.get<std::uint64_t>(label_at);
  return std::nullopt;
}

std::optional<Fault> parse(const Record& record, Footer& footer) {
  footer.blocks = record.get<std::uint64_t>(footer_blocks_at);
  footer.bits = record.get<std::uint64_t>(footer_bits_at);
  footer.offset = record.get<std::uint64_t>(footer_offset_at);
  const auto state = record.get<FooterState>(state_at);
  if (state != FooterState::last && state != FooterState::open && state != FooterState::continued) {
    return Fault{state_at, "unknown state"};
  }
  return first({expect_zero(record, footer_reserved_at, footer_blocks_at), expect_zero(record, footer_rest_at, tag_at),
                expect_zero(record, payload_crc_at, crc_at)});
}

}  // namespace caligo::container
