// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/decode.hpp>
#include <caligo/isa.hpp>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cmath>
#include <cstring>

#include "cli/code_file.hpp"
#include "cli/commands.hpp"
#include "cli/frames.hpp"
#include "cli/progress.hpp"
#include "cli/validators.hpp"

namespace caligo::cli {

namespace {

constexpr const char* footer = R"(Frames:
  IN holds raw LLRs, back to back, one per sent bit: little-endian float (f32, four bytes) or signed char (i8, one byte).
  LLR = ln P(bit = 0)/P(bit = 1): positive means 0. f32 is multiplied by the scale (units per nat, by default a value
  that suits the block length), rounded and clipped to -127 ... 127; i8 is taken as it is. A NaN is an error.
  The output holds messages of K bits, each in ceil(K/8) bytes; bit i is (byte[i/8] >> (i%8)) & 1, pad bits are zero.
  A frame whose CRC fails on all list entries is written too (its best path), so that frames stay in step; the JSON
  says which, and a warning counts them. The exit code is 0 then: the frames were decoded as well as they can be.
  Frozen values are zero. In the JSON, n is log2 of the block length and k counts message bits.

Examples:
  caligo decode -c code.json --list 32 --llr f32 llrs.f32 -o message.bits
  caligo decode -c code.json --list 8 --llr i8 llrs.i8 -o message.bits --json)";

struct Options {
  std::string code;
  unsigned list = 8;
  std::string llr = "f32";
  std::optional<float> scale;
  std::string input;
  std::string output;
  bool json = false;
};

/// One frame's verdict, kept small because files may hold millions.
struct Verdict {
  std::uint32_t path_metric;
  std::uint8_t rank;
  bool accepted;
};

Result<void> check(const Options& options, const CodeSpec& code) {
  if (code.crc_placement() == CrcPlacement::external) {
    return Error{ErrorCode::unsupported,
                 fmt::format("{}: the CRC of this code is external: its checksums travel beside the blocks, which "
                             "caligo decode does not read",
                             options.code)};
  }
  if (options.scale && options.llr != "f32") {
    return Error{ErrorCode::invalid_argument, "--scale: only with --llr f32"};
  }
  if (options.scale && !(std::isfinite(*options.scale) && *options.scale > 0)) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("--scale: expected a finite value above 0, got {}", *options.scale)};
  }
  return {};
}

/// Raw frames to int8 LLRs.
class LlrFrames {
 public:
  LlrFrames(const Options& options, const CodeSpec& code)
      : is_float_(options.llr == "f32"),
        scale_(options.scale.value_or(default_llr_scale(code.log2_length()))),
        floats_(is_float_ ? code.sent_bits() : 0),
        quantised_(code.sent_bits()) {}

  [[nodiscard]] std::size_t frame_bytes() const noexcept { return quantised_.size() * (is_float_ ? sizeof(float) : 1); }
  [[nodiscard]] float scale() const noexcept { return scale_; }

  Result<std::span<const std::int8_t>> convert(const FrameReader& reader, std::span<const std::uint8_t> frame) {
    if (!is_float_) {
      std::memcpy(quantised_.data(), frame.data(), frame.size());
      return std::span<const std::int8_t>(quantised_);
    }
    std::memcpy(floats_.data(), frame.data(), frame.size());
    if (auto done = quantise_llrs(floats_, scale_, quantised_); !done) {
      std::size_t index = 0;
      while (index + 1 < floats_.size() && !std::isnan(floats_[index])) ++index;
      return reader.error_at(index * sizeof(float),
                             fmt::format("frame {}: {}", reader.count() - 1, done.error().message));
    }
    return std::span<const std::int8_t>(quantised_);
  }

 private:
  bool is_float_;
  float scale_;
  std::vector<float> floats_;
  std::vector<std::int8_t> quantised_;
};

