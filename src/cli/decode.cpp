// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/adaptive.hpp>
#include <caligo/isa.hpp>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cmath>
#include <cstring>

#include "cli/arithmetic_options.hpp"
#include "cli/code_file.hpp"
#include "cli/commands.hpp"
#include "cli/frames.hpp"
#include "cli/progress.hpp"
#include "cli/validators.hpp"

namespace caligo::cli {

namespace {

constexpr const char* footer = R"(Frames:
  IN holds raw LLRs, back to back, one per sent bit: little-endian float (f32, four bytes), signed integers of two bytes
  (i16) or of one (i8). LLR = ln P(bit = 0)/P(bit = 1): positive means 0. f32 and i16 are multiplied by the scale (by
  default a value that suits block length and bits for f32, and 1 for i16), rounded and clipped to -127 ... 127, or with
  --llr-bits 16 to -32767 ... 32767; i8 is taken as it is. A NaN is an error.
  Corrected check nodes must know how many LLR units make a nat: for i16 and i8 that is --units-per-nat.
  The output holds messages of K bits, each in ceil(K/8) bytes; bit i is (byte[i/8] >> (i%8)) & 1, pad bits are zero.
  A frame whose CRC fails on all list entries is written too (its best path), so that frames stay in step; the JSON
  says which, and a warning counts them. The exit code is 0 then: the frames were decoded as well as they can be.
  The adaptive decoder tries SC, then a list of 8, then the full list, until the CRC holds; the JSON says for every frame
  which list gave its message, and the code must have a CRC.
  Frozen values are zero. In the JSON, n is log2 of the block length and k counts message bits.

Examples:
  caligo decode -c code.json --list 32 --llr f32 llrs.f32 -o message.bits
  caligo decode -c code.json --list 8 --llr i8 llrs.i8 -o message.bits --json
  caligo decode -c code.json --list 8 --llr f32 llrs.f32 --llr-bits 16 --check corrected -o message.bits
  caligo decode -c code.json --decoder adaptive --list 32 --llr i8 llrs.i8 -o message.bits)";

struct Options {
  std::string code;
  std::string decoder = "scl";
  std::optional<unsigned> list;
  std::string llr = "f32";
  std::optional<float> scale;
  std::optional<float> units_per_nat;
  ArithmeticOptions arithmetic;
  std::string input;
  std::string output;
  bool json = false;
};

/// One frame's verdict, kept small because files may hold millions.
struct Verdict {
  std::uint32_t path_metric;
  std::uint8_t rank;
  std::uint8_t list;
  bool accepted;
};

bool is_adaptive(const Options& options) { return options.decoder == "adaptive"; }
bool quantises(const Options& options) { return options.llr != "i8"; }
/// A list of one is SC, by whichever name.
unsigned list_size(const Options& options) { return options.decoder == "sc" ? 1 : options.list.value_or(8); }

Result<void> check(const Options& options, const CodeSpec& code) {
  if (code.crc_placement() == CrcPlacement::external) {
    return Error{ErrorCode::unsupported,
                 fmt::format("{}: the CRC of this code is external: its checksums travel beside the blocks, which "
                             "caligo decode does not read",
                             options.code)};
  }
  if (options.scale && !quantises(options)) {
    return Error{ErrorCode::invalid_argument, "--scale: only with --llr f32 or i16"};
  }
  if (options.decoder == "sc" && options.list.value_or(1) != 1) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("--decoder sc: has a list of 1, got --list {}", *options.list)};
  }
  if (options.scale && !(std::isfinite(*options.scale) && *options.scale > 0)) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("--scale: expected a finite value above 0, got {}", *options.scale)};
  }
  if (options.units_per_nat && options.llr == "f32") {
    return Error{ErrorCode::invalid_argument, "--units-per-nat: only with --llr i16 or i8"};
  }
  if (options.units_per_nat && !(std::isfinite(*options.units_per_nat) && *options.units_per_nat > 0)) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("--units-per-nat: expected a finite value above 0, got {}", *options.units_per_nat)};
  }
  if (options.arithmetic.corrected() && options.llr != "f32" && !options.units_per_nat) {
    return Error{ErrorCode::invalid_argument, "--check corrected: with --llr i16 or i8 needs --units-per-nat"};
  }
  return {};
}

