// SPDX-License-Identifier: Apache-2.0
#include "session/codes.hpp"

#include <fmt/format.h>
#include <caligo/session.hpp>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <string_view>
#include <utility>

#include "reconcile/code_grid.hpp"

namespace caligo::session {

using reconcile::cell_of;
using reconcile::cells_per_octave;
using reconcile::code_length;
using reconcile::log2_length;
using reconcile::shortest_long_list;
using reconcile::smallest_qber;

namespace {

/// What is kept at most, of each kind: many short codes or a few long ones, at least so many.
constexpr std::size_t bits_kept = std::size_t{1} << 22;
constexpr std::size_t codes_kept = 256;
constexpr std::size_t long_codes_kept = 4;
constexpr std::size_t orders_kept = 2;

std::uint64_t short_id(const CodeSpec& code) noexcept {
  const std::string_view digits = std::string_view(code.strong_id()).substr(0, 16);
  std::uint64_t id = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), id, 16);
  return id;
}

Code describe(std::int16_t cell, CodeSpec spec) {
  const CodeName name{.cell = cell,
                      .sent = static_cast<std::uint32_t>(spec.sent_bits()),
                      .frozen = static_cast<std::uint32_t>(spec.frozen_bits()),
                      .id = short_id(spec)};
  return {name, std::move(spec), nullptr};
}

/// Segments are cut where sums of floating-point numbers say, so the id shows that these agree as well (FNV-1a).
Code describe(std::int16_t cell, std::shared_ptr<const BlindCode> blind) {
  Code code = describe(cell, blind->code());
  for (const Segment& segment : blind->segments()) {
    code.name.id = (code.name.id ^ (segment.offset + segment.level)) * 0x100000001b3;
  }
  code.blind = std::move(blind);
  return code;
}

bool same_request(const CodeRequest& a, const CodeRequest& b) noexcept {
  return a.bits == b.bits && a.qber == b.qber && a.list_size == b.list_size && a.target_fer == b.target_fer &&
         a.crc == b.crc && a.boldness == b.boldness;
}

/// Moves what was found to the front.
template <class List, class Matches>
auto find_recent(List& list, Matches matches) {
  const auto found = std::find_if(list.begin(), list.end(), matches);
  if (found != list.end()) list.splice(list.begin(), list, found);
  return found;
}

template <class List>
void keep(List& list, std::size_t most) {
  while (list.size() > most) list.pop_back();
}

/// length: bits of a code.
template <class List, class Length>
void keep_bits(List& list, std::size_t least, Length length) {
  keep(list, codes_kept);
  std::size_t total = 0;
  for (const auto& entry : list) total += length(entry);
  while (total > bits_kept && list.size() > least) {
    total -= length(list.back());
    list.pop_back();
  }
}

}  // namespace

bool possible_name(const CodeName& name, std::size_t bits) noexcept {
  return name.cell >= cell_of(smallest_qber) && name.cell <= cell_of(0.5) && name.sent == code_length(bits) &&
         name.frozen < name.sent;
}

std::shared_ptr<const Code> Codes::known(const CodeName& name, const CrcSpec& crc, SessionMode mode) {
  const auto found = find_recent(codes_, [&](const auto& code) {
    return code->name == name && code->spec.crc() == crc && (code->blind != nullptr) == (mode == SessionMode::blind);
  });
  return found != codes_.end() ? *found : nullptr;
}

void Codes::remember(const std::shared_ptr<const Code>& code) {
  codes_.push_front(code);
  keep_bits(codes_, long_codes_kept, [](const auto& kept) { return kept->spec.block_length(); });
}

