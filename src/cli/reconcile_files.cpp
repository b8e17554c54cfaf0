// SPDX-License-Identifier: Apache-2.0
#include "cli/reconcile_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>
#include <caligo/random.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "cli/context.hpp"
#include "reconcile/role_tools.hpp"

namespace caligo::cli {

using reconcile::wipe;

namespace {

Error file_error(const char* action, const std::string& name, int error) {
  return Error{ErrorCode::io, fmt::format("cannot {} {}: {}", action, name, std::generic_category().message(error))};
}

std::span<std::uint8_t> bytes_of(BitString& bits) noexcept {
  return {reinterpret_cast<std::uint8_t*>(bits.words().data()), bits.words().size_bytes()};
}

/// Below this nothing is left of a block: tag and CRC alone take 80 bits.
constexpr std::uint64_t fewest_bits = 256;

/// The operating system's random numbers, fetched by the thousand: a call for each would take most of the time.
class SystemRandom {
 public:
  SystemRandom() = default;
  SystemRandom(const SystemRandom&) = delete;
  SystemRandom& operator=(const SystemRandom&) = delete;
  ~SystemRandom() { sodium_memzero(buffer_.data(), sizeof buffer_); }

  /// Uniform in [0, bound).
  std::uint64_t below(std::uint64_t bound) {
    const std::uint64_t unfair = (0 - bound) % bound;  // 2^64 mod bound
    std::uint64_t value = 0;
    do {
      value = next();
    } while (value < unfair);
    return value % bound;
  }

