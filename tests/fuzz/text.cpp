// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/text.hpp"

#include <algorithm>
#include <charconv>

namespace caligo::fuzz {
namespace {

/// Half of the new bytes mean something to a parser.
char read_character(Input& input) {
  constexpr std::string_view telling = "\"{}[],:-+.eE0123456789 \n\\u\0\x7f=/";
  return input.one_in(2) ? static_cast<char>(input.byte()) : telling[input.below(telling.size())];
}

void edit(Input& input, std::string& text) {
  const std::size_t place = input.below(text.size() + 1);
  const std::size_t count = std::min(text.size() - place, 1 + input.below(4) * input.below(8));
  switch (input.below(5)) {
    case 0:
      text.insert(place, 1, read_character(input));
      break;
    case 1:
      text.erase(place, count);
      break;
    case 2:
      text.insert(place, text.substr(input.below(text.size() + 1), count));
      break;
    case 3:
      if (input.one_in(4)) text.resize(place);
      break;
    default:
      if (place < text.size()) text[place] = read_character(input);
  }
}

}  // namespace

bool damage(Input& input, std::string& text) {
  const std::string before = text;
  for (std::size_t edits = input.below(8); edits > 0; --edits) edit(input, text);
  return text != before;
}

void require_proper(const Error& error, const std::string& source) {
  require(error.code == ErrorCode::malformed_input, "an error of another kind than malformed_input");
  require(error.message.starts_with(source + ": "), "the error does not name the source");
  require(error.message.size() < 400, "the error is too long");
  const bool plain = std::ranges::all_of(error.message, [](char c) { return c >= ' ' && c <= '~'; });
  require(plain, "the error is not one line of ASCII");
}

void require_offset(const std::string& message, const std::string& prefix, std::size_t size) {
  require(message.starts_with(prefix), "the error gives no place");
  std::size_t offset = 0;
  const char* begin = message.data() + prefix.size();
  require(std::from_chars(begin, message.data() + message.size(), offset).ec == std::errc{}, "the place is no number");
  require(offset <= size, "the place lies beyond the text");
}

}  // namespace caligo::fuzz
