// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/construct.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include "code/ranking.hpp"
#include "code/request.hpp"

namespace caligo {
namespace {

constexpr std::array<std::pair<ConstructionMethod, std::string_view>, 6> methods{{
    {ConstructionMethod::automatic, "automatic"},
    {ConstructionMethod::density_evolution, "density-evolution"},
    {ConstructionMethod::gaussian_approximation, "gaussian-approximation"},
    {ConstructionMethod::bhattacharyya, "bhattacharyya"},
    {ConstructionMethod::polarization_weight, "polarization-weight"},
    {ConstructionMethod::nr5g, "nr5g"},
}};

Error invalid(std::string message) { return Error{ErrorCode::invalid_argument, std::move(message)}; }

bool needs_channel(ConstructionMethod method) {
  return method != ConstructionMethod::polarization_weight && method != ConstructionMethod::nr5g;
}

ConstructionMethod choose_method(const Channel& channel) {
  if (std::holds_alternative<Bsc>(channel)) return ConstructionMethod::density_evolution;
  if (std::holds_alternative<Bec>(channel)) return ConstructionMethod::bhattacharyya;
  return ConstructionMethod::gaussian_approximation;
}

Result<void> check_channel(const Channel& channel, ConstructionMethod method) {
  if (std::holds_alternative<AwgnEbN0>(channel) || std::holds_alternative<AwgnEsN0>(channel)) {
    return invalid(fmt::format("channel {}: a construction needs sigma; resolve_rate() gives it for a code rate",
                               to_string(channel)));
  }
  if (const auto domain = parse_channel(to_string(channel)); !domain) return domain.error();
  if (method == ConstructionMethod::gaussian_approximation && !std::holds_alternative<Awgn>(channel)) {
    return invalid(fmt::format("gaussian-approximation is for awgn-sigma channels, got {}", to_string(channel)));
  }
  return {};
}

code::Ranking rank(const code::Request& request) {
  const unsigned n = request.n;
  const std::size_t sent = (std::size_t{1} << n) - request.shortened;
  switch (request.method) {
    case ConstructionMethod::density_evolution:
      return code::density_evolution(n, request.channel, sent);
    case ConstructionMethod::gaussian_approximation:
      return code::gaussian_approximation(n, std::get<Awgn>(request.channel), sent);
    case ConstructionMethod::nr5g:
      return code::nr5g(n);
    case ConstructionMethod::polarization_weight:
      return code::polarization_weight(n);
    case ConstructionMethod::bhattacharyya:
    case ConstructionMethod::automatic:
      break;
  }
  return code::bhattacharyya(n, request.channel, sent);
}

}  // namespace

Result<ConstructionMethod> parse_method(std::string_view name) {
  if (name == "auto") return ConstructionMethod::automatic;
  std::string names;
  for (const auto& [method, known] : methods) {
    if (name == known) return method;
    names += fmt::format("{}{}", names.empty() ? "" : ", ", known);
  }
  std::string shown;
  for (const char c : name.substr(0, 40)) shown += c >= ' ' && c <= '~' ? c : '?';
  return invalid(fmt::format("construction method: expected one of {}, got \"{}\"", names, shown));
}

std::string to_string(ConstructionMethod method) {
  for (const auto& [known, name] : methods) {
    if (method == known) return std::string(name);
  }
  return {};
}

Result<code::Request> code::Request::make(unsigned n, const Channel& channel, ConstructionMethod method,
                                          std::size_t shortened) {
  if (n < CodeSpec::min_log2_length || n > CodeSpec::max_log2_length) {
    return invalid(fmt::format("log2 of the block length: expected {} to {}, got {}", CodeSpec::min_log2_length,
                               CodeSpec::max_log2_length, n));
  }
  if (shortened >= (std::size_t{1} << n)) {
    return invalid(fmt::format("shortened bits: expected fewer than 2^{}, got {}", n, shortened));
  }
  if (method == ConstructionMethod::automatic) method = choose_method(channel);
  if (method == ConstructionMethod::nr5g && n > 10) {
    return Error{ErrorCode::unsupported, fmt::format("nr5g defines block lengths to 2^10, got 2^{}", n)};
  }
  if (needs_channel(method)) {
    if (const Result<void> check = check_channel(channel, method); !check) return check.error();
  }
  return Request{n, shortened, method, channel};
}

Provenance code::Request::provenance() const {
  return {to_string(method), needs_channel(method) ? to_string(channel) : ""};
}

ReliabilityOrder code::Request::compute() const {
  Ranking ranking = rank(*this);
  const std::size_t sent = (std::size_t{1} << n) - shortened;
  ReliabilityOrder order{n, shortened, sorted_positions(ranking.unreliability, sent), {}, provenance()};
  order.error_probability = std::move(ranking.error_probability);
  // What is known beforehand cannot be wrong.
  if (!order.error_probability.empty()) {
    std::fill(order.error_probability.begin() + static_cast<std::ptrdiff_t>(sent), order.error_probability.end(), 0.0F);
  }
  return order;
}

Result<ReliabilityOrder> construct_order(unsigned n, const Channel& channel, ConstructionMethod method,
                                         std::size_t shortened) {
  const Result<code::Request> request = code::Request::make(n, channel, method, shortened);
  if (!request) return request.error();
  return request->compute();
}

Result<CodeSpec> make_code(const ReliabilityOrder& order, std::size_t message_bits, const CrcSpec& crc,
                           CrcPlacement placement) {
  if (order.n < CodeSpec::min_log2_length || order.n > CodeSpec::max_log2_length ||
      order.shortened >= (std::size_t{1} << order.n)) {
    return invalid(fmt::format("order: 2^{} positions, {} of them shortened, is no code", order.n, order.shortened));
  }
  const std::size_t length = std::size_t{1} << order.n;
  const std::size_t sent = length - order.shortened;
  const std::size_t overhead = placement == CrcPlacement::embedded ? crc.width : 0;
  const std::size_t available = std::min(sent, order.indices.size());
  const std::size_t largest = available > overhead ? available - overhead : 0;
  if (message_bits < 1 || message_bits > largest) {
    return invalid(fmt::format("message bits: expected 1 to {} ({} positions less {} CRC bits), got {}", largest,
                               available, overhead, message_bits));
  }
  BitString frozen(length);
  for (std::size_t i = 0; i < length; ++i) frozen.set(i, true);
  for (std::size_t i = 0; i < message_bits + overhead; ++i) {
    const std::uint32_t index = order.indices[i];
    if (index >= sent || !frozen[index]) {
      return invalid(fmt::format("order: index {} at place {} is repeated or not below {}", index, i, sent));
    }
    frozen.set(index, false);
  }
  return CodeSpec::make(std::move(frozen), crc, placement, order.shortened, order.provenance);
}

}  // namespace caligo