 private:
  std::uint64_t next() {
    if (used_ == buffer_.size()) {
      randombytes_buf(buffer_.data(), sizeof buffer_);
      used_ = 0;
    }
    return buffer_[used_++];
  }
  std::array<std::uint64_t, 4096> buffer_{};
  std::size_t used_ = 4096;
};

}  // namespace

Result<BitFile> BitFile::open(const std::string& path) {
  BitFile file;
  file.name_ = path;
  do {
    file.descriptor_ =
        ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // a pipe must not block before the check
  } while (file.descriptor_ < 0 && errno == EINTR);
  if (file.descriptor_ < 0) return file_error("open", path, errno);
  struct stat status{};
  if (::fstat(file.descriptor_, &status) != 0) return file_error("read", path, errno);
  if (S_ISDIR(status.st_mode)) return file_error("read", path, EISDIR);
  if (!S_ISREG(status.st_mode)) {
    return Error{ErrorCode::io, fmt::format("cannot read {}: expected a regular file, which can be read twice", path)};
  }
  file.bytes_ = static_cast<std::uint64_t>(status.st_size);
  return file;
}

BitFile::BitFile(BitFile&& other) noexcept
    : name_(std::move(other.name_)), descriptor_(std::exchange(other.descriptor_, -1)), bytes_(other.bytes_) {}

BitFile::~BitFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> BitFile::read(std::uint64_t offset, std::span<std::uint8_t> bytes) const {
  while (!bytes.empty()) {
    const ssize_t got = ::pread(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return file_error("read", name_, errno);
    if (got == 0) {
      return Error{ErrorCode::io,
                   fmt::format("{}: expected {} bytes, the file ended at byte {}", name_, bytes_, offset)};
    }
    bytes = bytes.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
  return {};
}

bool BitFile::same_file(const std::string& other) const {
  struct stat mine{};
  struct stat others{};
  if (::fstat(descriptor_, &mine) != 0 || ::stat(other.c_str(), &others) != 0) return false;
  return mine.st_dev == others.st_dev && mine.st_ino == others.st_ino;
}

std::vector<std::uint64_t> draw_positions(std::uint64_t bits, std::size_t count,
                                          const std::function<std::uint64_t(std::uint64_t)>& below) {
  std::vector<std::uint64_t> positions;
  positions.reserve(count);
  while (positions.size() < count) {  // a few rounds: positions drawn twice are replaced
    while (positions.size() < count) positions.push_back(below(bits));
    std::sort(positions.begin(), positions.end());
    positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
  }
  return positions;
}

Result<std::vector<std::uint64_t>> draw_sample(std::uint64_t bits, std::size_t count, std::optional<std::uint64_t> seed,
                                               std::uint64_t stream) {
  if (seed) {
    CounterRandom random(*seed, stream);
    return draw_positions(bits, count, [&](std::uint64_t bound) { return random.below(bound); });
  }
  if (sodium_init() < 0) return Error{ErrorCode::io, "the operating system gives no random numbers"};
  SystemRandom random;
  return draw_positions(bits, count, [&](std::uint64_t bound) { return random.below(bound); });
}

Result<BitString> draw_sample_mask(std::size_t bits, std::size_t count, std::optional<std::uint64_t> seed,
                                   std::uint64_t stream) {
  BitString mask(bits);
  const auto fill = [&](const std::function<std::uint64_t(std::uint64_t)>& below) {
    for (std::size_t set = 0; set < count;) {
      const std::uint64_t position = below(bits);
      if (mask[position]) continue;
      mask.set(position, true);
      ++set;
    }
  };
  if (seed) {
    CounterRandom random(*seed, stream);
    fill([&](std::uint64_t bound) { return random.below(bound); });
    return mask;
  }
  if (sodium_init() < 0) return Error{ErrorCode::io, "the operating system gives no random numbers"};
  SystemRandom random;
  fill([&](std::uint64_t bound) { return random.below(bound); });
  return mask;
}

Result<std::uint64_t> usable_bits(const BitFile& alice, const BitFile& bob, std::optional<std::uint64_t> wanted) {
  const auto failed = [](std::string message) { return Error{ErrorCode::size_mismatch, std::move(message)}; };
  for (const BitFile* file : {&alice, &bob}) {
    if (file->bytes() == 0) return failed(fmt::format("{}: the file is empty", file->name()));
  }
  if (alice.bytes() != bob.bytes()) {
    return failed(fmt::format("files of unequal length: {} has {} bytes, {} has {}", alice.name(), alice.bytes(),
                              bob.name(), bob.bytes()));
  }
  const std::uint64_t bits = wanted.value_or(8 * alice.bytes());
  if (bits > 8 * alice.bytes()) {
    return failed(fmt::format("--bits {}: {} holds {} bits", bits, alice.name(), 8 * alice.bytes()));
  }
  if (bits < fewest_bits) {
    return failed(fmt::format("{}: expected at least {} bits ({} bytes), got {}; nothing would be left of fewer",
                              alice.name(), fewest_bits, fewest_bits / 8, bits));
  }
  return bits;
}

Result<bool> read_bit(const BitFile& file, std::uint64_t position) {
  std::uint8_t byte = 0;
  if (auto read = file.read(position / 8, {&byte, 1}); !read) return read.error();
  return ((byte >> (position % 8)) & 1U) != 0;
}

Result<std::uint64_t> count_differences(const BitFile& a, const BitFile& b, std::span<const std::uint64_t> positions) {
  std::uint64_t errors = 0;
  for (const std::uint64_t position : positions) {
    if (auto going = check_interrupt(); !going) return going.error();
    const auto bit_a = read_bit(a, position);
    if (!bit_a) return bit_a.error();
    const auto bit_b = read_bit(b, position);
    if (!bit_b) return bit_b.error();
    errors += static_cast<std::uint64_t>(*bit_a != *bit_b);
  }
  return errors;
}

Result<std::uint64_t> count_differences(const BitFile& a, const BitFile& b, std::uint64_t bits) {
  constexpr std::uint64_t chunk = std::uint64_t{1} << 20;
  KeptBits reader_a(a, {});
  KeptBits reader_b(b, {});
  std::uint64_t errors = 0;
  for (std::uint64_t done = 0; done < bits; done += chunk) {
    if (auto going = check_interrupt(); !going) return going.error();
    BitString block_a(static_cast<std::size_t>(std::min(chunk, bits - done)));
    BitString block_b(block_a.size());
    if (auto read = reader_a.read(block_a); !read) return read.error();
    if (auto read = reader_b.read(block_b); !read) return read.error();
    errors += hamming_distance(block_a, block_b);
    wipe(block_a);
    wipe(block_b);
  }
  return errors;
}

KeptBits::~KeptBits() { wipe(raw_); }

Result<void> KeptBits::read(MutableBitView block) {
  // The end of the stretch of the file that holds block.size() kept bits.
  std::uint64_t end = position_ + block.size();
  std::size_t last = next_;
  while (last < left_out_.size() && left_out_[last] < end) {
    ++last;
    ++end;
  }
  const std::uint64_t first_byte = position_ / 8;
  const auto size = static_cast<std::size_t>((end + 7) / 8 - first_byte);
  if (raw_.size() < 8 * size) raw_ = BitString(8 * size);
  if (auto read = file_->read(first_byte, bytes_of(raw_).first(size)); !read) return read;

  const std::uint64_t base = 8 * first_byte;
  std::size_t filled = 0;
  while (filled < block.size()) {
    const bool gap = next_ < last;
    const std::uint64_t stop = gap ? left_out_[next_] : end;
    const auto count = static_cast<std::size_t>(stop - position_);
    copy_bits(raw_, static_cast<std::size_t>(position_ - base), block, filled, count);
    filled += count;
    position_ = stop + (gap ? 1 : 0);
    next_ += gap ? 1 : 0;
  }
  return {};
}

Result<KeyWriter> KeyWriter::create(const std::string& path) {
  auto file = base::AtomicFile::create(path, 0600);
  if (!file) return file.error();
  return KeyWriter(std::move(*file));
}

KeyWriter::~KeyWriter() { wipe(pending_); }

Result<void> KeyWriter::append(BitView block) {
  const std::size_t total = pending_bits_ + block.size();
  if (pending_.size() < total) {
    BitString larger(total + 64);
    copy_bits(pending_, 0, larger, 0, pending_bits_);
    wipe(pending_);
    pending_ = std::move(larger);
  }
  copy_bits(block, 0, pending_, pending_bits_, block.size());
  const std::size_t whole = total / 8;
  if (auto written = file_.write(bytes_of(pending_).first(whole)); !written) return written;
  const std::uint8_t rest = total % 8 != 0 ? bytes_of(pending_)[whole] : std::uint8_t{0};
  pending_bits_ = total % 8;
  bytes_of(pending_)[0] = static_cast<std::uint8_t>(rest & ((1U << pending_bits_) - 1));
  return {};
}

Result<void> KeyWriter::finish() {
  if (pending_bits_ > 0) {
    if (auto written = file_.write(bytes_of(pending_).first(1)); !written) return written;
  }
  return file_.commit();
}

}  // namespace caligo::cli
