// SPDX-License-Identifier: Apache-2.0
#include <caligo/c/container.h>
#include <fmt/format.h>
#include <caligo/container.hpp>

#include <algorithm>

#include "capi/boundary.hpp"

namespace capi = caligo::capi;
using caligo::ContainerKey;
using caligo::Result;

struct caligo_container_reader {
  std::string source;
  std::optional<ContainerKey> key;
  std::optional<caligo::MappedFile> file;
  std::optional<caligo::ContainerReader> reader;
};

struct caligo_container_writer {
  caligo::ContainerWriter writer;
};

namespace caligo::capi {

namespace {

std::optional<ContainerKey> key_from(const std::uint8_t* key) {
  if (key == nullptr) return std::nullopt;
  return ContainerKey(std::span<const std::uint8_t, ContainerKey::size>(key, ContainerKey::size));
}

const ContainerKey* pointer(const std::optional<ContainerKey>& key) noexcept { return key ? &*key : nullptr; }

template <class T>
std::optional<T> given(std::uint8_t has, T value) {
  return has == 0 ? std::nullopt : std::optional<T>(value);
}

Result<ContainerHeader> from_c(const caligo_container_header& given_header) {
  const auto& in = given_header;
  const auto within = [](std::int32_t value, std::int32_t least, std::int32_t most) {
    return value >= least && value <= most;
  };
  if (!within(in.kind, 0, CALIGO_CONTAINER_KEY))
    return invalid(fmt::format("header.kind is {}, expected 1 to 3", in.kind));
  if (!within(in.role, 0, CALIGO_ROLE_BOB)) return invalid(fmt::format("header.role is {}, expected 0 to 2", in.role));
  if (!within(in.tag, 0, CALIGO_TAG_HMAC_SHA256))
    return invalid(fmt::format("header.tag is {}, expected 0 to 2", in.tag));
  ContainerHeader header;
  header.kind = static_cast<ContainerKind>(in.kind == 0 ? CALIGO_CONTAINER_SIFTED : in.kind);
  header.role = static_cast<ContainerRole>(in.role);
  header.tag = static_cast<ContainerTag>(in.tag);
  header.simulation = in.simulation != 0;
  std::copy(std::begin(in.stream), std::end(in.stream), header.stream.bytes.begin());
  header.created = given(in.has_created, in.created);
  header.qber = given(in.has_qber, in.qber);
  header.epsilon = given(in.has_epsilon, in.epsilon);
  header.seed = given(in.has_seed, in.seed);
  if (in.has_code != 0) {
    Id128 code;
    std::copy(std::begin(in.code), std::end(in.code), code.bytes.begin());
    header.code = code;
  }
  return header;
}

caligo_container_header to_c(const ContainerHeader& header) noexcept {
  caligo_container_header out{};
  out.kind = static_cast<std::int32_t>(header.kind);
  out.role = static_cast<std::int32_t>(header.role);
  out.tag = static_cast<std::int32_t>(header.tag);
  out.simulation = header.simulation ? 1 : 0;
  std::copy(header.stream.bytes.begin(), header.stream.bytes.end(), std::begin(out.stream));
  out.has_created = header.created ? 1 : 0;
  out.created = header.created.value_or(0);
  out.has_qber = header.qber ? 1 : 0;
  out.qber = header.qber.value_or(0);
  out.has_epsilon = header.epsilon ? 1 : 0;
  out.epsilon = header.epsilon.value_or(0);
  out.has_seed = header.seed ? 1 : 0;
  out.seed = header.seed.value_or(0);
  out.has_code = header.code ? 1 : 0;
  if (header.code) std::copy(header.code->bytes.begin(), header.code->bytes.end(), std::begin(out.code));
  return out;
}

Result<BlockInfo> info_from(const caligo_container_block& block) {
  if (block.basis < 0 || block.basis > CALIGO_BASIS_X) {
    return invalid(fmt::format("block.basis is {}, expected 0 to 2", block.basis));
  }
  return BlockInfo{.basis = static_cast<Basis>(block.basis),
                   .verified = block.verified != 0,
                   .errors = given(block.has_errors, block.errors),
                   .leaked_bits = given(block.has_leaked_bits, block.leaked_bits),
                   .qber = given(block.has_qber, block.qber),
                   .epsilon = given(block.has_epsilon, block.epsilon),
                   .label = block.label};
}

caligo_container_block to_c(const ContainerBlock& block) noexcept {
  caligo_container_block out{};
  out.payload = reinterpret_cast<const std::uint8_t*>(block.payload.words().data());
  out.bits = block.bits;
  out.index = block.index;
  out.offset = block.offset;
  out.label = block.info.label;
  out.has_errors = block.info.errors ? 1 : 0;
  out.errors = block.info.errors.value_or(0);
  out.has_leaked_bits = block.info.leaked_bits ? 1 : 0;
  out.leaked_bits = block.info.leaked_bits.value_or(0);
  out.has_qber = block.info.qber ? 1 : 0;
  out.qber = block.info.qber.value_or(0);
  out.has_epsilon = block.info.epsilon ? 1 : 0;
  out.epsilon = block.info.epsilon.value_or(0);
  out.basis = static_cast<std::int32_t>(block.info.basis);
  out.verified = block.info.verified ? 1 : 0;
  return out;
}

Result<void> open_reader(caligo_container_reader& handle, std::span<const std::byte> bytes) {
  auto reader = ContainerReader::open(bytes, handle.source, pointer(handle.key));
  if (!reader) return std::move(reader).error();
  handle.reader.emplace(*reader);
  return {};
}

Result<std::unique_ptr<caligo_container_writer>> own(Result<ContainerWriter> writer) {
  if (!writer) return std::move(writer).error();
  return std::unique_ptr<caligo_container_writer>(new caligo_container_writer{std::move(*writer)});
}

Result<void> write_block(caligo_container_writer& handle, const caligo_container_block& block) {
  auto info = info_from(block);
  if (!info) return std::move(info).error();
  if (block.bits > max_container_block_bits) {
    return invalid(fmt::format("block.bits is {}, expected at most 2^40", block.bits));
  }
  SecretBits payload(block.bits);
  if (auto loaded = load_bits(block.payload, *payload, "block.payload"); !loaded) return loaded;
  return handle.writer.write(*payload, *info);
}

}  // namespace

}  // namespace caligo::capi

