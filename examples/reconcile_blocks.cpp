// SPDX-License-Identifier: Apache-2.0
// Reconciliation of a stream of blocks. The error rate is not known beforehand: a sample is compared openly first, then
// each verified block tells how many errors it had, and the codes follow.
#include <caligo/caligo.hpp>

#include <iostream>

namespace {

constexpr std::size_t block_bits = 65536;
constexpr std::size_t sample_bits = 20000;
constexpr std::uint64_t blocks = 8;
constexpr std::uint64_t seed = 1;
constexpr double crossover = 0.03;

/// Two copies of a random string, of which the second went through the channel.
struct Pair {
  caligo::BitString alice;
  caligo::BitString bob;
};

Pair sift(std::size_t bits, std::uint64_t stream) {
  Pair pair{.alice = caligo::BitString(bits), .bob = caligo::BitString(bits)};
  caligo::CounterRandom random(seed, stream);
  random.fill(pair.alice);
  random.fill_bernoulli(pair.bob, crossover);
  caligo::xor_into(pair.bob, pair.alice);
  return pair;
}

int reconcile() {
  caligo::OneWaySettings settings;
  settings.crc = caligo::parse_crc("crc16-ccitt").value();
  caligo::OneWayReconciler reconciler(settings);

  const Pair sample = sift(sample_bits, blocks);
  reconciler.observe_sample(sample_bits, caligo::hamming_distance(sample.alice, sample.bob));

  std::uint64_t undetected = 0;
  for (std::uint64_t i = 0; i < blocks; ++i) {
    const Pair pair = sift(block_bits, i);
    const auto key = caligo::VerificationKey::fresh().value();
    const caligo::BlockReport report = reconciler.reconcile(pair.alice, pair.bob, block_bits, key).value();
    undetected += report.undetected;
    const double limit = static_cast<double>(report.bits) * caligo::binary_entropy(crossover);
    std::cout << "block " << i << ": " << report.errors << " errors, " << report.leaked.total()
              << " bits disclosed, f = " << static_cast<double>(report.leaked.total()) / limit
              << (report.verified ? "" : ", failed") << '\n';
  }
  std::cout << "disclosed in all, sample included: " << reconciler.leaked().total()
            << " bits; different keys go unnoticed with a probability below " << reconciler.epsilon() << '\n';
  return undetected == 0 ? 0 : 1;
}

}  // namespace

int main() {
  try {
    return reconcile();
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
