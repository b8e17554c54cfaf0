// SPDX-License-Identifier: Apache-2.0
/// Would a polar first pass pay whose failures Cascade repairs? Decodes blocks with a plain list at several first
/// disclosures, and prints how many failed, the error rate of the failed words against x, and what both would disclose
/// together if Cascade then ran on those words at f = 1.036.
///
/// usage: polar_then_cascade LOG2_LENGTH QBER LIST_SIZE FRAMES F...

#include <fmt/format.h>
#include <caligo/caligo.hpp>

#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

using namespace caligo;

struct Point {
  unsigned n;
  double qber;
  unsigned list_size;
  unsigned frames;
};

void measure(const Point& point, const ReliabilityOrder& order, double efficiency) {
  constexpr double cascade = 1.036;
  const std::size_t length = order.indices.size();
  const double entropy = binary_entropy(point.qber);
  const auto disclosed = static_cast<std::size_t>(efficiency * static_cast<double>(length) * entropy);
  const CodeSpec code =
      make_code(order, length - disclosed, parse_crc("crc16-ccitt").value(), CrcPlacement::external).value();
  auto alice = Discloser::make(code, 64).value();
  auto bob = Corrector::make(DecodePlan::make(code, point.list_size).value(), 64).value();
  Disclosure disclosure;
  unsigned failed = 0;
  double residual = 0;
  double more = 0;
  BitString x(length);
  BitString y(length);
  for (unsigned frame = 0; frame < point.frames; ++frame) {
    CounterRandom random(99, frame);
    random.fill(x);
    random.fill_bernoulli(y, point.qber);
    xor_into(y, x);
    alice.disclose(x, VerificationKey::simulated(1, frame), disclosure).value();
    if (bob.correct(disclosure, y).value().verified) continue;
    ++failed;
    const double rate = static_cast<double>(hamming_distance(bob.corrected(), x)) / static_cast<double>(length);
    residual += rate;
    more += cascade * binary_entropy(rate) / entropy;
  }
  fmt::print("first f {:.3f}: {} of {} failed, error rate of failed words {:.4f}, together f = {:.4f}\n", efficiency,
             failed, point.frames, failed > 0 ? residual / failed : 0.0, efficiency + more / point.frames);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) {
    std::fputs("usage: polar_then_cascade LOG2_LENGTH QBER LIST_SIZE FRAMES F...\n", stderr);
    return 2;
  }
  try {
    const Point point{static_cast<unsigned>(std::atoi(argv[1])), std::atof(argv[2]),
                      static_cast<unsigned>(std::atoi(argv[3])), static_cast<unsigned>(std::atoi(argv[4]))};
    const auto order = construct_order_cached(point.n, Bsc{point.qber}, ConstructionMethod::density_evolution).value();
    for (int i = 5; i < argc; ++i) measure(point, order, std::atof(argv[i]));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "polar_then_cascade: %s\n", error.what());
    return 1;
  }
  return 0;
}
