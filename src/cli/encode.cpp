// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/encode.hpp>

#include <CLI/CLI.hpp>

#include "cli/code_file.hpp"
#include "cli/commands.hpp"
#include "cli/frames.hpp"
#include "cli/progress.hpp"

namespace caligo::cli {

namespace {

constexpr const char* footer = R"(Frames:
  IN holds messages of K bits, each in ceil(K/8) bytes, back to back; the output holds code words of N bits (less the
  shortened ones), each in as many whole bytes as it needs. Bit i of a frame is (byte[i/8] >> (i%8)) & 1. Pad bits in
  the last byte of a frame must be zero. Memory does not grow with the number of frames.
  x = u F^(n-fold Kronecker power) in natural order; the message fills the positions that are not frozen in increasing
  index, followed by an embedded CRC. Frozen values are zero. With --systematic, x shows the message there instead of u.

Examples:
  caligo encode -c code.json message.bits -o code.bits
  head -c 64 /dev/urandom | caligo encode -c code.json - -o code.bits
  caligo encode -c code.json --systematic message.bits -o code.bits)";

struct Options {
  std::string code;
  std::string input;
  std::string output;
  bool systematic = false;
};

Result<void> run(const Context& context, const Options& options) {
  auto code = load_code(options.code);
  if (!code) return std::move(code).error();
  auto reader = FrameReader::open(options.input, bytes_for(code->message_bits()));
  if (!reader) return std::move(reader).error();
  auto writer = FrameWriter::create(options.output);
  if (!writer) return std::move(writer).error();
  Encoder encoder(*code, options.systematic ? EncodeMode::systematic : EncodeMode::non_systematic);
  BitString codeword(code->sent_bits());
  Progress progress(context, "encode", reader->expected(), " frames");
  for (;;) {
    auto frame = reader->next();
    if (!frame) return std::move(frame).error();
    if (frame->empty()) break;
    auto message = packed_bits(*reader, *frame, code->message_bits());
    if (!message) return std::move(message).error();
    if (auto encoded = encoder.encode(*message, {}, codeword); !encoded) return encoded;
    if (auto written = writer->write(codeword); !written) return written;
    progress.update(reader->count());
  }
  return writer->commit();
}

}  // namespace

void add_encode(CLI::App& app, Context& context) {
  CLI::App* sub = app.add_subcommand("encode", "Encode packed messages into code words");
  auto options = std::make_shared<Options>();
  sub->add_option("-c,--code", options->code, "Code file, from caligo construct (required)")
      ->required()
      ->option_text("FILE");
  sub->add_option("IN", options->input, "Packed messages, - for standard input (required)")
      ->required()
      ->option_text("FILE");
  sub->add_option("-o,--output", options->output, "Packed code words (required)")->required()->option_text("FILE");
  sub->add_flag("--systematic", options->systematic, "Show the message in the code word itself");
  sub->footer(footer);
  sub->callback([&context, options] { context.command = [&context, options] { return run(context, *options); }; });
}

}  // namespace caligo::cli