Result<std::shared_ptr<const Code>> Codes::select(const CodeRequest& request, SessionMode mode) {
  const auto cell = static_cast<std::int16_t>(cell_of(request.qber));
  if (mode == SessionMode::blind) {
    auto blind = select_blind_code(selector_, request.bits, request.qber, request.boldness, request.crc);
    if (!blind) return blind.error();
    return std::make_shared<const Code>(describe(cell, std::move(*blind)));
  }
  auto spec = selector_.select(request);
  if (!spec) return spec.error();
  return std::make_shared<const Code>(describe(cell, std::move(*spec)));
}

Result<std::shared_ptr<const Code>> Codes::choose(const CodeRequest& request, SessionMode mode) {
  const std::lock_guard lock(mutex_);
  const auto before = find_recent(
      choices_, [&](const Choice& choice) { return choice.mode == mode && same_request(choice.request, request); });
  if (before != choices_.end()) return before->code;
  auto selected = select(request, mode);
  if (!selected) return selected.error();
  std::shared_ptr<const Code> code = known((*selected)->name, request.crc, mode);
  if (code == nullptr) remember(code = std::move(*selected));
  choices_.push_front({request, mode, code});
  keep_bits(choices_, long_codes_kept, [](const Choice& kept) { return kept.code->spec.block_length(); });
  return code;
}

Result<std::shared_ptr<const ReliabilityOrder>> Codes::order(const CodeName& name) {
  const auto same = [&](const auto& entry) { return entry.first.cell == name.cell && entry.first.sent == name.sent; };
  if (find_recent(orders_, same) != orders_.end()) return orders_.front().second;
  // Before the next one takes memory.
  keep_bits(orders_, orders_kept - 1, [](const auto& kept) { return kept.second->error_probability.size(); });
  const unsigned n = log2_length(name.sent);
  const Bsc channel{std::exp2(name.cell / cells_per_octave)};
  auto made = construct_order_cached(n, channel, ConstructionMethod::density_evolution,
                                     (std::size_t{1} << n) - name.sent, cache_);
  if (!made) return made.error();
  orders_.emplace_front(name, std::make_shared<const ReliabilityOrder>(std::move(*made)));
  return orders_.front().second;
}

Result<std::shared_ptr<const Code>> Codes::rebuild(const CodeName& name, const CrcSpec& crc, SessionMode mode) {
  const std::lock_guard lock(mutex_);
  if (auto code = known(name, crc, mode)) return code;
  const auto found = order(name);
  if (!found) return found.error();
  std::shared_ptr<const Code> code;
  if (mode == SessionMode::blind) {
    auto blind = BlindCode::make(*found, name.frozen, crc);
    if (!blind) return blind.error();
    code = std::make_shared<const Code>(describe(name.cell, std::move(*blind)));
  } else {
    auto spec =
        make_code(**found, name.sent - name.frozen, crc, crc.width > 0 ? CrcPlacement::external : CrcPlacement::none);
    if (!spec) return spec.error();
    code = std::make_shared<const Code>(describe(name.cell, std::move(*spec)));
  }
  if (code->name != name) {
    return Error{ErrorCode::malformed_input,
                 fmt::format("code {:016x}: the same parameters give {:016x} here", name.id, code->name.id)};
  }
  remember(code);
  return code;
}

Result<Codes::Plans> Codes::plans(const std::shared_ptr<const Code>& code, unsigned list_size) {
  const auto found =
      find_recent(plans_, [&](const Plans& entry) { return entry.code == code && entry.list_size == list_size; });
  if (found != plans_.end()) return *found;
  auto full = DecodePlan::make(code->spec, list_size);
  if (!full) return full.error();
  Plans made{.code = code, .list_size = list_size, .full = std::move(*full), .first = nullptr};
  if (list_size >= shortest_long_list) {
    auto first = DecodePlan::make(code->spec, list_size / 4);
    if (!first) return first.error();
    made.first = std::move(*first);
  }
  plans_.push_front(made);
  keep_bits(plans_, long_codes_kept, [](const Plans& kept) { return kept.code->spec.block_length(); });
  return made;
}