/// Raw frames to LLRs, and back to the caller's error messages.
class LlrFrames {
 public:
  LlrFrames(const Options& options, const CodeSpec& code, LlrWidth width)
      : factor_(options.scale.value_or(options.llr == "f32" ? default_llr_scale(code.log2_length(), width) : 1.0F)),
        units_per_nat_(options.units_per_nat.value_or(1.0F)) {
    if (options.llr == "f32") floats_.resize(code.sent_bits());
    if (options.llr == "i16") shorts_.resize(code.sent_bits());
    if (options.llr == "i8") bytes_.resize(code.sent_bits());
  }

  [[nodiscard]] std::size_t frame_bytes() const noexcept {
    return floats_.size() * sizeof(float) + shorts_.size() * sizeof(std::int16_t) + bytes_.size();
  }
  /// What the input is multiplied by.
  [[nodiscard]] float factor() const noexcept { return factor_; }
  /// Units per nat of what comes of it.
  [[nodiscard]] float scale() const noexcept { return factor_ * units_per_nat_; }

  Result<LlrView> convert(const FrameReader& reader, std::span<const std::uint8_t> frame) {
    if (!bytes_.empty()) {
      std::memcpy(bytes_.data(), frame.data(), frame.size());
      return LlrView(bytes_);
    }
    if (!shorts_.empty()) {
      std::memcpy(shorts_.data(), frame.data(), frame.size());
      return LlrView(std::span<const std::int16_t>(shorts_), units_per_nat_);
    }
    std::memcpy(floats_.data(), frame.data(), frame.size());
    const auto bad = std::ranges::find_if(floats_, [](float v) { return std::isnan(v); });
    if (bad == floats_.end()) return LlrView(floats_);
    const auto index = static_cast<std::size_t>(bad - floats_.begin());
    return reader.error_at(index * sizeof(float),
                           fmt::format("frame {}: LLR {} is not a number", reader.count() - 1, index));
  }

 private:
  float factor_;
  float units_per_nat_;        ///< of i16 and i8
  std::vector<float> floats_;  // one of the three is used
  std::vector<std::int16_t> shorts_;
  std::vector<std::int8_t> bytes_;
};

struct Decoded {
  std::vector<Verdict> verdicts;
  double seconds = 0;  ///< reading and writing included
};

/// AnyDecoder: Decoder or AdaptiveDecoder.
template <class AnyDecoder>
Result<Decoded> decode_file(const Context& context, FrameReader& reader, FrameWriter& writer, LlrFrames& frames,
                            AnyDecoder decoder) {
  Decoded decoded;
  const auto start = std::chrono::steady_clock::now();
  Progress progress(context, "decode", reader.expected(), " frames");
  for (;;) {
    auto frame = reader.next();
    if (!frame) return std::move(frame).error();
    if (frame->empty()) break;
    auto llr = frames.convert(reader, *frame);
    if (!llr) return std::move(llr).error();
    auto verdict = decoder.decode({.llr = *llr, .scale = frames.scale()});
    if (!verdict) return std::move(verdict).error();
    if (auto written = writer.write(decoder.message()); !written) return std::move(written).error();
    decoded.verdicts.push_back({verdict->path_metric, static_cast<std::uint8_t>(verdict->rank),
                                static_cast<std::uint8_t>(verdict->list_size), verdict->accepted});
    progress.update(reader.count());
  }
  decoded.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return decoded;
}

Result<Decoded> decode_all(const Context& context, const Options& options, const CodeSpec& code,
                           DecodeOptions arithmetic, FrameReader& reader, FrameWriter& writer, LlrFrames& frames) {
  if (is_adaptive(options)) {
    auto plan = AdaptivePlan::make(code, list_size(options));
    if (!plan) return std::move(plan).error();
    return decode_file(context, reader, writer, frames, AdaptiveDecoder(std::move(*plan)));
  }
  auto plan = DecodePlan::make(code, list_size(options), arithmetic);
  if (!plan) return std::move(plan).error();
  return decode_file(context, reader, writer, frames, Decoder(std::move(*plan)));
}

/// The totals as one document, the verdicts added line by line: a document object per frame would take too much memory.
/// `adaptive`: with the list size of each frame.
Result<void> print_verdicts(const nlohmann::ordered_json& totals, const std::vector<Verdict>& verdicts, bool adaptive) {
  std::string text = totals.dump(2);
  text.resize(text.size() - 2);  // the closing "\n}"
  text += ",\n  \"verdicts\": [";
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    text += fmt::format("{}\n    {{\"frame\": {}, \"accepted\": {}, \"path_metric\": {}, \"rank\": {}",
                        i == 0 ? "" : ",", i, verdicts[i].accepted, verdicts[i].path_metric, verdicts[i].rank);
    text += adaptive ? fmt::format(", \"list\": {}}}", verdicts[i].list) : "}";
    if (text.size() > (std::size_t{1} << 20U)) {
      if (auto printed = print(text); !printed) return printed;
      text.clear();
    }
  }
  return print(text + "\n  ]\n}\n");
}

