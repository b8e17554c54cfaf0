// SPDX-License-Identifier: Apache-2.0
// Measures interactive reconciliation and prints CSV: efficiency, failures, rounds, messages, speed.
//
// usage: cascade_table BITS QBER[,QBER...] [option=value ...]
//   group=BITS   bits per group (default 4194304)
//   seed=S       of the keys (default 1)
//   qber=Q       the estimate the parameters are chosen for (default: the true rate)
//   breadth, block, first, second, subsets, retry, unit: parameters instead of the chosen ones (lengths as log2)
#include <caligo/cascade.hpp>
#include <caligo/channel.hpp>
#include <caligo/random.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <map>
#include <string>

namespace {

using namespace caligo;

double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

using Options = std::map<std::string, double>;

double option(const Options& options, const std::string& name, double otherwise) {
  const auto found = options.find(name);
  return found == options.end() ? otherwise : found->second;
}

CascadeParameters parameters_from(const Options& options, double qber, std::size_t group) {
  CascadeParameters p = choose_cascade(option(options, "qber", qber), group);
  const auto set = [&](const char* name, unsigned& value) {
    value = static_cast<unsigned>(option(options, name, value));
  };
  set("block", p.log2_block);
  set("first", p.log2_first);
  set("second", p.log2_second);
  set("subsets", p.subsets);
  set("retry", p.retry_subsets);
  set("breadth", p.breadth);
  p.unit_blocks = std::max(1U, (1U << 20) >> p.log2_block);
  set("unit", p.unit_blocks);
  return p;
}

struct Sum {
  BlockReport report;
  GroupDetails details;
  double seconds = 0;
  unsigned most_rounds = 0;
};

Sum measure(std::size_t bits, double qber, const Options& options) {
  const auto group = static_cast<std::size_t>(option(options, "group", 1 << 22));
  const auto seed = static_cast<std::uint64_t>(option(options, "seed", 1));
  InteractiveSettings settings;
  settings.simulated_keys = seed;
  settings.parameters = parameters_from(options, qber, group);
  InteractiveReconciler reconciler(settings);
  Sum sum;
  sum.report.units = 0;
  BitString x;
  BitString y;
  for (std::size_t done = 0; done < bits;) {
    const std::size_t next = std::min(group, bits - done);
    if (x.size() != next) {
      x = BitString(next);
      y = BitString(next);
    }
    CounterRandom random(seed, done);
    random.fill(x);
    random.fill_bernoulli(y, qber);
    xor_into(y, x);
    const double start = thread_seconds();
    const BlockReport report = reconciler.reconcile(x, y, x.size(), {}).value();
    sum.seconds += thread_seconds() - start;
    sum.report.bits += report.bits;
    sum.report.errors += report.errors;
    sum.report.undetected += report.undetected;
    sum.report.units += report.units;
    sum.report.failed_units += report.failed_units;
    sum.details.retried_units += reconciler.details().retried_units;
    sum.details.traffic += reconciler.details().traffic;
    sum.most_rounds = std::max(sum.most_rounds, report.rounds);
    done += next;
  }
  return sum;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: cascade_table BITS QBER[,QBER...] [option=value ...]\n");
    return 2;
  }
  Options options;
  for (int i = 3; i < argc; ++i) {
    const std::string text = argv[i];
    const std::size_t equals = text.find('=');
    if (equals != std::string::npos) options[text.substr(0, equals)] = std::strtod(text.c_str() + equals + 1, nullptr);
  }
  const auto bits = static_cast<std::size_t>(std::strtoull(argv[1], nullptr, 0));
  std::printf(
      "qber,bits,log2_block,log2_first,log2_second,subsets,breadth,efficiency,units,failed_units,retried_units,"
      "undetected,rounds,messages_per_mbit,bob_bits_per_bit,mbps\n");
  const std::string list = argv[2];
  for (std::size_t at = 0; at < list.size();
       at = list.find(',', at) == std::string::npos ? list.size() : list.find(',', at) + 1) {
    const double qber = std::strtod(list.c_str() + at, nullptr);
    const auto p = parameters_from(options, qber, static_cast<std::size_t>(option(options, "group", 1 << 22)));
    const Sum sum = measure(bits, qber, options);
    const BlockReport& r = sum.report;
    const CascadeTraffic& traffic = sum.details.traffic;
    const auto n = static_cast<double>(r.bits);
    const double measured = static_cast<double>(r.errors) / n;
    std::printf("%.5f,%zu,%u,%u,%u,%u,%u,%.4f,%zu,%zu,%zu,%zu,%u,%.2f,%.4f,%.1f\n", measured, r.bits, p.log2_block,
                p.log2_first, p.log2_second, p.subsets, p.breadth,
                static_cast<double>(traffic.leaked()) / (n * binary_entropy(measured)), r.units, r.failed_units,
                sum.details.retried_units, r.undetected, sum.most_rounds,
                static_cast<double>(traffic.messages) / (n / 1e6),
                static_cast<double>(traffic.mismatches + traffic.verdicts) / n, n / sum.seconds / 1e6);
    std::fflush(stdout);
  }
}
