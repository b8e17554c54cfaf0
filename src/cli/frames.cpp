// SPDX-License-Identifier: Apache-2.0
#include "cli/frames.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/context.hpp"

namespace caligo::cli {

namespace {

constexpr std::size_t buffer_bytes = std::size_t{1} << 20U;

Error incomplete(const std::string& name, std::uint64_t offset, std::uint64_t got, std::size_t frame_bytes) {
  return Error{ErrorCode::malformed_input,
               fmt::format("{}: byte {}: the last frame is incomplete: expected {} bytes, got {}", name, offset,
                           frame_bytes, got)};
}

Error no_frame(const std::string& name, std::size_t frame_bytes) {
  return Error{ErrorCode::malformed_input,
               fmt::format("{}: the file is empty, expected frames of {} bytes", name, frame_bytes)};
}

}  // namespace

FrameReader::FrameReader(Input input, std::size_t frame_bytes)
    : input_(std::move(input)),
      frame_bytes_(frame_bytes),
      buffer_(std::max<std::size_t>(buffer_bytes / frame_bytes, 1) * frame_bytes) {}

Result<FrameReader> FrameReader::open(const std::string& path, std::size_t frame_bytes) {
  auto input = Input::open(path);
  if (!input) return std::move(input).error();
  if (const auto size = input->size(); size.has_value()) {
    if (*size == 0) return no_frame(input->name(), frame_bytes);
    const std::uint64_t rest = *size % frame_bytes;
    if (rest != 0) return incomplete(input->name(), *size - rest, rest, frame_bytes);
  }
  return FrameReader(std::move(*input), frame_bytes);
}

Result<std::span<const std::uint8_t>> FrameReader::next() {
  if (auto going = check_interrupt(); !going) return std::move(going).error();
  if (begin_ == end_) {
    auto got = input_.read(buffer_);
    if (!got) return std::move(got).error();
    begin_ = 0;
    end_ = *got;
    if (end_ == 0 && count_ == 0) return no_frame(input_.name(), frame_bytes_);
    if (end_ == 0) return std::span<const std::uint8_t>{};
  }
  const std::size_t rest = end_ - begin_;
  if (rest < frame_bytes_) return incomplete(input_.name(), count_ * frame_bytes_, rest, frame_bytes_);
  const std::span<const std::uint8_t> frame = std::span(buffer_).subspan(begin_, frame_bytes_);
  begin_ += frame_bytes_;
  ++count_;
  return frame;
}

Error FrameReader::error_at(std::uint64_t offset_in_frame, std::string_view message) const {
  return Error{ErrorCode::malformed_input,
               fmt::format("{}: byte {}: {}", input_.name(), offset() + offset_in_frame, message)};
}

Result<BitString> packed_bits(const FrameReader& reader, std::span<const std::uint8_t> frame, std::size_t bits) {
  auto unpacked = BitString::from_bytes(frame, bits);
  if (!unpacked) return reader.error_at(frame.size() - 1, unpacked.error().message);
  return unpacked;
}

FrameWriter::FrameWriter(base::AtomicFile file) : file_(std::move(file)) { buffer_.reserve(buffer_bytes); }

Result<FrameWriter> FrameWriter::create(const std::string& path) {
  auto file = base::AtomicFile::create(path);
  if (!file) return std::move(file).error();
  return FrameWriter(std::move(*file));
}

Result<void> FrameWriter::write(BitView bits) {
  const std::size_t bytes = bytes_for(bits.size());
  // Words are little-endian, so their bytes are the packed form.
  const std::span<const std::byte> packed = std::as_bytes(bits.words()).first(bytes);
  const auto* first = reinterpret_cast<const std::uint8_t*>(packed.data());
  if (buffer_.size() + bytes > buffer_bytes) {
    if (auto flushed = flush(); !flushed) return flushed;
    if (bytes > buffer_bytes) return file_.write(std::span(first, bytes));
  }
  buffer_.insert(buffer_.end(), first, first + bytes);
  return {};
}

Result<void> FrameWriter::flush() {
  auto written = file_.write(std::span<const std::uint8_t>(buffer_));
  buffer_.clear();
  return written;
}

Result<void> FrameWriter::commit() {
  if (auto flushed = flush(); !flushed) return flushed;
  return file_.commit();
}

}  // namespace caligo::cli
