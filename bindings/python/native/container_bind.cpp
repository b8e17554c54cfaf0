// SPDX-License-Identifier: Apache-2.0
/// Files of bit blocks, mapped and verified; blocks are views into the file.

#include <nanobind/stl/optional.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>
#include <caligo/container.hpp>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "arrays.hpp"
#include "bits.hpp"
#include "errors.hpp"
#include "session_bind.hpp"

namespace nb = nanobind;
using namespace nb::literals;

namespace caligo::python {

namespace {

std::optional<ContainerKey> read_key(nb::handle object) {
  if (object.is_none()) return std::nullopt;
  const Array bytes(object, "key", Dtypes{Dtype::uint8});
  if (bytes.size() != ContainerKey::size) {
    throw nb::value_error(("key: expected 32 bytes, got " + std::to_string(bytes.size())).c_str());
  }
  return ContainerKey(std::span<const std::uint8_t, ContainerKey::size>(bytes.values<std::uint8_t>()));
}

/// A file that was read and verified to its end.
struct Container {
  explicit Container(MappedFile mapped) : file(std::move(mapped)) {}
  MappedFile file;
  ContainerHeader header;
  std::vector<ContainerBlock> blocks;
  ContainerTotals totals;
};

Result<void> read_all(Container& container, const std::string& path, const ContainerKey* key) {
  auto reader = ContainerReader::open(container.file.bytes(), path, key);
  if (!reader) return std::move(reader).error();
  container.header = reader->header();
  for (;;) {
    auto block = reader->next();
    if (!block) return std::move(block).error();
    if (!*block) break;
    container.blocks.push_back(**block);
  }
  container.totals = reader->totals();
  return {};
}

std::shared_ptr<Container> open_container(const std::string& path, nb::handle key_object) {
  const auto key = read_key(key_object);
  auto container = std::make_shared<Container>(take(MappedFile::open(path)));
  Result<void> result;
  {
    const nb::gil_scoped_release unlocked;
    result = read_all(*container, path, key ? &*key : nullptr);
  }
  check(result);
  return container;
}

template <class T>
nb::object or_none(const std::optional<T>& value) {
  return value ? nb::cast(*value) : nb::none();
}

nb::dict header_dict(const Container& container) {
  const ContainerHeader& header = container.header;
  nb::dict dict;
  dict["kind"] = std::string(to_string(header.kind));
  dict["role"] = std::string(to_string(header.role));
  dict["tag"] = std::string(to_string(header.tag));
  dict["simulation"] = header.simulation;
  dict["stream"] = header.stream.hex();
  dict["created"] = or_none(header.created);
  dict["qber"] = or_none(header.qber);
  dict["epsilon"] = or_none(header.epsilon);
  dict["code"] = header.code ? nb::cast(header.code->hex()) : nb::none();
  dict["seed"] = or_none(header.seed);
  dict["authenticated"] = container.totals.authenticated;
  return dict;
}

nb::dict block_dict(const std::shared_ptr<Container>& container, std::size_t index) {
  if (index >= container->blocks.size()) throw nb::index_error("block");
  const ContainerBlock& block = container->blocks[index];
  nb::dict dict;
  // The view keeps the container, and so the mapping.
  dict["bits"] = view_of(reinterpret_cast<const std::uint8_t*>(block.payload.words().data()), bytes_for(block.bits),
                         nb::cast(container));
  dict["length"] = block.bits;
  dict["offset"] = block.offset;
  dict["basis"] = std::string(to_string(block.info.basis));
  dict["verified"] = block.info.verified;
  dict["errors"] = or_none(block.info.errors);
  dict["leaked_bits"] = or_none(block.info.leaked_bits);
  dict["qber"] = or_none(block.info.qber);
  dict["epsilon"] = or_none(block.info.epsilon);
  dict["label"] = block.info.label;
  return dict;
}

/// The value of an enumeration with this name.
template <class E>
E parse_name(const std::string& name, const char* parameter, std::initializer_list<E> values) {
  std::string wanted;
  for (const E value : values) {
    if (to_string(value) == name) return value;
    wanted += (wanted.empty() ? "'" : ", '") + std::string(to_string(value)) + "'";
  }
  throw nb::value_error((std::string(parameter) + ": expected " + wanted + ", got '" + name + "'").c_str());
}

std::shared_ptr<ContainerWriter> create_container(const std::string& path, const std::string& kind,
                                                  const std::string& role, const std::string& tag,
                                                  const std::optional<std::string>& stream, bool simulation,
                                                  std::optional<double> qber, std::optional<double> epsilon,
                                                  std::optional<std::uint64_t> created,
                                                  std::optional<std::uint64_t> seed, nb::handle key_object) {
  const auto key = read_key(key_object);
  ContainerHeader header;
  header.kind = parse_name(kind, "kind", {ContainerKind::sifted, ContainerKind::session, ContainerKind::key});
  header.role = parse_name(role, "role", {ContainerRole::unspecified, ContainerRole::alice, ContainerRole::bob});
  header.tag = parse_name(tag, "tag", {ContainerTag::none, ContainerTag::blake2b, ContainerTag::hmac_sha256});
  header.stream = stream ? take(Id128::parse(*stream)) : Id128::random();
  header.simulation = simulation;
  header.qber = qber;
  header.epsilon = epsilon;
  header.created = created;
  header.seed = seed;
  return std::make_shared<ContainerWriter>(take(ContainerWriter::create(path, header, key ? &*key : nullptr)));
}

std::shared_ptr<ContainerWriter> append_container(const std::string& path, nb::handle key_object) {
  const auto key = read_key(key_object);
  return std::make_shared<ContainerWriter>(take(ContainerWriter::append(path, key ? &*key : nullptr)));
}

void write_block(ContainerWriter& writer, nb::handle bits, std::size_t length, bool bit_packed,
                 const std::string& basis, bool verified, std::optional<std::uint64_t> errors,
                 std::optional<std::uint64_t> leaked_bits, std::optional<double> qber, std::optional<double> epsilon,
                 std::uint64_t label) {
  const BitString block = read_bits(bits, "bits", bit_packed, length);
  const BlockInfo info{.basis = parse_name(basis, "basis", {Basis::unspecified, Basis::z, Basis::x}),
                       .verified = verified,
                       .errors = errors,
                       .leaked_bits = leaked_bits,
                       .qber = qber,
                       .epsilon = epsilon,
                       .label = label};
  Result<void> written;
  {
    const nb::gil_scoped_release unlocked;
    written = writer.write(block, info);
  }
  check(written);
}

}  // namespace

void bind_container(nb::module_& module) {
  nb::class_<Container>(module, "Container")
      .def(nb::new_(&open_container), "path"_a, "key"_a.none())
      .def_prop_ro("header", &header_dict)
      .def_prop_ro("bits", [](const Container& self) { return self.totals.bits; })
      .def("__len__", [](const Container& self) { return self.blocks.size(); })
      .def("block", &block_dict, "index"_a);
  nb::class_<ContainerWriter>(module, "ContainerWriter")
      .def_static("create", &create_container, "path"_a, "kind"_a, "role"_a, "tag"_a, "stream"_a.none(), "simulation"_a,
                  "qber"_a.none(), "epsilon"_a.none(), "created"_a.none(), "seed"_a.none(), "key"_a.none())
      .def_static("append", &append_container, "path"_a, "key"_a.none())
      .def("write", &write_block, "bits"_a.none(), "length"_a, "bit_packed"_a, "basis"_a, "verified"_a,
           "errors"_a.none(), "leaked_bits"_a.none(), "qber"_a.none(), "epsilon"_a.none(), "label"_a)
      .def("commit", [](ContainerWriter& self) {
        Result<void> committed;
        {
          const nb::gil_scoped_release unlocked;
          committed = self.commit();
        }
        check(committed);
      });
}

}  // namespace caligo::python
