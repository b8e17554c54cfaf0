// SPDX-License-Identifier: Apache-2.0
// Code files from outside: refused with a reason, or read and written again as they were.
#include "tests/fuzz/frame.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/fuzz/text.hpp"

namespace caligo::fuzz {
namespace {

const std::string source = "code.json";

void require_same(const CodeSpec& a, const CodeSpec& b) {
  require(a.strong_id() == b.strong_id(), "the strong_id differs");
  require(equal(a.frozen_mask(), b.frozen_mask()), "the frozen set differs");
  require(a.shortened() == b.shortened(), "the shortening differs");
  require(a.crc() == b.crc() && a.crc_placement() == b.crc_placement(), "the CRC differs");
  require(a.provenance() == b.provenance(), "the provenance differs");
}

/// What was accepted must survive being written and read.
void read_text(const std::string& text) {
  const auto code = CodeSpec::from_json(text, source);
  if (!code) {
    require_proper(code.error(), source);
    const std::string syntax = source + ": not valid JSON at byte ";
    if (code.error().message.find("not valid JSON") != std::string::npos) {
      require_offset(code.error().message, syntax, text.size());
    }
    return;
  }
  const std::string written = code->to_json();
  const auto again = CodeSpec::from_json(written, source);
  require(again.has_value(), "a document that the library wrote was refused");
  require_same(*again, *code);
  require(again->to_json() == written, "writing again gives another document");
}

}  // namespace

void code_json(Bytes bytes) {
  if (!is_description(bytes)) return read_text(std::string(as_text(bytes)));
  Input input(bytes);
  const CodeSpec code = read_code(input, 3 + static_cast<unsigned>(input.below(5)));
  std::string text = code.to_json();
  if (!damage(input, text)) {
    const auto again = CodeSpec::from_json(text, source);
    require(again.has_value(), "a document that the library wrote was refused");
    require_same(*again, code);
  }
  read_text(text);
}

}  // namespace caligo::fuzz
