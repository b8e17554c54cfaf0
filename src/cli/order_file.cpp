// SPDX-License-Identifier: Apache-2.0
#include "cli/order_file.hpp"

#include <fmt/format.h>

#include <iterator>

#include "base/file.hpp"

namespace caligo::cli {

namespace {

/// 2^24 indices of at most eight digits and a separator.
constexpr std::uint64_t max_bytes = std::uint64_t{256} << 20U;

struct Header {
  const char* kind;
  double parameter;
};

Header header_of(const Channel& channel) {
  if (const auto* bsc = std::get_if<Bsc>(&channel)) return {"bsc", bsc->crossover};
  if (const auto* bec = std::get_if<Bec>(&channel)) return {"bec", bec->erasure};
  if (const auto* awgn = std::get_if<Awgn>(&channel)) return {"awgn", awgn->sigma};
  return {nullptr, 0};
}

}  // namespace

Result<ReliabilityOrder> load_order(const std::string& path, std::size_t shortened) {
  auto text = base::read_file(path, max_bytes);
  if (!text) return std::move(text).error();
  auto order = parse_order(*text, path);
  if (!order || shortened == 0) return order;
  const std::size_t length = std::size_t{1} << order->n;
  if (shortened >= length) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("--shorten: expected less than the block length {}, got {}", length, shortened)};
  }
  std::erase_if(order->indices, [&](std::uint32_t index) { return index >= length - shortened; });
  order->shortened = shortened;
  return order;
}

Result<std::string> format_order(const ReliabilityOrder& order) {
  if (order.shortened != 0) return Error{ErrorCode::invalid_argument, "the form has no place for shortening"};
  Header header{nullptr, 0};
  if (auto channel = parse_channel(order.provenance.channel); channel) header = header_of(*channel);
  if (header.kind == nullptr) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("the form needs a channel, which the method {} has not", order.provenance.method)};
  }
  std::string text = fmt::format("{}\n{}\n{}\n", std::size_t{1} << order.n, header.kind, header.parameter);
  for (std::size_t i = 0; i < order.indices.size(); ++i) {
    fmt::format_to(std::back_inserter(text), "{}{}", order.indices[i], i + 1 == order.indices.size() ? '\n' : ' ');
  }
  return text;
}

}  // namespace caligo::cli