Result<void> run(const Context& context, const Options& options) {
  auto code = load_code(options.code);
  if (!code) return std::move(code).error();
  if (auto checked = check(options, *code); !checked) return checked;
  auto arithmetic = options.arithmetic.resolve(!is_adaptive(options) && list_size(options) > 1);
  if (!arithmetic) return std::move(arithmetic).error();
  LlrFrames frames(options, *code, arithmetic->width);
  auto reader = FrameReader::open(options.input, frames.frame_bytes());
  if (!reader) return std::move(reader).error();
  auto writer = FrameWriter::create(options.output);
  if (!writer) return std::move(writer).error();
  auto decoded = decode_all(context, options, *code, *arithmetic, *reader, *writer, frames);
  if (!decoded) return std::move(decoded).error();
  const std::vector<Verdict>& verdicts = decoded->verdicts;
  if (auto committed = writer->commit(); !committed) return committed;
  const auto accepted = std::count_if(verdicts.begin(), verdicts.end(), [](const Verdict& v) { return v.accepted; });
  const auto rejected = static_cast<std::ptrdiff_t>(verdicts.size()) - accepted;
  if (rejected > 0) log_warning(fmt::format("the CRC failed in {} of {} frames", rejected, verdicts.size()));
  if (!options.json) return {};
  nlohmann::ordered_json totals;
  totals["frames"] = verdicts.size();
  totals["accepted"] = accepted;
  totals["n"] = code->log2_length();
  totals["k"] = code->message_bits();
  totals["list"] = list_size(options);
  if (is_adaptive(options)) totals["decoder"] = options.decoder;
  totals["isa"] = to_string(active_isa().value());
  totals["llr"] = options.llr;
  totals["scale"] = quantises(options) ? nlohmann::ordered_json(frames.factor()) : nlohmann::ordered_json(nullptr);
  totals["llr_bits"] = options.arithmetic.wide() ? 16 : 8;
  totals["check"] = options.arithmetic.check;
  totals["strong_id"] = code->strong_id();
  totals["seconds"] = decoded->seconds;
  return print_verdicts(totals, verdicts, is_adaptive(options));
}

}  // namespace

void add_decode(CLI::App& app, Context& context) {
  CLI::App* sub = app.add_subcommand("decode", "Decode frames of LLRs into packed messages");
  auto options = std::make_shared<Options>();
  sub->add_option("-c,--code", options->code, "Code file, from caligo construct (required)")
      ->required()
      ->option_text("FILE");
  sub->add_option("--decoder", options->decoder, "sc, scl (default) or adaptive")
      ->transform(one_of({"sc", "scl", "adaptive"}))
      ->option_text("NAME");
  sub->add_option("--list", options->list, "List size: 1 (SC), 2, 4, 8, 16 or 32 (default 8)")
      ->transform(one_of({"1", "2", "4", "8", "16", "32"}))
      ->option_text("L");
  sub->add_option("--llr", options->llr, "Form of the LLRs: f32 (default), i16 or i8")
      ->transform(one_of({"f32", "i16", "i8"}))
      ->option_text("FORM");
  sub->add_option("--scale", options->scale, "Factor for f32 and i16 (default: by block length for f32, 1 for i16)")
      ->transform(number())
      ->option_text("S");
  sub->add_option("--units-per-nat", options->units_per_nat, "Units of i16 and i8 that make a nat (default 1)")
      ->transform(number())
      ->option_text("U");
  options->arithmetic.add_to(*sub);
  sub->add_option("IN", options->input, "LLR frames, - for standard input (required)")->required()->option_text("FILE");
  sub->add_option("-o,--output", options->output, "Packed messages (required)")->required()->option_text("FILE");
  sub->add_flag("--json", options->json,
                "Print JSON: frames, accepted, n, k, list, decoder (if adaptive), isa, llr, scale, llr_bits, check, "
                "strong_id, seconds, verdicts");
  sub->footer(footer);
  sub->callback([&context, options] { context.command = [&context, options] { return run(context, *options); }; });
}

}  // namespace caligo::cli
