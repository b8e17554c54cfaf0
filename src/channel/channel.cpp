// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/channel.hpp>

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

const std::array<Form, 4> forms{{
    {"bsc", 0, 0.5, true, "a crossover probability in [0, 0.5]", [](double v) -> Channel { return Bsc{v}; }},
    {"bec", 0, 1, true, "an erasure probability in [0, 1]", [](double v) -> Channel { return Bec{v}; }},
    {"awgn-sigma", 0, 1e6, false, "a standard deviation in (0, 1e6]", [](double v) -> Channel { return Awgn{v}; }},
    {"awgn-ebn0", -most_decibel, most_decibel, true, "Eb/N0 in dB in [-100, 100]",
     [](double v) -> Channel { return AwgnEbN0{v}; }},
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
  return Error{ErrorCode::invalid_argument,
               fmt::format("channel: expected bsc:Q, bec:E, awgn-sigma:S or awgn-ebn0:DB, got {}", quoted(text))};
}

std::string to_string(const Channel& channel) {
  struct Printer {
    std::string operator()(const Bsc& c) const { return fmt::format("bsc:{}", c.crossover); }
    std::string operator()(const Bec& c) const { return fmt::format("bec:{}", c.erasure); }
    std::string operator()(const Awgn& c) const { return fmt::format("awgn-sigma:{}", c.sigma); }
    std::string operator()(const AwgnEbN0& c) const { return fmt::format("awgn-ebn0:{}", c.decibel); }
  };
  return std::visit(Printer{}, channel);
}

Channel resolve_rate(const Channel& channel, double rate) {
  const auto* ebn0 = std::get_if<AwgnEbN0>(&channel);
  if (ebn0 == nullptr) return channel;
  return Awgn{1 / std::sqrt(2 * rate * std::pow(10.0, ebn0->decibel / 10))};
}

double binary_entropy(double p) noexcept {
  if (!(p > 0 && p < 1)) return 0;
  return -(p * std::log2(p) + (1 - p) * std::log1p(-p) / std::log(2.0));
}

}  // namespace caligo
