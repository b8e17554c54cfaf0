// SPDX-License-Identifier: Apache-2.0
// Turbo decoding of a product code (rows and columns are words of one polar code) with soft output by several methods
// on the same frames. Prints CSV.
//   soft_product N_LOG2 K LIST EBN0_DB FRAMES SEED [ITERATIONS]
// Baseline: Pyndiah, "Near-optimum decoding of product codes: block turbo codes", IEEE Trans. Commun. 46(8), 1998, with
// the list of an SCL decoder in place of Chase's, and his schedules of alpha and beta.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "reference/soft_cancellation.hpp"
#include "soft_methods.hpp"

namespace {

using namespace caligo;

using Matrix = std::vector<float>;  // S·S values, row by row

enum class Method { winner, pyndiah, so_scl, so_scl_max_log, scan };
constexpr std::array<const char*, 5> names = {"winner's signs", "pyndiah", "so-scl", "so-scl max-log", "scan"};

/// By half iteration. Alpha scales what the other dimension said, beta times the mean |LLR| stands for values that the
/// list cannot tell.
constexpr std::array<float, 8> alpha = {0.0F, 0.2F, 0.3F, 0.5F, 0.7F, 0.9F, 1.0F, 1.0F};
constexpr std::array<float, 8> beta = {0.2F, 0.4F, 0.6F, 0.8F, 1.0F, 1.0F, 1.0F, 1.0F};

class ProductCode {
 public:
  ProductCode(const CodeSpec& component, unsigned list_size)
      : size_(component.block_length()),
        exact_(component, list_size, SoftArithmetic::exact),
        max_log_(component, list_size, SoftArithmetic::max_log),
        scan_(frozen_set(component)) {}

  /// A random word: random bits where row and column are both information positions, transformed in both dimensions.
  [[nodiscard]] std::vector<std::uint8_t> random_word(CounterRandom& random) const {
    const BitView information = exact_.code().information_mask();
    std::vector<std::uint8_t> word(size_ * size_, 0);
    for (std::size_t k = 0; k < word.size(); ++k) {
      const bool free = information[k / size_] && information[k % size_];
      word[k] = free ? static_cast<std::uint8_t>(random.next() & 1U) : 0;
    }
    for (std::size_t half = 1; half < word.size(); half *= 2) {  // the transform of S·S positions does both at once
      for (std::size_t k = 0; k < word.size(); ++k) {
        if ((k & half) == 0) word[k] ^= word[k + half];
      }
    }
    return word;
  }

  /// The number of wrong bits after each full iteration.
  std::vector<std::size_t> decode(Method method, const Matrix& channel, const std::vector<std::uint8_t>& word,
                                  unsigned iterations) {
    double mean = 0;
    for (const float llr : channel) mean += std::fabs(llr);
    mean_ = static_cast<float>(mean / static_cast<double>(channel.size()));
    Matrix prior(channel.size(), 0.0F);
    Matrix extrinsic(channel.size());
    std::vector<std::size_t> wrong;
    for (unsigned half = 0; half < 2 * iterations; ++half) {
      const bool scheduled = method == Method::winner || method == Method::pyndiah;
      const std::size_t step = std::min<std::size_t>(half, alpha.size() - 1);
      for (auto& v : prior) v *= scheduled ? alpha[step] : damping;
      for (std::size_t line = 0; line < size_; ++line) {
        decode_line(method, channel, prior, extrinsic, half % 2 == 0, line, beta[step] * mean_);
      }
      if (half % 2 == 1) {
        std::size_t errors = 0;
        for (std::size_t k = 0; k < word.size(); ++k) {
          errors += (channel[k] + prior[k] + extrinsic[k] < 0) != (word[k] != 0) ? 1U : 0U;
        }
        wrong.push_back(errors);
      }
      prior = extrinsic;
    }
    return wrong;
  }

 private:
  /// Both dimensions see the same channel values; a little less than full trust keeps their echoes apart.
  static constexpr float damping = 0.75F;

  static reference::Bits frozen_set(const CodeSpec& code) {
    reference::Bits frozen(code.block_length());
    for (std::size_t i = 0; i < frozen.size(); ++i) frozen[i] = code.frozen_mask()[i] ? 1 : 0;
    return frozen;
  }

