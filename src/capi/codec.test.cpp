// SPDX-License-Identifier: Apache-2.0
// The C interface gives what the C++ interface gives, and refuses what is wrong with a number and a text.
#include <caligo/adaptive.hpp>
#include <caligo/code.hpp>
#include <caligo/construct.hpp>
#include <caligo/decode.hpp>
#include <caligo/encode.hpp>

#include <cmath>
#include <limits>

#include "capi/codec_test.hpp"

namespace caligo::capi_test {
namespace {

TEST(CApiCode, EqualsTheCppCode) {
  const Code code = make_code();
  const CodeSpec expected = same_code();
  EXPECT_EQ(caligo_code_strong_id(code.get()), expected.strong_id());
  auto info = sized<caligo_code_info>();
  ASSERT_OK(caligo_code_get_info(code.get(), &info));
  EXPECT_EQ(info.log2_length, 8U);
  EXPECT_EQ(info.block_length, 256U);
  EXPECT_EQ(info.sent_bits, expected.sent_bits());
  EXPECT_EQ(info.frozen_bits, expected.frozen_bits());
  EXPECT_EQ(info.information_bits, 116U);
  EXPECT_EQ(info.message_bits, 100U);
  EXPECT_EQ(info.shortened, 3U);
  EXPECT_EQ(info.crc_placement, CALIGO_CRC_EMBEDDED);
  EXPECT_EQ(info.crc_width, 16U);
  EXPECT_EQ(info.crc_polynomial, 0x1021U);
}

TEST(CApiCode, JsonAndMaskMakeTheSameCodeAgain) {
  const Code code = make_code();
  std::size_t length = 0;
  expect_error(caligo_code_to_json(code.get(), nullptr, 0, &length), CALIGO_ERROR_SIZE_MISMATCH, "capacity");
  std::string json(length + 1, '?');
  ASSERT_OK(caligo_code_to_json(code.get(), json.data(), json.size(), &length));
  EXPECT_EQ(json.back(), '\0');
  json.pop_back();
  EXPECT_EQ(json, same_code().to_json());
  const auto again =
      made<Code>([&](caligo_code** out) { return caligo_code_from_json(json.data(), json.size(), "file", out); });
  EXPECT_STREQ(caligo_code_strong_id(again.get()), caligo_code_strong_id(code.get()));

  std::vector<std::uint8_t> mask(32);
  ASSERT_OK(caligo_code_frozen_mask(code.get(), mask.data(), 256));
  const auto from_mask = made<Code>([&](caligo_code** out) {
    return caligo_code_from_frozen(mask.data(), 8, 3, "crc16-ccitt", CALIGO_CRC_AUTOMATIC, out);
  });
  EXPECT_STREQ(caligo_code_strong_id(from_mask.get()), caligo_code_strong_id(code.get()));

  caligo_code* none = code.get();
  expect_error(caligo_code_from_json("{", 1, "my.json", &none), CALIGO_ERROR_MALFORMED_INPUT, "my.json");
  EXPECT_EQ(none, nullptr);
}

TEST(CApiCode, OrdersNestCodes) {
  auto options = sized<caligo_order_options>();
  options.log2_length = 6;
  options.channel = "awgn-ebn0:2";
  options.rate = 0.5;
  const auto order = made<Order>([&](caligo_order** out) { return caligo_order_construct(&options, out); });
  const auto expected = construct_order(6, resolve_rate(AwgnEbN0{2}, 0.5), ConstructionMethod::automatic).value();
  std::vector<std::uint32_t> indices(caligo_order_size(order.get()));
  ASSERT_OK(caligo_order_indices(order.get(), indices.data(), indices.size()));
  EXPECT_EQ(indices, expected.indices);
  std::vector<float> errors(64);
  ASSERT_OK(caligo_order_error_probabilities(order.get(), errors.data(), errors.size()));
  EXPECT_EQ(errors, expected.error_probability);
  expect_error(caligo_order_indices(order.get(), indices.data(), 3), CALIGO_ERROR_SIZE_MISMATCH, "64");
  const auto code = made<Code>(
      [&](caligo_code** out) { return caligo_code_from_order(order.get(), 32, nullptr, CALIGO_CRC_NONE, out); });
  EXPECT_EQ(caligo_code_strong_id(code.get()),
            caligo::make_code(expected, 32, {}, CrcPlacement::none).value().strong_id());

  std::string text = "4\nbsc\n0.1\n";
  for (int i = 15; i >= 0; --i) text += std::to_string(i) + "\n";
  caligo_order* handle = nullptr;
  const caligo_error parsed = caligo_order_parse(text.data(), text.size(), "o.txt", &handle);
  const Order owned(handle);
  EXPECT_EQ(parsed == CALIGO_OK, parse_order(text, "o.txt").has_value());
  expect_error(caligo_order_parse("x", 1, "o.txt", &handle), CALIGO_ERROR_MALFORMED_INPUT, "o.txt");

  options.method = "polarization-weight";
  options.channel = nullptr;
  const auto weights = made<Order>([&](caligo_order** out) { return caligo_order_construct(&options, out); });
  expect_error(caligo_order_error_probabilities(weights.get(), errors.data(), errors.size()), CALIGO_ERROR_UNSUPPORTED,
               "polarization-weight");
  options.method = nullptr;
  expect_error(caligo_order_construct(&options, &handle), CALIGO_ERROR_INVALID_ARGUMENT, "channel");
  options.channel = "awgn-ebn0:2";
  options.rate = 0;
  expect_error(caligo_order_construct(&options, &handle), CALIGO_ERROR_INVALID_ARGUMENT, "rate");
}

TEST(CApiEncode, EqualsTheCppEncoder) {
  const Code code = make_code();
  const CodeSpec spec = same_code();
  constexpr std::size_t frames = 5;
  const auto messages = messages_for(frames, 100);
  const auto frozen = messages_for(frames, spec.frozen_bits());
  for (const std::int32_t mode : {CALIGO_NON_SYSTEMATIC, CALIGO_SYSTEMATIC}) {
    const auto encoder =
        made<Encoder>([&](caligo_encoder** out) { return caligo_encoder_create(code.get(), mode, out); });
    // An address that no word has, because callers need not align.
    std::vector<std::uint8_t> words(frames * bytes_for(spec.sent_bits()) + 1);
    ASSERT_OK(caligo_encoder_encode(encoder.get(), frames, messages.data(), messages.size(), frozen.data(),
                                    frozen.size(), words.data() + 1, words.size() - 1));
    caligo::Encoder reference(spec, mode == CALIGO_SYSTEMATIC ? EncodeMode::systematic : EncodeMode::non_systematic);
    for (std::size_t f = 0; f < frames; ++f) {
      const auto row = [&](const std::vector<std::uint8_t>& rows, std::size_t bits) {
        return BitString::from_bytes(std::span(rows).subspan(f * bytes_for(bits), bytes_for(bits)), bits).value();
      };
      BitString word(spec.sent_bits());
      reference.encode(row(messages, 100), row(frozen, spec.frozen_bits()), word).value();
      const auto* begin = words.data() + 1 + f * bytes_for(spec.sent_bits());
      EXPECT_EQ(word.to_bytes(), std::vector<std::uint8_t>(begin, begin + bytes_for(spec.sent_bits())));
    }
    std::vector<std::uint8_t> back(messages.size());
    ASSERT_OK(
        caligo_encoder_extract(encoder.get(), frames, words.data() + 1, words.size() - 1, back.data(), back.size()));
    EXPECT_EQ(back == messages, true);
  }
}

TEST(CApiEncode, RefusesWrongSizesAndPadBits) {
  const Code code = make_code();
  const auto encoder = made<Encoder>(
      [&](caligo_encoder** out) { return caligo_encoder_create(code.get(), CALIGO_NON_SYSTEMATIC, out); });
  auto message = random_bytes(0, 100);
  std::vector<std::uint8_t> word(32);
  const auto encode_it = [&](std::size_t frames, std::size_t size, std::size_t words) {
    return caligo_encoder_encode(encoder.get(), frames, message.data(), size, nullptr, 0, word.data(), words);
  };
  EXPECT_OK(encode_it(1, 13, 32));
  EXPECT_OK(encode_it(0, 0, 0));
  expect_error(encode_it(1, 12, 32), CALIGO_ERROR_SIZE_MISMATCH, "messages: expected 13 bytes for each of 1 frames");
  expect_error(encode_it(1, 13, 31), CALIGO_ERROR_SIZE_MISMATCH, "codewords");
  // 2^62 frames of 32 bytes would overflow to the size 0.
  expect_error(encode_it(std::size_t{1} << 62U, 13, 0), CALIGO_ERROR_SIZE_MISMATCH, "messages");
  message.back() |= 0x80U;
  expect_error(encode_it(1, 13, 32), CALIGO_ERROR_MALFORMED_INPUT, "pad bits after bit 99");
  expect_error(caligo_encode(code.get(), message.data(), 99, word.data(), 253), CALIGO_ERROR_SIZE_MISMATCH, "100");
}

/// All kinds of decoder, LLR types and outputs, against the C++ decoder.
TEST(CApiDecode, EqualsTheCppDecoders) {
  const Code code = make_code();
  const CodeSpec spec = same_code();
  constexpr std::size_t frames = 70;
  const std::size_t sent = spec.sent_bits();
  const auto words = encode(code.get(), frames, messages_for(frames, 100));
  const auto llr8 = noisy<std::int8_t>(words, frames, sent, 3);
  const auto llr16 = noisy<std::int16_t>(words, frames, sent, 3000);
  const auto llrf = noisy<float>(words, frames, sent, 2.9F);
  auto adaptive = AdaptiveDecoder(AdaptivePlan::make(spec, 8).value());
  auto list = caligo::Decoder(DecodePlan::make(spec, 8).value());
  for (const std::int32_t kind : {CALIGO_DECODER_LIST, CALIGO_DECODER_ADAPTIVE, CALIGO_DECODER_BATCH}) {
    auto options = sized<caligo_decode_options>();
    options.decoder = kind;
    const auto plan = made<Plan>([&](caligo_plan** out) { return caligo_plan_create(code.get(), &options, out); });
    const auto decoder = made<Decoder>([&](caligo_decoder** out) { return caligo_decoder_create(plan.get(), out); });
    EXPECT_GT(caligo_decoder_memory(decoder.get()), 0U);
    for (const std::int32_t type : {CALIGO_LLR_INT8, CALIGO_LLR_INT16, CALIGO_LLR_FLOAT}) {
      auto input = sized<caligo_decode_input>();
      input.frames = frames;
      input.llr_type = type;
      input.llr = type == CALIGO_LLR_INT8    ? static_cast<const void*>(llr8.data())
                  : type == CALIGO_LLR_INT16 ? static_cast<const void*>(llr16.data())
                                             : static_cast<const void*>(llrf.data());
      input.llr_count = frames * sent;
      input.units_per_nat = type == CALIGO_LLR_INT16 ? 1000.0F : 0.0F;
      std::vector<std::uint8_t> messages(frames * 13);
      std::vector<std::uint8_t> codewords(frames * bytes_for(sent));
      std::vector<std::uint8_t> u(frames * 32);
      std::vector<std::uint8_t> accepted(frames, 9);
      std::vector<std::uint8_t> lists(frames, 9);
      std::vector<std::uint8_t> ranks(frames, 9);
      std::vector<std::int64_t> metrics(frames, -9);
      auto output = sized<caligo_decode_output>();
      output.messages = messages.data();
      output.messages_size = messages.size();
      output.codewords = codewords.data();
      output.codewords_size = codewords.size();
      if (kind != CALIGO_DECODER_BATCH) {
        output.u = u.data();
        output.u_size = u.size();
      }
      output.accepted = accepted.data();
      output.list_sizes = lists.data();
      output.ranks = ranks.data();
      output.path_metrics = metrics.data();
      ASSERT_OK(caligo_decoder_decode(decoder.get(), &input, &output));
      for (std::size_t f = 0; f < frames; ++f) {
        const LlrView all = type == CALIGO_LLR_INT8    ? LlrView(llr8)
                            : type == CALIGO_LLR_INT16 ? LlrView(std::span<const std::int16_t>(llr16), 1000)
                                                       : LlrView(llrf);
        const DecodeInput one{.llr = all.subview(f * sent, sent)};
        const bool plain = kind == CALIGO_DECODER_LIST;
        const auto verdict = (plain ? list.decode(one) : adaptive.decode(one)).value();
        const auto expect_row = [&](BitView bits, const std::vector<std::uint8_t>& rows) {
          const auto* begin = rows.data() + f * bytes_for(bits.size());
          EXPECT_EQ(BitString(bits).to_bytes(), std::vector<std::uint8_t>(begin, begin + bytes_for(bits.size())));
        };
        expect_row(plain ? list.message() : adaptive.message(), messages);
        expect_row(plain ? list.codeword() : adaptive.codeword(), codewords);
        if (kind != CALIGO_DECODER_BATCH) expect_row(plain ? list.u() : adaptive.u(), u);
        EXPECT_EQ(accepted[f], verdict.accepted ? 1 : 0);
        EXPECT_EQ(lists[f], verdict.list_size);
        EXPECT_EQ(ranks[f], verdict.rank);
        const bool has_metric = kind != CALIGO_DECODER_BATCH || lists[f] > 1;  // SC on interleaved frames keeps none
        EXPECT_EQ(metrics[f], has_metric ? std::int64_t{verdict.path_metric} : -1);
      }
    }
  }
}

TEST(CApiDecode, FrozenValuesAndExternalChecksums) {
  const Code code = make_code(100, CALIGO_CRC_EXTERNAL);
  auto info = sized<caligo_code_info>();
  ASSERT_OK(caligo_code_get_info(code.get(), &info));
  const auto message = random_bytes(0, 100);
  const auto frozen = random_bytes(1, info.frozen_bits);
  std::vector<std::uint8_t> word(32);
  const auto encoder = made<Encoder>(
      [&](caligo_encoder** out) { return caligo_encoder_create(code.get(), CALIGO_NON_SYSTEMATIC, out); });
  ASSERT_OK(caligo_encoder_encode(encoder.get(), 1, message.data(), message.size(), frozen.data(), frozen.size(),
                                  word.data(), word.size()));
  std::uint32_t checksum = 0;
  ASSERT_OK(caligo_crc("crc16-ccitt", message.data(), 100, &checksum));
  const auto llr = noisy<float>(word, 1, info.sent_bits, 3.0F);
  for (const std::int32_t kind : {CALIGO_DECODER_LIST, CALIGO_DECODER_ADAPTIVE, CALIGO_DECODER_BATCH}) {
    auto options = sized<caligo_decode_options>();
    options.decoder = kind;
    options.list_size = 4;
    const auto plan = made<Plan>([&](caligo_plan** out) { return caligo_plan_create(code.get(), &options, out); });
    const auto decoder = made<Decoder>([&](caligo_decoder** out) { return caligo_decoder_create(plan.get(), out); });
    auto input = sized<caligo_decode_input>();
    input.llr = llr.data();
    input.llr_count = llr.size();
    input.llr_type = CALIGO_LLR_FLOAT;
    input.frozen_values = frozen.data();
    input.frozen_values_size = frozen.size();
    input.checksums = &checksum;
    input.checksum_count = 1;
    std::vector<std::uint8_t> decoded(13);
    std::uint8_t accepted = 0;
    auto output = sized<caligo_decode_output>();
    output.messages = decoded.data();
    output.messages_size = decoded.size();
    output.accepted = &accepted;
    ASSERT_OK(caligo_decoder_decode(decoder.get(), &input, &output));
    EXPECT_EQ(accepted, 1);
    EXPECT_EQ(decoded, message);
    input.checksums = nullptr;
    input.checksum_count = 0;
    expect_error(caligo_decoder_decode(decoder.get(), &input, &output), CALIGO_ERROR_INVALID_ARGUMENT, "checksum");
  }
}

TEST(CApiDecode, RefusesWhatIsWrong) {
  const Code code = make_code();
  caligo_plan* none = nullptr;
  auto options = sized<caligo_decode_options>();
  options.list_size = 3;
  expect_error(caligo_plan_create(code.get(), &options, &none), CALIGO_ERROR_INVALID_ARGUMENT, "3");
  options.list_size = 4;
  options.llr_bits = 12;
  expect_error(caligo_plan_create(code.get(), &options, &none), CALIGO_ERROR_INVALID_ARGUMENT, "12");
  options.llr_bits = 16;
  options.decoder = CALIGO_DECODER_BATCH;
  expect_error(caligo_plan_create(code.get(), &options, &none), CALIGO_ERROR_INVALID_ARGUMENT, "CALIGO_DECODER_LIST");
  options.llr_bits = 0;
  const auto plan = made<Plan>([&](caligo_plan** out) { return caligo_plan_create(code.get(), &options, out); });
  const auto decoder = made<Decoder>([&](caligo_decoder** out) { return caligo_decoder_create(plan.get(), out); });
  std::vector<float> llr(253, 1.0F);
  llr[77] = std::numeric_limits<float>::quiet_NaN();
  auto input = sized<caligo_decode_input>();
  input.llr = llr.data();
  input.llr_count = llr.size();
  input.llr_type = CALIGO_LLR_FLOAT;
  std::vector<std::uint8_t> row(32);
  auto output = sized<caligo_decode_output>();
  output.messages = row.data();
  output.messages_size = 13;
  const auto decode = [&] { return caligo_decoder_decode(decoder.get(), &input, &output); };
  expect_error(decode(), CALIGO_ERROR_INVALID_ARGUMENT, "77");
  llr[77] = 1;
  EXPECT_OK(decode());
  input.llr_count = 252;
  expect_error(decode(), CALIGO_ERROR_SIZE_MISMATCH, "llr");
  input.llr_count = 253;
  input.llr_type = 7;
  expect_error(decode(), CALIGO_ERROR_INVALID_ARGUMENT, "llr_type");
  input.llr_type = CALIGO_LLR_FLOAT;
  output.u = row.data();
  output.u_size = row.size();
  expect_error(decode(), CALIGO_ERROR_UNSUPPORTED, "batch");
  output.u = nullptr;
  output.u_size = 0;
  output.messages = nullptr;
  output.messages_size = 0;
  expect_error(decode(), CALIGO_ERROR_INVALID_ARGUMENT, "messages");
}

TEST(CApiDecode, OneCall) {
  const Code code = make_code();
  const auto message = random_bytes(3, 100);
  std::vector<std::uint8_t> word(32);
  ASSERT_OK(caligo_encode(code.get(), message.data(), 100, word.data(), 253));
  const auto llr = noisy<float>(word, 1, 253, 3.0F);
  std::vector<std::uint8_t> decoded(13);
  std::int32_t accepted = 0;
  ASSERT_OK(caligo_decode(code.get(), 8, llr.data(), llr.size(), decoded.data(), 100, &accepted));
  EXPECT_EQ(accepted, 1);
  EXPECT_EQ(decoded, message);
  expect_error(caligo_decode(code.get(), 8, llr.data(), 252, decoded.data(), 100, &accepted),
               CALIGO_ERROR_SIZE_MISMATCH, "llr");
}

TEST(CApiDecode, ScalesAreThoseOfTheLibrary) {
  EXPECT_EQ(caligo_default_llr_scale(12, 8), default_llr_scale(12));
  EXPECT_EQ(caligo_default_llr_scale(12, 16), default_llr_scale(12, LlrWidth::bits16));
  EXPECT_TRUE(std::isnan(caligo_default_llr_scale(12, 9)));
  float scale = 0;
  ASSERT_OK(caligo_llr_scale(10, "bsc:0.05", &scale));
  EXPECT_EQ(scale, llr_scale(10, Bsc{0.05}));
  expect_error(caligo_llr_scale(10, "bsc", &scale), CALIGO_ERROR_INVALID_ARGUMENT, "bsc");
}

}  // namespace
}  // namespace caligo::capi_test
