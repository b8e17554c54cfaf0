// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/file.hpp"
#include "container/walk.hpp"

namespace caligo {

using container::FooterState;
using container::Record;
using container::record_bytes;

namespace {

constexpr unsigned private_mode = 0600;

/// The place of an append. The file reads as before until commit() has set the old footer's state.
class Appendix {
 public:
  Appendix(container::Descriptor file, std::uint64_t end, bool was_open)
      : file_(std::move(file)), end_(end), phase_(was_open ? Phase::left_open : Phase::untouched) {}
  Appendix(Appendix&&) = default;
  Appendix& operator=(Appendix&&) = delete;

  Result<void> write(std::uint64_t offset, std::span<const std::byte> bytes) {
    if (phase_ != Phase::open) {
      if (auto opened = open(); !opened) return opened;
    }
    return file_.write_at(offset, bytes);
  }

  /// What was written is on disk before the word that makes it count.
  Result<void> commit() {
    if (auto synced = file_.sync(); !synced) return synced;
    if (auto set = set_state(FooterState::continued); !set) return set;
    phase_ = Phase::untouched;
    return {};
  }

  /// The file as it was found, or rather as it was before an append that did not end.
  Result<void> abandon() {
    if (phase_ == Phase::untouched) return {};
    if (auto set = set_state(FooterState::open); !set) return set;
    if (auto cut = file_.truncate(end_); !cut) return cut;
    if (auto synced = file_.sync(); !synced) return synced;
    phase_ = Phase::untouched;
    return set_state(FooterState::last);
  }
  [[nodiscard]] bool is_open() const noexcept { return phase_ == Phase::open; }

 private:
  enum class Phase { untouched, left_open, open };

  /// First the word that says that the rest does not count, on disk, then the rest.
  Result<void> open() {
    if (auto set = set_state(FooterState::open); !set) return set;
    const bool has_rest = phase_ == Phase::left_open;
    phase_ = Phase::open;
    return has_rest ? file_.truncate(end_) : Result<void>{};
  }
  Result<void> set_state(FooterState state) {
    const std::uint64_t at = end_ - record_bytes + container::state_at;
    if (auto written = file_.write_at(at, std::as_bytes(std::span(&state, 1))); !written) return written;
    return file_.sync();
  }

  container::Descriptor file_;
  std::uint64_t end_;  ///< of the last committed footer
  Phase phase_;
};

}  // namespace

struct ContainerWriter::State {
  std::string source;
  std::optional<ContainerKey> key;
  container::Chain chain;
  std::optional<base::AtomicFile> fresh;  ///< this or the next
  std::optional<Appendix> appendix;
  bool closed = false;  ///< committed, or failed

  State(const std::filesystem::path& path, const ContainerKey* given) : source(path.string()) {
    if (given != nullptr) key.emplace(*given);
    chain.source = source;
    chain.key = key ? &*key : nullptr;
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    // Nobody is left to tell; what could not be undone reads as an append that did not end.
    if (appendix) static_cast<void>(appendix->abandon());
  }

  Result<void> put(std::uint64_t offset, std::span<const std::byte> bytes) {
    auto written = fresh ? fresh->write(std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()))
                         : appendix->write(offset, bytes);
    if (!written) closed = true;
    return written;
  }
  [[nodiscard]] Result<void> check_open() const {
    if (!closed) return {};
    return Error{ErrorCode::io, fmt::format("cannot write {}: the writer was closed by a commit or an error", source)};
  }
};

ContainerWriter::ContainerWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
ContainerWriter::ContainerWriter(ContainerWriter&&) noexcept = default;
ContainerWriter::~ContainerWriter() = default;

const ContainerHeader& ContainerWriter::header() const noexcept { return state_->chain.header; }

Result<ContainerWriter> ContainerWriter::create(const std::filesystem::path& path, const ContainerHeader& header,
                                                const ContainerKey* key) {
  if ((header.tag != ContainerTag::none) != (key != nullptr)) {
    return Error{ErrorCode::invalid_argument, "container: a tag algorithm and a key go together"};
  }
  auto record = container::make(header);
  if (!record) return std::move(record).error();
  auto state = std::make_unique<State>(path, key);
  state->chain.header = header;
  auto file = base::AtomicFile::create(path, private_mode);
  if (!file) return std::move(file).error();
  state->fresh.emplace(*std::move(file));
  container::seal(state->chain, *record);
  if (auto written = state->put(0, record->bytes); !written) return std::move(written).error();
  return ContainerWriter(std::move(state));
}

Result<ContainerWriter> ContainerWriter::append(const std::filesystem::path& path, const ContainerKey* key) {
  auto state = std::make_unique<State>(path, key);
  auto file = container::Descriptor::open_to_append(state->source);
  if (!file) return std::move(file).error();
  container::FileWalk walk(state->chain, *file, false);
  if (auto read = walk.header(); !read) return std::move(read).error();
  if (state->chain.header.tag != ContainerTag::none && key == nullptr) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("{}: the file has tags, so its key is needed to append to it", state->source)};
  }
  if (auto read = walk.blocks(nullptr); !read) return std::move(read).error();
  state->appendix.emplace(*std::move(file), state->chain.totals.bytes, state->chain.totals.append_open);
  return ContainerWriter(std::move(state));
}

Result<void> ContainerWriter::write(BitView payload, const BlockInfo& info) {
  State& s = *state_;
  if (auto open = s.check_open(); !open) return open;
  auto record = container::make(s.chain.totals.blocks, payload.size(), info);
  if (!record) return std::move(record).error();
  container::Payload checked(s.chain, *record, payload.size());
  checked.add(payload.words().data(), payload.words().size());
  if (checked.has_pad_bits()) {
    return Error{ErrorCode::invalid_argument, "container block: a pad bit of the payload is set"};
  }
  const std::uint64_t offset = s.chain.offset;
  container::seal(s.chain, *record, payload.size(), checked);
  if (auto written = s.put(offset, record->bytes); !written) return written;
  return s.put(offset + record_bytes, std::as_bytes(payload.words()));
}

Result<void> ContainerWriter::commit() {
  State& s = *state_;
  if (auto open = s.check_open(); !open) return open;
  if (s.appendix && !s.appendix->is_open()) {
    s.closed = true;
    return s.appendix->abandon();  // nothing was written: at most the rest of another append goes
  }
  Record footer = container::make(container::Footer{s.chain.totals.blocks, s.chain.totals.bits, s.chain.offset});
  const std::uint64_t offset = s.chain.offset;
  container::seal(s.chain, footer);
  if (auto written = s.put(offset, footer.bytes); !written) return written;
  s.closed = true;
  return s.fresh ? s.fresh->commit() : s.appendix->commit();
}

}  // namespace caligo
