// SPDX-License-Identifier: Apache-2.0
// Measures soft output of one component decoder by several methods on the same frames. Prints CSV.
//   soft_quality N_LOG2 MESSAGE_BITS CRC LIST CHANNEL FRAMES SEED [quality|bits|blocks]
// quality: information of the extrinsic LLRs. bits: predicted against observed bit error rate. blocks: predicted
// against observed error rate of the decision. results/soft holds its output, docs/soft-output.md says what it shows.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <numbers>
#include <string>

#include "reference/soft_cancellation.hpp"
#include "soft_methods.hpp"

namespace {

using namespace caligo;

struct Calibration {
  double count = 0;
  double predicted = 0;
  double observed = 0;

  void add(double probability, bool error) {
    count += 1;
    predicted += probability;
    observed += error ? 1 : 0;
  }
};

/// Bins of one method: by ⌊log10⌋ of the predicted probability in steps of a half.
using Bins = std::map<int, Calibration>;

void add_to_bins(Bins& bins, double probability, bool error) {
  bins[static_cast<int>(std::floor(2 * std::log10(std::fmax(probability, 1e-8))))].add(probability, error);
}

struct Method {
  stats::SoftQuality extrinsic;
  stats::SoftQuality posterior;
  Bins bits;
};

class Experiment {
 public:
  Experiment(const CodeSpec& code, unsigned list_size, Channel channel)
      : encoder_(code),
        exact_(code, list_size, SoftArithmetic::exact),
        max_log_(code, list_size, SoftArithmetic::max_log),
        channel_(std::move(channel)) {
    reference::Bits frozen(code.block_length());
    for (std::size_t i = 0; i < frozen.size(); ++i) frozen[i] = code.frozen_mask()[i] ? 1 : 0;
    scan_ = std::make_unique<reference::SoftCancellation>(frozen);
  }

  void frame(std::uint64_t seed, std::uint64_t index) {
    const auto sent = stats::make_soft_frame(encoder_, channel_, seed, index);
    frame_ = &sent;
    const SoftInput input{sent.llr, {}, sent.frozen_values, {}};
    const auto verdict = exact_.decode(input);
    if (verdict.accepted) {
      add_to_bins(blocks_["so-scl"], verdict.error_probability, !equal(exact_.message(), sent.message));
      add_to_bins(blocks_["list only"], list_only_error(), !equal(exact_.message(), sent.message));
    }
    if (exact_.code().crc_placement() == CrcPlacement::none) {
      record("list only", stats::list_posterior(exact_, exact_.alive(), stats::nothing));
      record("so-scl", stats::list_posterior(exact_, exact_.alive(), exact_.log_unvisited()));
    } else {
      record_checksum_rules(verdict.accepted);
    }
    record_winner(verdict);
    const auto quick = max_log_.decode(input);
    record("so-scl max-log", stats::list_posterior(max_log_, quick.accepted ? max_log_.passing() : max_log_.alive(),
                                                   max_log_.log_unvisited() - share(quick.accepted)));
    record_scan(1);
    record_scan(4);
  }

  void print_quality(const char* prefix) const {
    for (const auto& [name, m] : methods_) {
      std::printf("%s,%s,%.5f,%.5f,%.5f,%.5f,%.3e\n", prefix, name.c_str(), m.extrinsic.information(),
                  m.extrinsic.information_at_face_value(), m.posterior.information(),
                  m.posterior.information_at_face_value(), m.posterior.error_rate());
    }
  }
  void print_bits(const char* prefix) const {
    for (const auto& [name, m] : methods_) print_bins(prefix, name, m.bits);
  }
  void print_blocks(const char* prefix) const {
    for (const auto& [name, bins] : blocks_) print_bins(prefix, name, bins);
  }

