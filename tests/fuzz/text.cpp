// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/text.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace caligo::fuzz {
namespace {

/// Half of the new bytes mean something to a parser.
char read_character(Input& input) {
  constexpr std::string_view telling = "\"{}[],:-+.eE0123456789 \n\\u\0\x7f=/";
  return input.one_in(2) ? static_cast<char>(input.byte()) : telling[input.below(telling.size())];
}

/// Puts another JSON value in the place of one.
void replace_value(Input& input, std::string& text, std::size_t place) {
  const std::size_t colon = text.find(':', place);
  if (colon == std::string::npos) return;
  constexpr std::string_view values[] = {"null", "true", "-1",   "0.5",  "1e999",       "18446744073709551616",
                                         "[]",   "{}",   "[[[[", "\"\"", "\"\\ud800\"", "\"\xc3\xa9\\u001b\""};
  const std::size_t choice = input.below(std::size(values) + 1);
  const std::string value =
      choice < std::size(values) ? std::string(values[choice]) : '"' + std::string(300, 'A') + '"';
  text.replace(colon + 1, text.find_first_of(",\n", colon) - colon - 1, value);
}

void edit(Input& input, std::string& text) {
  const std::size_t place = input.below(text.size() + 1);
  const std::size_t count = std::min(text.size() - place, 1 + input.below(4) * input.below(8));
  switch (input.below(6)) {
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
    case 4:
      replace_value(input, text, place);
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
