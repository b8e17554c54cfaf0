// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/construct.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <optional>

#include "base/file.hpp"
#include "cli/commands.hpp"
#include "cli/order_file.hpp"
#include "cli/validators.hpp"

namespace caligo::cli {

namespace {

constexpr const char* footer = R"(Channels:
  bsc:Q            bits flip with probability Q, 0 to 0.5
  bec:E            bits are lost with probability E, 0 to 1
  awgn-sigma:S     BPSK (0 is +1) in Gaussian noise of standard deviation S > 0
  awgn-ebn0:DB     the same by Eb/N0 in dB; Eb counts message bits only, neither CRC nor frozen bits
  awgn-esn0:DB     the same by Es/N0 in dB
CRC names: none, crc6, crc11, crc16-ccitt, crc24a, crc24b, crc24c, crc32, or WIDTH:0xPOLY (without the top coefficient).
The code file is JSON (docs/formats/code.md). A frozen mask has 1 = frozen; bit order is natural, without bit reversal.
JSON fields: n, block_length, shortened, k (message bits), rate, crc, strong_id, method, channel, sc_block_error_bound (the
sum of the error probabilities of the information positions, null if the method knows none), seconds.
Designs are kept in $CALIGO_CACHE_DIR, $XDG_CACHE_HOME/caligo or ~/.cache/caligo.

Examples:
  caligo construct --channel bsc:0.02 -n 20 --message 786432 --crc crc16-ccitt -o code.json
  caligo construct --channel awgn-ebn0:1.5 -n 11 --message 1024 --crc crc24a -o code.json --json
  caligo construct --order order.txt --message 512 -o code.json)";

constexpr std::size_t largest_length = std::size_t{1} << CodeSpec::max_log2_length;

struct Options {
  std::string channel;
  std::optional<unsigned> n;
  std::optional<std::size_t> message;
  std::string crc = "crc16-ccitt";
  std::string crc_placement = "embedded";
  std::string method = "automatic";
  std::size_t shorten = 0;
  std::string order;
  std::string export_order;
  std::string output;
  bool no_cache = false;
  bool json = false;
};

Error usage_error(std::string message) { return Error{ErrorCode::invalid_argument, std::move(message)}; }

Result<void> check(const Options& options) {
  if (options.order.empty() && !options.n) return usage_error("-n: required unless --order gives a file");
  if (!options.message && options.export_order.empty()) {
    return usage_error("--message: required unless --export-order only exports an order");
  }
  if (!options.message && (!options.output.empty() || options.json)) {
    return usage_error("--message: required for a code");
  }
  if (options.json && (options.output.empty() || options.output == "-")) {
    return usage_error("--json: needs -o FILE, because the code itself would go to standard output");
  }
  return {};
}

bool needs_channel(ConstructionMethod method) {
  return method != ConstructionMethod::polarization_weight && method != ConstructionMethod::nr5g;
}

/// The channel with Eb/N0 resolved at the rate message / sent bits.
Result<Channel> design_channel(const Options& options) {
  auto channel = parse_channel(options.channel);
  if (!channel) return channel;
  if (!std::holds_alternative<AwgnEbN0>(*channel)) return resolve_rate(*channel, 1);
  if (!options.message) return usage_error("--message: required with awgn-ebn0, whose noise depends on the rate");
  const std::size_t length = std::size_t{1} << *options.n;
  if (options.shorten >= length) return usage_error("--shorten: leaves no bit to send");
  return resolve_rate(*channel, static_cast<double>(*options.message) / static_cast<double>(length - options.shorten));
}

Result<ReliabilityOrder> design_order(const Options& options) {
  auto method = parse_method(options.method);
  if (!method) return std::move(method).error();
  Channel channel = Bsc{};
  if (!options.channel.empty()) {
    auto wanted = design_channel(options);
    if (!wanted) return std::move(wanted).error();
    channel = *wanted;
  } else if (needs_channel(*method)) {
    return usage_error(fmt::format("--channel: required by the method {}", options.method));
  }
  if (options.no_cache) return construct_order(*options.n, channel, *method, options.shorten);
  return construct_order_cached(*options.n, channel, *method, options.shorten);
}

Result<ReliabilityOrder> find_order(const Options& options) {
  if (options.order.empty()) return design_order(options);
  auto order = load_order(options.order, options.shorten);
  if (order && options.n && *options.n != order->n) {
    return usage_error(fmt::format("-n: {} holds an order for n = {}, got {}", options.order, order->n, *options.n));
  }
  return order;
}

Result<CodeSpec> design_code(const Options& options, const ReliabilityOrder& order) {
  auto crc = parse_crc(options.crc);
  if (!crc) return std::move(crc).error();
  CrcPlacement placement = CrcPlacement::none;
  if (crc->width > 0) {
    placement = options.crc_placement == "external" ? CrcPlacement::external : CrcPlacement::embedded;
  }
  return make_code(order, *options.message, *crc, placement);
}

/// The union bound on the block error rate of SC decoding, if the method knows the bits' error probabilities.
std::optional<double> sc_block_error_bound(const CodeSpec& code, const ReliabilityOrder& order) {
  if (order.error_probability.empty()) return std::nullopt;
  double sum = 0;
  for (std::size_t i = 0; i < code.block_length(); ++i) {
    if (code.information_mask()[i]) sum += static_cast<double>(order.error_probability[i]);
  }
  return std::min(sum, 1.0);
}

Result<void> summarise(const Context& context, const Options& options, const CodeSpec& code,
                       const ReliabilityOrder& order, double seconds) {
  const double rate = static_cast<double>(code.message_bits()) / static_cast<double>(code.sent_bits());
  const std::optional<double> bound = sc_block_error_bound(code, order);
  if (options.json) {
    nlohmann::ordered_json document;
    document["n"] = code.log2_length();
    document["block_length"] = code.block_length();
    document["shortened"] = code.shortened();
    document["k"] = code.message_bits();
    document["rate"] = rate;
    document["crc"] = code.crc().name;
    document["strong_id"] = code.strong_id();
    document["method"] = code.provenance().method;
    document["channel"] = code.provenance().channel;
    document["sc_block_error_bound"] = bound ? nlohmann::ordered_json(*bound) : nlohmann::ordered_json(nullptr);
    document["seconds"] = seconds;
    return print_json(document);
  }
  if (context.quiet) return {};
  return print(fmt::format("N = 2^{}, {} message bits, rate {:.4f}, CRC {}, {}{}\nstrong id {}\n", code.log2_length(),
                           code.message_bits(), rate, code.crc().name, code.provenance().method,
                           bound ? fmt::format(", SC block error at most {:.3g}", *bound) : "", code.strong_id()));
}

Result<void> write_file(const std::string& path, std::string_view text) {
  auto file = base::AtomicFile::create(path);
  if (!file) return std::move(file).error();
  if (auto written = file->write(text); !written) return written;
  return file->commit();
}

Result<void> run(const Context& context, const Options& options) {
  if (auto checked = check(options); !checked) return checked;
  const auto start = std::chrono::steady_clock::now();
  auto order = find_order(options);
  if (!order) return std::move(order).error();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  if (auto going = check_interrupt(); !going) return going;
  std::optional<CodeSpec> code;
  if (options.message) {
    auto made = design_code(options, *order);
    if (!made) return std::move(made).error();
    code = std::move(*made);
  }
  if (!options.export_order.empty()) {
    auto text = format_order(*order);
    if (!text) return usage_error("--export-order: " + text.error().message);
    if (auto written = write_file(options.export_order, *text); !written) return written;
  }
  if (!code) return {};
  if (options.output.empty() || options.output == "-") return print(code->to_json());
  if (auto written = write_file(options.output, code->to_json()); !written) return written;
  return summarise(context, options, *code, *order, seconds.count());
}

Result<void> list_methods() {
  return print(
      "automatic               the best of the following for the channel\n"
      "density-evolution       exact for the int8 min-sum decoder; BSC, and AWGN quantised to int8\n"
      "gaussian-approximation  AWGN (Trifonov 2012)\n"
      "bhattacharyya           exact on the BEC, a bound elsewhere (Arikan 2009)\n"
      "polarization-weight     needs no channel (He et al. 2017)\n"
      "nr5g                    5G New Radio, 3GPP TS 38.212; needs no channel, n up to 10\n");
}

void add_design_options(CLI::App& sub, const std::shared_ptr<Options>& options) {
  auto* order =
      sub.add_option("--order", options->order, "Take the reliability order from a file instead of designing one");
  order->option_text("FILE");
  sub.add_option("--channel", options->channel, "Channel to design for, see below")
      ->option_text("CHANNEL")
      ->excludes(order);
  sub.add_option("-n", options->n, "log2 of the block length N, 3 to 24")
      ->transform(whole_number(CodeSpec::min_log2_length, CodeSpec::max_log2_length))
      ->option_text("n");
  sub.add_option("--message", options->message, "Message bits, without the CRC")
      ->transform(whole_number(1, largest_length))
      ->option_text("K");
  sub.add_option("--crc", options->crc, "CRC that picks the list entry (default crc16-ccitt)")->option_text("NAME");
  sub.add_option("--crc-placement", options->crc_placement,
                 "embedded in the block after the message (default), or external beside it")
      ->transform(one_of({"embedded", "external"}))
      ->option_text("WHERE");
  sub.add_option("--method", options->method, "Construction method (default automatic), see --list-methods")
      ->option_text("METHOD")
      ->excludes(order);
  sub.add_option("--shorten", options->shorten, "Fix the last S code bits to zero and never send them")
      ->transform(whole_number(0, largest_length))
      ->option_text("S");
}

}  // namespace

void add_construct(CLI::App& app, Context& context) {
  CLI::App* sub = app.add_subcommand("construct", "Construct a polar code and write its code file");
  auto options = std::make_shared<Options>();
  auto methods = std::make_shared<bool>(false);
  add_design_options(*sub, options);
  sub->add_option("--export-order", options->export_order, "Write the reliability order as text")->option_text("FILE");
  sub->add_option("-o,--output", options->output, "Code file (default: standard output)")->option_text("FILE");
  sub->add_flag("--no-cache", options->no_cache, "Neither read nor write the cache of designs");
  sub->add_flag("--list-methods", *methods, "Print the construction methods and exit");
  sub->add_flag(
      "--json", options->json,
      "Print JSON: n, block_length, shortened, k, rate, crc, strong_id, method, channel, sc_block_error_bound "
      "(union bound, null if unknown), seconds");
  sub->footer(footer);
  sub->callback([&context, options, methods] {
    context.command = [&context, options, methods] { return *methods ? list_methods() : run(context, *options); };
  });
}

}  // namespace caligo::cli
