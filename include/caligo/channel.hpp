// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Typed noise. LLR = ln P(bit = 0)/P(bit = 1): positive means 0. BPSK sends 0 as +1.

#include <caligo/error.hpp>

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace caligo {

/// Binary symmetric channel: every bit flips with probability `crossover` in [0, 0.5].
struct Bsc {
  double crossover = 0;
  friend bool operator==(const Bsc&, const Bsc&) = default;
};
/// Binary erasure channel: every bit is lost with probability `erasure` in [0, 1].
struct Bec {
  double erasure = 0;
  friend bool operator==(const Bec&, const Bec&) = default;
};
/// BPSK in white Gaussian noise of standard deviation `sigma` > 0 (per real dimension, unit symbol energy).
struct Awgn {
  double sigma = 0;
  friend bool operator==(const Awgn&, const Awgn&) = default;
};
/// The same, given by Eb/N0 in dB. Eb counts message bits only: neither CRC nor frozen bits. sigma needs a code rate.
struct AwgnEbN0 {
  double decibel = 0;
  friend bool operator==(const AwgnEbN0&, const AwgnEbN0&) = default;
};
/// The same, given by Es/N0 in dB: sigma = 1/sqrt(2·10^(dB/10)), whatever the rate.
struct AwgnEsN0 {
  double decibel = 0;
  friend bool operator==(const AwgnEsN0&, const AwgnEsN0&) = default;
};

using Channel = std::variant<Bsc, Bec, Awgn, AwgnEbN0, AwgnEsN0>;

/// "bsc:0.02", "bec:0.3", "awgn-sigma:0.8" (at most 1e6), "awgn-ebn0:1.5", "awgn-esn0:-1" (within ±100 dB).
/// Errors: invalid_argument (names the forms and the domain).
Result<Channel> parse_channel(std::string_view text);
/// Also ranges, KIND:FIRST:STEP:LAST: "awgn-ebn0:1:0.5:3" gives 1, 1.5, 2, 2.5 and 3 dB. LAST is included if the steps
/// meet it; at most 1000 points. Values are rounded to nine decimals, so that 0.1 steps print as such. Errors: as
/// above.
Result<std::vector<Channel>> parse_channels(std::string_view text);
/// The inverse of parse_channel, with enough digits to parse back to the same value.
std::string to_string(const Channel& channel);
/// Replaces AwgnEbN0 by Awgn: sigma = 1/sqrt(2·R·10^(dB/10)), R = message_bits/block_length; AwgnEsN0 likewise, without
/// R. Others pass unchanged.
Channel resolve_rate(const Channel& channel, double rate);
/// h2(p) in bits; 0 at p = 0 and 1.
[[nodiscard]] double binary_entropy(double p) noexcept;

}  // namespace caligo
