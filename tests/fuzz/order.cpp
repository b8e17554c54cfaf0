// SPDX-License-Identifier: Apache-2.0
// Order files from outside: refused with the place of the fault, or read as the permutation that they hold.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <caligo/construct.hpp>

#include <algorithm>
#include <array>
#include <numeric>

#include "tests/fuzz/targets.hpp"
#include "tests/fuzz/text.hpp"

namespace caligo::fuzz {
namespace {

const std::string source = "order.txt";

void require_permutation(const ReliabilityOrder& order) {
  require(order.n >= CodeSpec::min_log2_length && order.n <= CodeSpec::max_log2_length, "n is out of range");
  require(order.indices.size() == std::size_t{1} << order.n, "the order has another length than 2^n");
  std::vector<std::uint32_t> sorted = order.indices;
  std::ranges::sort(sorted);
  for (std::size_t i = 0; i < sorted.size(); ++i) require(sorted[i] == i, "the order is no permutation");
}

std::string to_text(const ReliabilityOrder& order, std::string_view channel, std::string_view parameter) {
  return fmt::format("{}\n{}\n{}\n{}\n", order.indices.size(), channel, parameter, fmt::join(order.indices, " "));
}

/// The provenance is the channel as text, "awgn-sigma:0.8".
ReliabilityOrder rewritten(const ReliabilityOrder& order) {
  std::string channel = order.provenance.channel;
  const std::size_t colon = channel.find(':');
  require(colon != std::string::npos, "the provenance is no channel");
  const std::string parameter = channel.substr(colon + 1);
  channel.resize(std::min(channel.find('-'), colon));
  const auto again = parse_order(to_text(order, channel, parameter), source);
  require(again.has_value(), "an accepted order was refused when written again");
  return *again;
}

void read_text(const std::string& text) {
  const auto order = parse_order(text, source);
  if (!order) {
    require_proper(order.error(), source);
    return require_offset(order.error().message, source + ": byte ", text.size());
  }
  require_permutation(*order);
  const ReliabilityOrder again = rewritten(*order);
  require(again.indices == order->indices && again.provenance == order->provenance, "writing again changes the order");
  const std::size_t largest = order->indices.size();
  require(make_code(*order, largest, {}, CrcPlacement::none).has_value(), "the order makes no code of rate 1");
  require(!make_code(*order, largest + 1, {}, CrcPlacement::none), "the order makes a code of rate above 1");
}

}  // namespace

void order(Bytes bytes) {
  if (!is_description(bytes)) return read_text(std::string(as_text(bytes)));
  Input input(bytes);
  ReliabilityOrder made;
  made.n = 3 + static_cast<unsigned>(input.below(5));
  made.indices.resize(std::size_t{1} << made.n);
  std::iota(made.indices.begin(), made.indices.end(), 0U);
  for (std::size_t i = made.indices.size(); i > 1; --i) {
    std::swap(made.indices[i - 1], made.indices[input.random().below(i)]);
  }
  constexpr std::array channels{"awgn", "bsc", "bec"};
  const std::string parameter = fmt::format("{}", static_cast<double>(1 + input.below(255)) / 512.0);
  std::string text = to_text(made, channels[input.below(channels.size())], parameter);
  if (!damage(input, text)) {
    const auto again = parse_order(text, source);
    require(again.has_value() && again->indices == made.indices, "a valid order was refused or misread");
  }
  read_text(text);
}

}  // namespace caligo::fuzz
