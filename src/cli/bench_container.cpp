// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/random.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/bench.hpp"
#include "cli/bench_clock.hpp"
#include "cli/bench_report.hpp"
#include "cli/context.hpp"
#include "cli/validators.hpp"
#include "container/chain.hpp"

namespace caligo::cli {

namespace {

constexpr const char* footer =
    R"(Makes a container in memory and parses it with all checksums verified, in turn with a plain read of the same
memory, which sums its 64-bit words. One thread. 1 GB/s is 10^9 bytes per second.

JSON fields: block_bytes, bytes, runs, read_gbps_p50, verify_gbps_p50, read_gbps_max, verify_gbps_max, ratio_p50 (median
of the ratios of neighbours), clock (thread-cpu), isa, version, git_hash, compiler

Examples:
  caligo bench container
  caligo bench container --block-kib 64 --mib 256 --json)";

struct Options {
  std::size_t block_kib = 64;
  std::size_t mib = 256;
  unsigned runs = 15;
  bool json = false;
};

constexpr std::size_t line_words = 8;

/// A container of equal blocks, which begins at a cache line.
class Sample {
 public:
  explicit Sample(const Options& options) {
    const std::size_t block = options.block_kib * 128 + container::record_bytes / 8;
    const std::size_t blocks = std::max<std::size_t>(1, options.mib * 131072 / block);
    memory_.resize(blocks * block + 2 * container::record_bytes / 8 + line_words);
    const std::size_t skew = reinterpret_cast<std::uintptr_t>(memory_.data()) / 8 % line_words;
    words_ = std::span(memory_).subspan((line_words - skew) % line_words);
    container::Record record = *container::make(ContainerHeader{});
    container::seal(chain_, record);
    put(0, record);
    BitString bits(options.block_kib * 8192);
    CounterRandom(1, 0).fill(bits);
    for (std::size_t i = 0; i < blocks; ++i) {
      bits.words()[0] = i;
      record = *container::make(i, bits.size(), {});
      container::Payload payload(chain_, record, bits.size());
      payload.add(bits.words().data(), bits.words().size());
      const std::size_t at = chain_.offset / 8;
      container::seal(chain_, record, bits.size(), payload);
      put(at, record);
      std::ranges::copy(bits.words(), words_.begin() + static_cast<std::ptrdiff_t>(at + container::record_bytes / 8));
    }
    const std::size_t at = chain_.offset / 8;
    record = container::make(container::Footer{blocks, chain_.totals.bits, chain_.offset});
    container::seal(chain_, record);
    put(at, record);
    words_ = words_.first(chain_.offset / 8);
  }
  [[nodiscard]] std::span<const std::uint64_t> words() const noexcept { return words_; }