  void decode_line(Method method, const Matrix& channel, const Matrix& prior, Matrix& extrinsic, bool row,
                   std::size_t line, float fallback) {
    const auto at = [&](std::size_t i) { return row ? line * size_ + i : i * size_ + line; };
    std::vector<float> llr(size_);
    std::vector<float> known(size_);
    std::vector<float> out(size_);
    for (std::size_t i = 0; i < size_; ++i) {
      llr[i] = channel[at(i)];
      known[i] = prior[at(i)];
    }
    const SoftInput input{llr, known, {}, {}};
    if (method == Method::scan) {
      std::vector<double> sum(size_);
      for (std::size_t i = 0; i < size_; ++i) sum[i] = llr[i] + known[i];
      const auto result = scan_.extrinsic(sum, 1);
      for (std::size_t i = 0; i < size_; ++i) out[i] = static_cast<float>(result[i]);
    } else {
      auto& engine = method == Method::so_scl ? exact_ : max_log_;
      (void)engine.decode(input);
      if (method == Method::pyndiah) {
        pyndiah(engine, fallback, out);
      } else if (method == Method::winner) {
        for (std::size_t i = 0; i < size_; ++i) out[i] = engine.codeword()[i] ? -fallback : fallback;
      } else {
        engine.write_extrinsic(out);
      }
    }
    for (std::size_t i = 0; i < size_; ++i) extrinsic[at(i)] = out[i];
  }

  /// The difference of the best metrics for 1 and for 0, if the list has both.
  void pyndiah(decode::SoftEngine& engine, float fallback, std::vector<float>& out) const {
    for (std::size_t i = 0; i < size_; ++i) {
      std::array<double, 2> best = {1e300, 1e300};
      for (unsigned lane = 0; lane < engine.list_size(); ++lane) {
        if ((engine.alive() >> lane & 1U) == 0) continue;
        double& metric = best[engine.code_bits(i) >> lane & 1U];
        metric = std::min(metric, engine.metric(lane));
      }
      const bool both = best[0] < 1e299 && best[1] < 1e299;
      const float sign = best[0] < best[1] ? 1.0F : -1.0F;
      out[i] = both ? static_cast<float>(best[1] - best[0]) - engine.input_llr(i) : sign * fallback;
    }
  }

  std::size_t size_;
  float mean_ = 1;
  decode::SoftEngine exact_;
  decode::SoftEngine max_log_;
  reference::SoftCancellation scan_;
};

struct Totals {
  std::uint64_t frame_errors = 0;
  std::uint64_t bit_errors = 0;
};

int run(char** argv, unsigned iterations) {
  const auto number = [&](int i) { return std::strtoull(argv[i], nullptr, 10); };
  const auto n = static_cast<unsigned>(number(1));
  if (n < 3 || n > 8 || number(5) == 0 || iterations == 0) return 2;
  const double size = std::ldexp(1.0, static_cast<int>(n));
  const double rate = static_cast<double>(number(2)) / size;
  const Channel channel = resolve_rate(AwgnEbN0{std::strtod(argv[4], nullptr)}, rate * rate);
  const auto order = construct_order(n, channel, ConstructionMethod::polarization_weight);
  const auto code = make_code(order.value(), number(2), {}, CrcPlacement::none).value();
  ProductCode product(code, static_cast<unsigned>(number(3)));
  std::vector<std::array<Totals, names.size()>> totals(iterations);
  for (std::uint64_t frame = 0; frame < number(5); ++frame) {
    CounterRandom random(number(6), frame);
    const auto word = product.random_word(random);
    BitString bits(word.size());
    for (std::size_t k = 0; k < word.size(); ++k) bits.set(k, word[k] != 0);
    Matrix llr;
    stats::send(channel, bits, random, llr);
    for (std::size_t m = 0; m < names.size(); ++m) {
      const auto wrong = product.decode(static_cast<Method>(m), llr, word, iterations);
      for (unsigned i = 0; i < iterations; ++i) {
        totals[i][m].frame_errors += wrong[i] != 0 ? 1U : 0U;
        totals[i][m].bit_errors += wrong[i];
      }
    }
  }
  for (unsigned i = 0; i < iterations; ++i) {
    for (std::size_t m = 0; m < names.size(); ++m) {
      const double sent = static_cast<double>(number(5)) * size * size;
      std::printf("%s,%s,%s,%s,%s,%s,%u,%s,%llu,%.3e\n", argv[1], argv[2], argv[3], argv[4], argv[5], argv[6], i + 1,
                  names[m], static_cast<unsigned long long>(totals[i][m].frame_errors),
                  static_cast<double>(totals[i][m].bit_errors) / sent);
    }
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {  // NOLINT(bugprone-exception-escape): a tool for developers, run by hand
  if (argc < 7 || argc > 8) {
    std::fprintf(stderr,
                 "usage: soft_product N_LOG2 K LIST EBN0_DB FRAMES SEED [ITERATIONS]\n"
                 "columns: n,k,list,ebn0_db,frames,seed,iteration,method,frame_errors,bit_error_rate\n");
    return 2;
  }
  return run(argv, argc == 8 ? static_cast<unsigned>(std::strtoul(argv[7], nullptr, 10)) : 4);
}
