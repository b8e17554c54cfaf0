// SPDX-License-Identifier: Apache-2.0
/// Measures how many successive-cancellation errors a list survives: the data behind
/// src/reconcile/list_threshold_table.inc.
///
/// For every frame (random x, y = x ⊕ noise, from seed and frame number) it finds by bisection the first rung of a
/// ladder of nested codes at which decoding fails. A rung is a bound on the sum of SC bit error probabilities; rungs
/// differ by √2. Failures are taken as monotone along the ladder. Prints one CSV row per rung with 0 < failures <
/// frames.
///
/// With LARGEST_SUM the ladder ends there and every frame is tried on its last rung first: for rates far below 1/2.
///
/// usage: calibrate LOG2_LENGTH QBER LIST_SIZE FRAMES SEED [LARGEST_SUM]   (prints no header; see tools/calibrate.sh)

#include <fmt/format.h>
#include <caligo/construct.hpp>
#include <caligo/random.hpp>
#include <caligo/reconcile.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

using namespace caligo;

struct Rung {
  double sum = 0;               ///< of SC bit error probabilities
  std::size_t information = 0;  ///< size of the information set
};

std::vector<Rung> make_ladder(const ReliabilityOrder& order, double largest) {
  std::vector<Rung> ladder;
  double sum = 0;
  int step = -24;
  for (std::size_t count = 0; count < order.indices.size() && step <= 24; ++count) {
    const double next = sum + static_cast<double>(order.error_probability[order.indices[count]]);
    if (next > std::exp2(step / 2.0)) {
      if (sum > largest) break;
      if (count > 0) ladder.push_back({sum, count});
      while (next > std::exp2(step / 2.0)) ++step;
    }
    sum = next;
  }
  return ladder;
}

struct Point {
  unsigned n;
  double qber;
  unsigned list_size;
  std::uint64_t seed;
};

class Bisection {
 public:
  Bisection(const Point& point, const ReliabilityOrder& order, std::vector<Rung> ladder)
      : point_(point),
        order_(&order),
        ladder_(std::move(ladder)),
        crc_(parse_crc(point.list_size > 1 ? "crc16-ccitt" : "none").value()),
        failures_(ladder_.size(), 0) {}

  void search_from_the_end(const std::vector<std::uint64_t>& frames) {
    std::vector<std::uint64_t> good;
    std::vector<std::uint64_t> bad;
    decode(ladder_.back(), frames, good, bad);
    search(-1, static_cast<int>(ladder_.size()) - 1, bad);
  }
  /// Frames that are known to succeed at rung `passed` and to fail at rung `failed`.
  void search(int passed, int failed, const std::vector<std::uint64_t>& frames) {
    if (frames.empty()) return;
    if (failed - passed == 1) {
      for (auto i = static_cast<std::size_t>(failed); i < ladder_.size(); ++i) failures_[i] += frames.size();
      return;
    }
    const int middle = (passed + failed) / 2;
    std::vector<std::uint64_t> good;
    std::vector<std::uint64_t> bad;
    decode(ladder_[static_cast<std::size_t>(middle)], frames, good, bad);
    search(passed, middle, bad);
    search(middle, failed, good);
  }
  [[nodiscard]] const std::vector<std::size_t>& failures() const { return failures_; }
  [[nodiscard]] const std::vector<Rung>& ladder() const { return ladder_; }

 private:
  void decode(const Rung& rung, const std::vector<std::uint64_t>& frames, std::vector<std::uint64_t>& good,
              std::vector<std::uint64_t>& bad) const {
    const CodeSpec code =
        make_code(*order_, rung.information, crc_, crc_.width > 0 ? CrcPlacement::external : CrcPlacement::none)
            .value();
    auto alice = Discloser::make(code, 64).value();
    auto bob = Corrector::make(DecodePlan::make(code, point_.list_size).value(), 64).value();
    Disclosure disclosure;
    BitString x(code.sent_bits());
    BitString y(code.sent_bits());
    for (const std::uint64_t frame : frames) {
      CounterRandom random(point_.seed, frame);
      random.fill(x);
      random.fill_bernoulli(y, point_.qber);
      xor_into(y, x);
      alice.disclose(x, VerificationKey::simulated(point_.seed, frame), disclosure).value();
      (bob.correct(disclosure, y).value().verified ? good : bad).push_back(frame);
    }
  }
  Point point_;
  const ReliabilityOrder* order_;
  std::vector<Rung> ladder_;
  CrcSpec crc_;
  std::vector<std::size_t> failures_;
};

void measure(const Point& point, std::uint64_t frames, double largest) {
  const auto order = construct_order_cached(point.n, Bsc{point.qber}, ConstructionMethod::density_evolution).value();
  Bisection bisection(point, order, make_ladder(order, largest));
  std::vector<std::uint64_t> all(frames);
  for (std::uint64_t i = 0; i < frames; ++i) all[i] = i;
  if (std::isinf(largest)) {
    bisection.search(-1, static_cast<int>(bisection.ladder().size()), all);
  } else {
    bisection.search_from_the_end(all);
  }
  for (std::size_t i = 0; i < bisection.ladder().size(); ++i) {
    const std::size_t failures = bisection.failures()[i];
    if (failures == 0 || failures == frames) continue;
    const Rung& rung = bisection.ladder()[i];
    fmt::print("{},{},{},{},{},{:.6g},{},{}\n", point.n, point.qber, point.list_size, frames, point.seed, rung.sum,
               order.indices.size() - rung.information, failures);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6 || argc > 7) {
    std::fputs("usage: calibrate LOG2_LENGTH QBER LIST_SIZE FRAMES SEED [LARGEST_SUM]\n", stderr);
    return 2;
  }
  try {
    measure({static_cast<unsigned>(std::atoi(argv[1])), std::atof(argv[2]), static_cast<unsigned>(std::atoi(argv[3])),
             std::strtoull(argv[5], nullptr, 10)},
            std::strtoull(argv[4], nullptr, 10), argc == 7 ? std::atof(argv[6]) : INFINITY);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "calibrate: %s\n", error.what());
    return 1;
  }
  return 0;
}
