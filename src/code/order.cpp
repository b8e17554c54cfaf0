// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/construct.hpp>

#include <algorithm>
#include <bit>
#include <charconv>
#include <utility>

#include "code/ranking.hpp"

namespace caligo {

std::vector<std::uint32_t> code::sorted_positions(const std::vector<double>& unreliability, std::size_t sent) {
  struct Entry {
    double unreliability;
    std::uint32_t position;
  };
  std::vector<Entry> entries(sent);
  for (std::size_t i = 0; i < sent; ++i) entries[i] = {unreliability[i], static_cast<std::uint32_t>(i)};
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return a.unreliability != b.unreliability ? a.unreliability < b.unreliability : a.position > b.position;
  });
  std::vector<std::uint32_t> positions(sent);
  std::transform(entries.begin(), entries.end(), positions.begin(), [](const Entry& e) { return e.position; });
  return positions;
}

namespace {

/// Items of a text between white space, with their byte offsets.
class Scanner {
 public:
  Scanner(std::string_view text, const std::string& source) : text_(text), source_(source) { next(); }

  [[nodiscard]] std::string_view item() const { return text_.substr(begin_, end_ - begin_); }
  [[nodiscard]] bool at_end() const { return begin_ == text_.size(); }
  void next() {
    const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
    begin_ = end_;
    while (begin_ < text_.size() && is_space(text_[begin_])) ++begin_;
    end_ = begin_;
    while (end_ < text_.size() && !is_space(text_[end_])) ++end_;
  }

  /// The item as a number of at most `high`, and on to the next one.
  Result<std::uint32_t> number(std::uint32_t high, std::string_view what) {
    std::uint32_t value = 0;
    const auto [stop, failure] = std::from_chars(text_.data() + begin_, text_.data() + end_, value);
    if (at_end() || failure != std::errc{} || stop != text_.data() + end_ || value > high) {
      return expected(fmt::format("{} from 0 to {}", what, high));
    }
    next();
    return value;
  }

  [[nodiscard]] Error expected(std::string_view what) const {
    std::string shown;
    for (const char c : item().substr(0, 20)) shown += c >= ' ' && c <= '~' ? c : '?';
    return Error{ErrorCode::malformed_input,
                 fmt::format("{}: byte {}: expected {}, got {}", source_, begin_, what,
                             at_end() ? "the end of the text" : fmt::format("\"{}\"", shown))};
  }

 private:
  std::string_view text_;
  const std::string& source_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

/// The second and third header line, for example "awgn" and "0.794".
Result<Channel> read_channel(Scanner& scanner) {
  std::string kind(scanner.item());
  for (char& c : kind) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  if (kind != "awgn" && kind != "bsc" && kind != "bec") return scanner.expected("a channel: awgn, bsc or bec");
  scanner.next();
  if (kind == "awgn") kind = "awgn-sigma";
  Result<Channel> channel = parse_channel(kind + ":" + std::string(scanner.item()));
  if (!channel) return scanner.expected(fmt::format("the parameter of the channel {}", kind));
  scanner.next();
  return channel;
}

Result<std::vector<std::uint32_t>> read_permutation(Scanner& scanner, std::uint32_t length, std::size_t text_size) {
  std::vector<std::uint32_t> indices;
  // A header may promise more than the text holds: an index takes two bytes, so this is bounded by the input.
  indices.reserve(std::min<std::size_t>(length, text_size / 2 + 1));
  std::vector<bool> seen(length);
  while (indices.size() < length) {
    const Scanner before = scanner;
    const Result<std::uint32_t> index = scanner.number(length - 1, fmt::format("index {}", indices.size()));
    if (!index) return index.error();
    if (seen[*index]) return before.expected("an index that did not occur before");
    seen[*index] = true;
    indices.push_back(*index);
  }
  if (!scanner.at_end()) return scanner.expected(fmt::format("nothing after {} indices", length));
  return indices;
}

}  // namespace

Result<ReliabilityOrder> parse_order(std::string_view text, const std::string& source) {
  constexpr std::uint32_t max_length = 1U << CodeSpec::max_log2_length;
  Scanner scanner(text, source);
  const Scanner start = scanner;
  const Result<std::uint32_t> length = scanner.number(max_length, "the block length");
  if (!length) return length.error();
  if (!std::has_single_bit(*length) || *length < (1U << CodeSpec::min_log2_length)) {
    return start.expected(fmt::format("a block length that is a power of two from {} to {}",
                                      1U << CodeSpec::min_log2_length, max_length));
  }
  const Result<Channel> channel = read_channel(scanner);
  if (!channel) return channel.error();
  Result<std::vector<std::uint32_t>> indices = read_permutation(scanner, *length, text.size());
  if (!indices) return std::move(indices).error();
  ReliabilityOrder order;
  order.n = static_cast<unsigned>(std::countr_zero(*length));
  order.indices = *std::move(indices);
  order.provenance = {"imported", to_string(*channel)};
  return order;
}

}  // namespace caligo
