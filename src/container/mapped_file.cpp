// SPDX-License-Identifier: Apache-2.0
#include <sys/mman.h>
#include <caligo/container.hpp>

#include <utility>

#include "container/descriptor.hpp"

namespace caligo {

Result<MappedFile> MappedFile::open(const std::filesystem::path& path, std::uint64_t max_bytes) {
  auto descriptor = container::Descriptor::open_to_read(path.string());
  if (!descriptor) return std::move(descriptor).error();
  auto bytes = descriptor->map(max_bytes);  // lives on when the descriptor is closed
  if (!bytes) return std::move(bytes).error();
  MappedFile file;
  file.data_ = bytes->data();
  file.size_ = bytes->size();
  return file;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
}

}  // namespace caligo