 private:
  /// What the CRC takes from the unvisited part, in nats.
  [[nodiscard]] double share(bool accepted) const {
    return accepted ? std::numbers::ln2 * exact_.code().crc().width : 0.0;
  }
  void record(const std::string& name, const std::vector<double>& posterior) {
    Method& m = methods_[name];
    for (std::size_t i = 0; i < posterior.size(); ++i) {
      const double sign = frame_->codeword[i] ? -1 : 1;
      const double right = sign * posterior[i];
      m.posterior.add(right);
      m.extrinsic.add(std::isinf(posterior[i]) ? right : right - sign * frame_->llr[i]);
      add_to_bins(m.bits, 1 / (1 + std::exp(std::fabs(posterior[i]))), right < 0);
    }
  }
  /// Copies the winner's signs. The size of the values is not the method's to give; the information does not need it.
  void record_winner(const SoftVerdict&) {
    std::vector<double> posterior(frame_->llr.size());
    for (std::size_t i = 0; i < posterior.size(); ++i) {
      posterior[i] = frame_->llr[i] + (exact_.codeword()[i] ? -4.0 : 4.0);
    }
    record("winner's signs", posterior);
  }
  /// With a CRC: which paths should count, if some pass and if none does?
  void record_checksum_rules(bool accepted) {
    const double all = exact_.log_unvisited();
    const auto everything = stats::list_posterior(exact_, exact_.alive(), all);
    const auto passing = stats::list_posterior(exact_, exact_.passing(), all - share(true));
    std::vector<double> silent(frame_->llr.begin(), frame_->llr.end());
    record("so-scl crc ignored", everything);
    record("so-scl passing; else all", accepted ? passing : everything);
    record("so-scl passing; else nothing", accepted ? passing : silent);
    record("list only passing; else all",
           stats::list_posterior(exact_, accepted ? exact_.passing() : exact_.alive(), stats::nothing));
  }
  void record_scan(unsigned iterations) {
    BitString coset(exact_.code().block_length());
    deposit_bits(frame_->frozen_values, exact_.code().disclosed_mask(), coset);
    polar_transform(coset);
    std::vector<double> llr(frame_->llr.begin(), frame_->llr.end());
    for (std::size_t i = 0; i < llr.size(); ++i) llr[i] = coset[i] ? -llr[i] : llr[i];
    auto posterior = scan_->extrinsic(llr, iterations);
    for (std::size_t i = 0; i < llr.size(); ++i) {
      posterior[i] = (coset[i] ? -posterior[i] : posterior[i]) + frame_->llr[i];
    }
    record("scan " + std::to_string(iterations), posterior);
  }
  [[nodiscard]] double list_only_error() const {
    double best = std::numeric_limits<double>::infinity();
    for (unsigned lane = 0; lane < exact_.list_size(); ++lane) {
      if ((exact_.passing() >> lane & 1U) != 0) best = std::min(best, exact_.metric(lane));
    }
    double total = 0;
    for (unsigned lane = 0; lane < exact_.list_size(); ++lane) {
      if ((exact_.passing() >> lane & 1U) != 0) total += std::exp(best - exact_.metric(lane));
    }
    return 1 - 1 / total;
  }
  static void print_bins(const char* prefix, const std::string& name, const Bins& bins) {
    for (const auto& [bin, c] : bins) {
      std::printf("%s,%s,%.2e,%.0f,%.4e,%.4e\n", prefix, name.c_str(), std::pow(10.0, bin / 2.0), c.count,
                  c.predicted / c.count, c.observed / c.count);
    }
  }

  Encoder encoder_;
  decode::SoftEngine exact_;
  decode::SoftEngine max_log_;
  Channel channel_;
  std::unique_ptr<reference::SoftCancellation> scan_;
  const stats::SoftFrame* frame_ = nullptr;
  std::map<std::string, Method> methods_;
  std::map<std::string, Bins> blocks_;
};

int run(char** argv, const std::string& what) {
  const auto number = [&](int i) { return std::strtoull(argv[i], nullptr, 10); };
  const auto n = static_cast<unsigned>(number(1));
  const auto parsed = parse_channel(argv[5]);
  const auto crc = parse_crc(argv[3]);
  if (n < 3 || n > 12 || !parsed || !crc || std::holds_alternative<Bec>(*parsed)) {
    std::fprintf(stderr, "soft_quality: N up to 2^12, a CRC's name, AWGN or BSC\n");
    return 2;
  }
  const Channel channel = resolve_rate(*parsed, static_cast<double>(number(2)) / std::ldexp(1.0, static_cast<int>(n)));
  const auto placement = crc->width == 0 ? CrcPlacement::none : CrcPlacement::embedded;
  const auto code =
      make_code(construct_order(n, channel, ConstructionMethod::automatic).value(), number(2), *crc, placement);
  if (!code || number(6) == 0) {
    std::fprintf(stderr, "soft_quality: %s\n", code ? "no frames" : code.error().message.c_str());
    return 2;
  }
  Experiment experiment(*code, static_cast<unsigned>(number(4)), channel);
  for (std::uint64_t i = 0; i < number(6); ++i) experiment.frame(number(7), i);
  std::string prefix = argv[1];
  for (int i = 2; i < 8; ++i) prefix += std::string(",") + argv[i];
  if (what == "bits") {
    experiment.print_bits(prefix.c_str());
  } else if (what == "blocks") {
    experiment.print_blocks(prefix.c_str());
  } else {
    experiment.print_quality(prefix.c_str());
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {  // NOLINT(bugprone-exception-escape): a tool for developers, run by hand
  if (argc < 8 || argc > 9) {
    std::fprintf(
        stderr,
        "usage: soft_quality N_LOG2 MESSAGE_BITS CRC LIST CHANNEL FRAMES SEED [quality|bits|blocks]\n"
        "columns: n,message_bits,crc,list,channel,frames,seed,method and then\n"
        "  quality: extrinsic_information,extrinsic_at_face_value,posterior_information,posterior_at_face_value,"
        "posterior_error_rate\n"
        "  bits, blocks: bin_from,count,predicted_error_rate,observed_error_rate\n");
    return 2;
  }
  return run(argv, argc == 9 ? argv[8] : "quality");
}