caligo_error caligo_container_open_file(const char* path, const uint8_t* key, caligo_container_reader** reader) {
  return capi::create(reader, "reader", [&]() -> Result<std::unique_ptr<caligo_container_reader>> {
    if (auto there = capi::need(path, "path"); !there) return there.error();
    auto handle = std::make_unique<caligo_container_reader>();
    handle->source = path;
    handle->key = capi::key_from(key);
    auto file = caligo::MappedFile::open(path);
    if (!file) return std::move(file).error();
    handle->file.emplace(std::move(*file));
    if (auto opened = capi::open_reader(*handle, handle->file->bytes()); !opened) return opened.error();
    return handle;
  });
}

caligo_error caligo_container_open_memory(const uint8_t* bytes, size_t size, const char* source, const uint8_t* key,
                                          caligo_container_reader** reader) {
  return capi::create(reader, "reader", [&]() -> Result<std::unique_ptr<caligo_container_reader>> {
    if (auto there = capi::need(bytes, "bytes"); !there) return there.error();
    auto handle = std::make_unique<caligo_container_reader>();
    handle->source = capi::text_or(source, "container");
    handle->key = capi::key_from(key);
    if (auto opened = capi::open_reader(*handle, {reinterpret_cast<const std::byte*>(bytes), size}); !opened) {
      return opened.error();
    }
    return handle;
  });
}

caligo_error caligo_container_reader_get_header(const caligo_container_reader* reader,
                                                caligo_container_header* header) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(reader, "reader"); !there) return there;
    return capi::write_struct(capi::to_c(reader->reader->header()), header, "header");
  });
}

caligo_error caligo_container_reader_next(caligo_container_reader* reader, caligo_container_block* block,
                                          int32_t* found) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(reader, "reader"); !there) return there;
    if (auto there = capi::need(block, "block"); !there) return there;
    if (auto there = capi::need(found, "found"); !there) return there;
    *found = 0;
    auto next = reader->reader->next();
    if (!next) return std::move(next).error();
    if (!*next) return {};
    *found = 1;
    return capi::write_struct(capi::to_c(**next), block, "block");
  });
}

caligo_error caligo_container_reader_get_totals(const caligo_container_reader* reader,
                                                caligo_container_totals* totals) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(reader, "reader"); !there) return there;
    const caligo::ContainerTotals& inner = reader->reader->totals();
    caligo_container_totals value{};
    value.blocks = inner.blocks;
    value.bits = inner.bits;
    value.bytes = inner.bytes;
    value.uncommitted_bytes = inner.uncommitted_bytes;
    value.append_open = inner.append_open ? 1 : 0;
    value.authenticated = inner.authenticated ? 1 : 0;
    return capi::write_struct(value, totals, "totals");
  });
}

void caligo_container_reader_destroy(caligo_container_reader* reader) { delete reader; }

caligo_error caligo_container_create_file(const char* path, const caligo_container_header* header, const uint8_t* key,
                                          caligo_container_writer** writer) {
  return capi::create(writer, "writer", [&]() -> Result<std::unique_ptr<caligo_container_writer>> {
    if (auto there = capi::need(path, "path"); !there) return there.error();
    auto read = capi::read_struct(header, "header");
    if (!read) return std::move(read).error();
    auto wanted = capi::from_c(*read);
    if (!wanted) return std::move(wanted).error();
    const auto secret = capi::key_from(key);
    return capi::own(caligo::ContainerWriter::create(path, *wanted, capi::pointer(secret)));
  });
}

caligo_error caligo_container_append_file(const char* path, const uint8_t* key, caligo_container_writer** writer) {
  return capi::create(writer, "writer", [&]() -> Result<std::unique_ptr<caligo_container_writer>> {
    if (auto there = capi::need(path, "path"); !there) return there.error();
    const auto secret = capi::key_from(key);
    return capi::own(caligo::ContainerWriter::append(path, capi::pointer(secret)));
  });
}

caligo_error caligo_container_writer_write(caligo_container_writer* writer, const caligo_container_block* block) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(writer, "writer"); !there) return there;
    if (auto there = capi::need(block, "block"); !there) return there;
    auto read = capi::read_struct(block, "block");
    if (!read) return std::move(read).error();
    return capi::write_block(*writer, *read);
  });
}

caligo_error caligo_container_writer_commit(caligo_container_writer* writer) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(writer, "writer"); !there) return there;
    return writer->writer.commit();
  });
}

void caligo_container_writer_destroy(caligo_container_writer* writer) { delete writer; }