Result<std::unique_ptr<Corrector>> Codes::borrow(const std::shared_ptr<const Code>& code, unsigned list_size,
                                                 unsigned tag_bits) {
  Plans used;
  {
    const std::lock_guard lock(mutex_);
    const auto found = find_recent(waiting_, [&](const Waiting& entry) {
      return entry.code == code && entry.list_size == list_size && entry.tag_bits == tag_bits;
    });
    if (found != waiting_.end()) {
      auto corrector = std::move(found->corrector);
      waiting_.erase(found);
      return corrector;
    }
    auto known_plans = plans(code, list_size);
    if (!known_plans) return known_plans.error();
    used = std::move(*known_plans);
  }
  auto made = Corrector::make(used.full, tag_bits, used.first);
  if (!made) return made.error();
  return std::make_unique<Corrector>(std::move(*made));
}

void Codes::give_back(const std::shared_ptr<const Code>& code, unsigned list_size, unsigned tag_bits,
                      std::unique_ptr<Corrector> corrector) {
  const std::lock_guard lock(mutex_);
  waiting_.push_front({code, list_size, tag_bits, std::move(corrector)});
  keep(waiting_, decoders_);
}

/// The one that waits for the owner; else one that waits for nobody; else, if there are many, the one that waits
/// longest.
std::unique_ptr<BlindCorrector> Codes::waiting_blind(const std::shared_ptr<const Code>& code, unsigned list_size,
                                                     const void* owner) {
  const auto take = [&](auto matches) -> std::unique_ptr<BlindCorrector> {
    const auto found = std::find_if(blind_waiting_.begin(), blind_waiting_.end(), [&](const BlindWaiting& entry) {
      return entry.code == code && entry.list_size == list_size && matches(entry);
    });
    if (found == blind_waiting_.end()) return nullptr;
    auto corrector = std::move(found->corrector);
    blind_waiting_.erase(found);
    return corrector;
  };
  if (auto own = take([&](const BlindWaiting& entry) { return entry.owner == owner; })) return own;
  if (auto idle = take([](const BlindWaiting& entry) { return entry.owner == nullptr; })) return idle;
  if (blind_waiting_.size() < decoders_) return nullptr;
  blind_waiting_.reverse();
  auto oldest = take([](const BlindWaiting&) { return true; });
  blind_waiting_.reverse();
  return oldest;
}

Result<std::unique_ptr<BlindCorrector>> Codes::borrow_blind(const std::shared_ptr<const Code>& code, unsigned list_size,
                                                            const void* owner) {
  std::shared_ptr<const SegmentedPlan> plan;
  {
    const std::lock_guard lock(mutex_);
    if (auto corrector = waiting_blind(code, list_size, owner)) return corrector;
    const auto found = find_recent(
        blind_plans_, [&](const BlindPlan& entry) { return entry.code == code && entry.list_size == list_size; });
    if (found == blind_plans_.end()) {
      auto made = code->blind->plan(list_size);
      if (!made) return made.error();
      blind_plans_.push_front({code, list_size, std::move(*made)});
      keep_bits(blind_plans_, long_codes_kept, [](const BlindPlan& kept) { return kept.code->spec.block_length(); });
    }
    plan = blind_plans_.front().plan;
  }
  return std::make_unique<BlindCorrector>(std::move(plan));
}

void Codes::give_back_blind(const std::shared_ptr<const Code>& code, unsigned list_size, const void* owner,
                            std::unique_ptr<BlindCorrector> corrector) {
  const std::lock_guard lock(mutex_);
  blind_waiting_.push_front({code, list_size, owner, std::move(corrector)});
  keep(blind_waiting_, decoders_);
}

}  // namespace caligo::session

namespace caligo {

CodeBook::CodeBook(const std::optional<std::filesystem::path>& cache, std::size_t decoders)
    : codes_(std::make_unique<session::Codes>(cache, decoders)) {}
CodeBook::~CodeBook() = default;

}  // namespace caligo
