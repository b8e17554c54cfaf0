// SPDX-License-Identifier: Apache-2.0
#pragma once
/// An open file, closed when it goes. Errors of all functions: io, with the name and what could not be done.

#include <caligo/error.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace caligo::container {

class Descriptor {
 public:
  /// "-" is standard input.
  static Result<Descriptor> open_to_read(const std::string& name);
  /// For one writer at a time: locked until it is closed.
  static Result<Descriptor> open_to_append(const std::string& name);
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor();

  /// From where the last call ended; fewer bytes than asked for only at the end of the file.
  Result<std::size_t> read(std::span<std::byte> bytes) const;
  /// The next read() begins at `offset`.
  Result<void> seek(std::uint64_t offset) const;
  Result<void> write_at(std::uint64_t offset, std::span<const std::byte> bytes) const;
  Result<void> truncate(std::uint64_t size) const;
  Result<void> sync() const;
  /// Nothing for pipes and devices.
  Result<std::optional<std::uint64_t>> size() const;
  /// Maps the file read-only; the caller unmaps it. Null for an empty file.
  Result<std::span<const std::byte>> map(std::uint64_t max_bytes) const;

 private:
  Descriptor(std::string name, int number) : name_(std::move(name)), number_(number) {}
  std::string name_;
  int number_ = -1;
};

}  // namespace caligo::container
