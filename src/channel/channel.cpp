// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/channel.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace caligo {
namespace {

/// One row per spelling: the table is the parser, the printer's vocabulary and the text of the errors.
struct Form {
  std::string_view kind;
  double low, high;
  bool low_included;
  std::string_view domain;
  Channel (*make)(double);
};

constexpr double most_decibel = 100;  // 10^(±10) in signal-to-noise ratio: sigma stays far from overflow

const std::array<Form, 5> forms{{
    {"bsc", 0, 0.5, true, "a crossover probability in [0, 0.5]", [](double v) -> Channel { return Bsc{v}; }},
    {"bec", 0, 1, true, "an erasure probability in [0, 1]", [](double v) -> Channel { return Bec{v}; }},
    {"awgn-sigma", 0, 1e6, false, "a standard deviation in (0, 1e6]", [](double v) -> Channel { return Awgn{v}; }},
    {"awgn-ebn0", -most_decibel, most_decibel, true, "Eb/N0 in dB in [-100, 100]",
     [](double v) -> Channel { return AwgnEbN0{v}; }},
    {"awgn-esn0", -most_decibel, most_decibel, true, "Es/N0 in dB in [-100, 100]",
     [](double v) -> Channel { return AwgnEsN0{v}; }},
}};

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value + 0.0;  // -0 becomes 0, so that equal channels print alike
}

/// Untrusted text quoted into an error: one line, short, printable.
std::string quoted(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 40)) out += c >= ' ' && c <= '~' ? c : '?';
  return fmt::format("\"{}{}\"", out, text.size() > 40 ? "..." : "");
}

}  // namespace

Result<Channel> parse_channel(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view kind = text.substr(0, colon);
  for (const Form& form : forms) {
    if (kind != form.kind || colon == std::string_view::npos) continue;
    const std::string_view number = text.substr(colon + 1);
    const std::optional<double> value = parse_number(number);
    // Written so that NaN fails.
    const bool inside = value && *value <= form.high && (form.low_included ? *value >= form.low : *value > form.low);
    if (!inside) {
      return Error{ErrorCode::invalid_argument,
                   fmt::format("channel {}: expected {}, got {}", form.kind, form.domain, quoted(number))};
    }
    return form.make(*value);
  }
  return Error{
      ErrorCode::invalid_argument,
      fmt::format("channel: expected bsc:Q, bec:E, awgn-sigma:S, awgn-ebn0:DB or awgn-esn0:DB, got {}", quoted(text))};
}

std::string to_string(const Channel& channel) {
  struct Printer {
    std::string operator()(const Bsc& c) const { return fmt::format("bsc:{}", c.crossover); }
    std::string operator()(const Bec& c) const { return fmt::format("bec:{}", c.erasure); }
    std::string operator()(const Awgn& c) const { return fmt::format("awgn-sigma:{}", c.sigma); }
    std::string operator()(const AwgnEbN0& c) const { return fmt::format("awgn-ebn0:{}", c.decibel); }
    std::string operator()(const AwgnEsN0& c) const { return fmt::format("awgn-esn0:{}", c.decibel); }
  };
  return std::visit(Printer{}, channel);
}

Result<std::vector<Channel>> parse_channels(std::string_view text) {
  constexpr double most_points = 1000;
  std::array<std::string_view, 4> part{};
  std::size_t parts = 0;
  for (std::string_view rest = text; parts < part.size(); rest.remove_prefix(part[parts++].size() + 1)) {
    part[parts] = rest.substr(0, rest.find(':'));
    if (part[parts].size() == rest.size()) {
      ++parts;
      break;
    }
  }
  const bool is_range = parts == part.size() && std::count(text.begin(), text.end(), ':') == 3;
  if (!is_range) {
    auto one = parse_channel(text);
    if (!one) return std::move(one).error();
    return std::vector{*one};
  }
  const auto first = parse_number(part[1]);
  const auto step = parse_number(part[2]);
  const auto last = parse_number(part[3]);
  const double steps = first && step && last ? (*last - *first) / *step : -1;
  if (!(steps >= 0 && steps < most_points)) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("channel {}: expected FIRST:STEP:LAST with at most {} points, got {}", part[0],
                             most_points, quoted(text.substr(part[0].size() + 1)))};
  }
  std::vector<Channel> channels;
  for (double i = 0; i <= steps + 1e-6; ++i) {
    const double value = std::nearbyint((*first + i * *step) * 1e9) / 1e9;
    auto one = parse_channel(fmt::format("{}:{}", part[0], value));
    if (!one) return std::move(one).error();
    channels.push_back(*one);
  }
  return channels;
}

Channel resolve_rate(const Channel& channel, double rate) {
  if (const auto* esn0 = std::get_if<AwgnEsN0>(&channel)) {
    return Awgn{1 / std::sqrt(2 * std::pow(10.0, esn0->decibel / 10))};
  }
  const auto* ebn0 = std::get_if<AwgnEbN0>(&channel);
  if (ebn0 == nullptr) return channel;
  return Awgn{1 / std::sqrt(2 * rate * std::pow(10.0, ebn0->decibel / 10))};
}

double binary_entropy(double p) noexcept {
  if (!(p > 0 && p < 1)) return 0;
  return -(p * std::log2(p) + (1 - p) * std::log1p(-p) / std::log(2.0));
}

}  // namespace caligo
