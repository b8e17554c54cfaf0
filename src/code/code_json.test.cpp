// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <caligo/code.hpp>

#include <nlohmann/json.hpp>

#include "code/code_json.hpp"

namespace caligo {
namespace {

using Json = nlohmann::ordered_json;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

CodeSpec sample(std::size_t length = 64, std::size_t shortened = 5) {
  BitString frozen(length);
  for (std::size_t i = 0; i < length; ++i) frozen.set(i, i % 3 == 0 || i < length / 4 || i >= length - shortened);
  return CodeSpec::make(frozen, parse_crc("crc6").value(), CrcPlacement::embedded, shortened,
                        {"density-evolution", "bsc:0.02"})
      .value();
}

void expect_refused(const std::string& text, const std::string& why) {
  const auto result = CodeSpec::from_json(text, "code.json");
  ASSERT_FALSE(result) << why;
  EXPECT_EQ(result.error().code, ErrorCode::malformed_input) << why;
  EXPECT_THAT(result.error().message, StartsWith("code.json: ")) << why;
  EXPECT_LT(result.error().message.size(), 300U) << why;
  EXPECT_EQ(result.error().message.find_first_of("\n\r\x1b"), std::string::npos) << why;
}

TEST(CodeJson, RoundTrip) {
  std::vector<CodeSpec> codes{sample(), sample(32, 0), sample(4096, 1000)};
  codes.push_back(CodeSpec::make(BitString(1024), {}, CrcPlacement::none).value());
  codes.push_back(CodeSpec::make(BitString(1024), parse_crc("9:0x119").value(), CrcPlacement::external).value());
  for (const CodeSpec& code : codes) {
    const std::string text = code.to_json();
    EXPECT_THAT(text, EndsWith("}\n"));
    const CodeSpec again = CodeSpec::from_json(text, "x").value();
    EXPECT_EQ(again.strong_id(), code.strong_id());
    EXPECT_TRUE(equal(again.frozen_mask(), code.frozen_mask()));
    EXPECT_EQ(again.shortened(), code.shortened());
    EXPECT_EQ(again.crc(), code.crc());
    EXPECT_EQ(again.crc_placement(), code.crc_placement());
    EXPECT_EQ(again.provenance(), code.provenance());
    EXPECT_EQ(again.to_json(), text);
  }
}

TEST(CodeJson, EveryTruncationIsRefused) {
  const std::string text = sample(512).to_json();
  for (std::size_t size = 0; size + 2 <= text.size(); ++size) {
    expect_refused(text.substr(0, size), "cut to " + std::to_string(size) + " bytes");
  }
}

TEST(CodeJson, SyntaxErrorsGiveTheByteOffset) {
  const auto result = CodeSpec::from_json("{\"n\": 5,, }", "code.json");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "code.json: not valid JSON at byte 8");
}

TEST(CodeJson, EveryFieldIsCheckedForPresenceTypeAndRange) {
  const Json original = Json::parse(sample().to_json());
  const std::vector<Json> wrong{nullptr,
                                true,
                                -1,
                                0.5,
                                1e300,
                                "",
                                "\xc3\xa9\n",
                                Json::array(),
                                Json::object(),
                                18446744073709551615ULL,
                                std::string(1000, 'A')};
  std::vector<std::string> pointers;
  const Json flat = original.flatten();
  for (const auto& item : flat.items()) pointers.push_back(item.key());
  pointers.insert(pointers.end(), {"/crc", "/construction"});
  for (const std::string& name : pointers) {
    const Json::json_pointer pointer(name);
    // Provenance is informative: any short text will do there.
    const bool informative = name.find("/construction/") == 0;
    for (const Json& value : wrong) {
      if (informative && value == "") continue;
      Json edited = original;
      edited[pointer] = value;
      expect_refused(edited.dump(), name + " = " + value.dump(-1, ' ', true));
    }
    Json missing = original;
    if (pointer.parent_pointer().empty()) {
      missing.erase(pointer.back());
    } else {
      missing[pointer.parent_pointer()].erase(pointer.back());
    }
    expect_refused(missing.dump(), "without " + name);
  }
}

TEST(CodeJson, PlausibleEditsAreRefused) {
  const Json original = Json::parse(sample().to_json());
  const std::vector<std::pair<std::string, Json>> edits{{"/caligo_code", 2},
                                                        {"/n", 5},
                                                        {"/n", 7},
                                                        {"/n", 64},
                                                        {"/shortened", 4},
                                                        {"/shortened", 6},
                                                        {"/shortened", 64},
                                                        {"/message_bits", 1},
                                                        {"/information_bits", 20},
                                                        {"/crc/width", 7},
                                                        {"/crc/name", "crc11"},
                                                        {"/crc/polynomial", 35},
                                                        {"/crc/name", "none"},
                                                        {"/crc_placement", "external"},
                                                        {"/crc_placement", "none"},
                                                        {"/crc_placement", "Embedded"},
                                                        {"/strong_id", std::string(32, '0')}};
  for (const auto& [name, value] : edits) {
    Json edited = original;
    ASSERT_NE(edited[Json::json_pointer(name)], value);
    edited[Json::json_pointer(name)] = value;
    expect_refused(edited.dump(), name + " = " + value.dump());
  }
}

TEST(CodeJson, EveryFlippedFrozenBitIsRefused) {
  const Json original = Json::parse(sample().to_json());
  const std::string mask = original["frozen"];
  for (std::size_t i = 0; i < mask.size(); ++i) {
    for (const char c : {'A', '/', '=', ' ', '!', '\0'}) {
      if (mask[i] == c) continue;
      Json edited = original;
      std::string changed = mask;
      changed[i] = c;
      edited["frozen"] = changed;
      expect_refused(edited.dump(), "frozen character " + std::to_string(i));
    }
  }
}

TEST(CodeJson, UnknownVersionIsNamed) {
  Json edited = Json::parse(sample().to_json());
  edited["caligo_code"] = 2;
  edited["new_field"] = 1;
  const auto result = CodeSpec::from_json(edited.dump(), "code.json");
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("version 1 only"));
}

TEST(CodeJson, UnknownAndRepeatedFieldsAreRefused) {
  std::string text = sample().to_json();
  expect_refused("{\"n\": 6, " + text.substr(1), "n twice");
  expect_refused("{\"x\": 6, " + text.substr(1), "unknown field");
  expect_refused(text + "{}", "a second document");
}

TEST(CodeJson, HostileTextIsRefusedQuickly) {
  expect_refused(std::string(code::max_json_bytes + 1, ' '), "too long");
  expect_refused(std::string(code::max_json_bytes, '['), "deeply nested");
  expect_refused("", "empty");
  expect_refused("[]", "array");
  expect_refused("null", "null");
  expect_refused("{\"caligo_code\": 1, \"caligo_code\": 1}", "repeated");
  expect_refused("\xff\xfe{\"caligo_code\": 1}", "not UTF-8");
  expect_refused("{\"caligo_code\": 1e999}", "out of range");
}

}  // namespace
}  // namespace caligo