Result<std::vector<Verdict>> decode_file(const Context& context, FrameReader& reader, FrameWriter& writer,
                                         LlrFrames& frames, Decoder& decoder) {
  std::vector<Verdict> verdicts;
  Progress progress(context, "decode", reader.expected(), " frames");
  for (;;) {
    auto frame = reader.next();
    if (!frame) return std::move(frame).error();
    if (frame->empty()) return verdicts;
    auto llr = frames.convert(reader, *frame);
    if (!llr) return std::move(llr).error();
    auto verdict = decoder.decode({.llr = *llr});
    if (!verdict) return std::move(verdict).error();
    if (auto written = writer.write(decoder.message()); !written) return std::move(written).error();
    verdicts.push_back({verdict->path_metric, static_cast<std::uint8_t>(verdict->rank), verdict->accepted});
    progress.update(reader.count());
  }
}

/// The totals as one document, the verdicts added line by line: a document object per frame would take too much memory.
Result<void> print_verdicts(const nlohmann::ordered_json& totals, const std::vector<Verdict>& verdicts) {
  std::string text = totals.dump(2);
  text.resize(text.size() - 2);  // the closing "\n}"
  text += ",\n  \"verdicts\": [";
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    text += fmt::format("{}\n    {{\"frame\": {}, \"accepted\": {}, \"path_metric\": {}, \"rank\": {}}}",
                        i == 0 ? "" : ",", i, verdicts[i].accepted, verdicts[i].path_metric, verdicts[i].rank);
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
  LlrFrames frames(options, *code);
  auto reader = FrameReader::open(options.input, frames.frame_bytes());
  if (!reader) return std::move(reader).error();
  auto plan = DecodePlan::make(*code, options.list);
  if (!plan) return std::move(plan).error();
  auto writer = FrameWriter::create(options.output);
  if (!writer) return std::move(writer).error();
  Decoder decoder(*plan);
  const auto start = std::chrono::steady_clock::now();
  auto verdicts = decode_file(context, *reader, *writer, frames, decoder);
  if (!verdicts) return std::move(verdicts).error();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  if (auto committed = writer->commit(); !committed) return committed;
  const auto accepted = std::count_if(verdicts->begin(), verdicts->end(), [](const Verdict& v) { return v.accepted; });
  const auto rejected = static_cast<std::ptrdiff_t>(verdicts->size()) - accepted;
  if (rejected > 0) log_warning(fmt::format("the CRC failed in {} of {} frames", rejected, verdicts->size()));
  if (!options.json) return {};
  nlohmann::ordered_json totals;
  totals["frames"] = verdicts->size();
  totals["accepted"] = accepted;
  totals["n"] = code->log2_length();
  totals["k"] = code->message_bits();
  totals["list"] = options.list;
  totals["isa"] = to_string(active_isa().value());
  totals["llr"] = options.llr;
  totals["scale"] = options.llr == "f32" ? nlohmann::ordered_json(frames.scale()) : nlohmann::ordered_json(nullptr);
  totals["strong_id"] = code->strong_id();
  totals["seconds"] = seconds.count();
  return print_verdicts(totals, *verdicts);
}

}  // namespace

void add_decode(CLI::App& app, Context& context) {
  CLI::App* sub = app.add_subcommand("decode", "Decode frames of LLRs into packed messages");
  auto options = std::make_shared<Options>();
  sub->add_option("-c,--code", options->code, "Code file, from caligo construct (required)")
      ->required()
      ->option_text("FILE");
  sub->add_option("--list", options->list, "List size: 1 (SC), 2, 4, 8, 16 or 32 (default 8)")
      ->transform(one_of({"1", "2", "4", "8", "16", "32"}))
      ->option_text("L");
  sub->add_option("--llr", options->llr, "Form of the LLRs: f32 (default) or i8")
      ->transform(one_of({"f32", "i8"}))
      ->option_text("FORM");
  sub->add_option("--scale", options->scale, "Units per nat for f32 (default: by block length)")
      ->transform(number())
      ->option_text("S");
  sub->add_option("IN", options->input, "LLR frames, - for standard input (required)")->required()->option_text("FILE");
  sub->add_option("-o,--output", options->output, "Packed messages (required)")->required()->option_text("FILE");
  sub->add_flag("--json", options->json,
                "Print JSON: frames, accepted, n, k, list, isa, llr, scale, strong_id, seconds, verdicts");
  sub->footer(footer);
  sub->callback([&context, options] { context.command = [&context, options] { return run(context, *options); }; });
}

}  // namespace caligo::cli