 private:
  void put(std::size_t at, const container::Record& record) {
    std::memcpy(&words_[at], record.bytes, container::record_bytes);
  }
  std::vector<std::uint64_t> memory_;
  std::span<std::uint64_t> words_;
  container::Chain chain_;
};

/// Sixteen words at a time in eight registers: as fast as the second-level cache and all memory behind it.
std::uint64_t sum(std::span<const std::uint64_t> words) noexcept {
  using Pair [[gnu::vector_size(16), gnu::aligned(8)]] = std::uint64_t;
  Pair sums[8] = {};
  std::size_t i = 0;
  for (; i + 16 <= words.size(); i += 16) {
    for (std::size_t k = 0; k < 8; ++k) sums[k] += *reinterpret_cast<const Pair*>(&words[i + 2 * k]);
  }
  std::uint64_t total = 0;
  for (const Pair& pair : sums) total += pair[0] + pair[1];
  for (; i < words.size(); ++i) total += words[i];
  return total;
}

/// Errors: those of the reader; there are none, as the container is in order.
Result<std::uint64_t> verify(std::span<const std::uint64_t> words) {
  auto reader = ContainerReader::open(std::as_bytes(words), "memory");
  if (!reader) return std::move(reader).error();
  while (true) {
    auto block = reader->next();
    if (!block) return std::move(block).error();
    if (!*block) return reader->totals().bits;
  }
}

struct Speeds {
  std::vector<float> read;
  std::vector<float> verified;
  std::vector<float> ratios;
};

Result<Speeds> measure(const Options& options, std::span<const std::uint64_t> words) {
  constexpr std::size_t least_bytes = std::size_t{1} << 28U;  // some ten milliseconds
  const std::size_t turns = std::max<std::size_t>(1, least_bytes / (8 * words.size()));
  const double gigabytes = 1e-9 * static_cast<double>(8 * words.size() * turns);
  Speeds speeds;
  volatile std::uint64_t sink = 0;  // keeps the compiler from leaving the reads out
  for (unsigned run = 0; run < options.runs; ++run) {
    if (auto going = check_interrupt(); !going) return std::move(going).error();
    const Stopwatch reading;
    for (std::size_t i = 0; i < turns; ++i) sink = sink + sum(words);
    const double read = gigabytes / reading.cpu_seconds();
    const Stopwatch verifying;
    for (std::size_t i = 0; i < turns; ++i) {
      auto verified = verify(words);
      if (!verified) return std::move(verified).error();
      sink = sink + *verified;
    }
    const double verified = gigabytes / verifying.cpu_seconds();
    speeds.read.push_back(static_cast<float>(read));
    speeds.verified.push_back(static_cast<float>(verified));
    speeds.ratios.push_back(static_cast<float>(verified / read));
  }
  return speeds;
}

double largest(const std::vector<float>& values) { return static_cast<double>(*std::ranges::max_element(values)); }

Result<void> run(const Options& options) {
  const Sample sample(options);
  auto speeds = measure(options, sample.words());
  if (!speeds) return std::move(speeds).error();
  const double read = percentile(speeds->read, 0.5);
  const double verified = percentile(speeds->verified, 0.5);
  const double ratio = percentile(speeds->ratios, 0.5);
  if (options.json) {
    nlohmann::ordered_json document;
    document["block_bytes"] = options.block_kib * 1024;
    document["bytes"] = 8 * sample.words().size();
    document["runs"] = options.runs;
    document["read_gbps_p50"] = read;
    document["verify_gbps_p50"] = verified;
    document["read_gbps_max"] = largest(speeds->read);
    document["verify_gbps_max"] = largest(speeds->verified);
    document["ratio_p50"] = ratio;
    document["clock"] = to_string(Clock::thread_cpu);
    if (auto added = add_origin(document); !added) return added;
    return print_json(document);
  }
  return print(
      fmt::format("{} MiB in blocks of {} KiB, median of {} runs\n", options.mib, options.block_kib, options.runs) +
      two_columns({{"plain read", fmt::format("{:.1f} GB/s", read)},
                   {"verified parse", fmt::format("{:.1f} GB/s", verified)},
                   {"ratio", fmt::format("{:.3f}", ratio)}}));
}

}  // namespace

void add_bench_container(CLI::App& bench, Context& context) {
  CLI::App* sub = bench.add_subcommand("container", "Measure the verified parse of a block container");
  auto options = std::make_shared<Options>();
  sub->add_option("--block-kib", options->block_kib, "Payload of a block in KiB (default 64)")
      ->transform(whole_number(1, 1048576))
      ->option_text("K");
  sub->add_option("--mib", options->mib, "Size of the container in MiB, at least one block (default 256)")
      ->transform(whole_number(0, 65536))
      ->option_text("M");
  sub->add_option("--runs", options->runs, "Pairs of measurements (default 15)")
      ->transform(whole_number(1, 10000))
      ->option_text("R");
  sub->add_flag("--json", options->json, "Print JSON, see below");
  sub->footer(footer);
  sub->callback([&context, options] { context.command = [options] { return run(*options); }; });
}

}  // namespace caligo::cli
