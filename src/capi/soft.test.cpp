// SPDX-License-Identifier: Apache-2.0
#include <caligo/soft.hpp>

#include "capi/codec_test.hpp"

namespace caligo::capi_test {
namespace {

TEST(CApiSoft, EqualsTheCppDecoder) {
  const Code code = make_code();
  const CodeSpec spec = same_code();
  const auto decoder = made<SoftDecoder>(
      [&](caligo_soft_decoder** out) { return caligo_soft_decoder_create(code.get(), 4, CALIGO_SOFT_EXACT, out); });
  EXPECT_GT(caligo_soft_decoder_memory(decoder.get()), 0U);
  constexpr std::size_t frames = 3;
  const auto words = encode(code.get(), frames, messages_for(frames, 100));
  const auto llr = noisy<float>(words, frames, 253, 2.9F);
  const std::vector<float> prior(llr.size(), 0.1F);
  std::vector<float> extrinsic(llr.size());
  std::vector<std::uint8_t> messages(frames * 13);
  std::vector<std::uint8_t> accepted(frames);
  std::vector<double> wrong(frames);
  auto input = sized<caligo_soft_input>();
  input.frames = frames;
  input.llr = llr.data();
  input.llr_count = llr.size();
  input.prior = prior.data();
  input.prior_count = prior.size();
  auto output = sized<caligo_soft_output>();
  output.messages = messages.data();
  output.messages_size = messages.size();
  output.extrinsic = extrinsic.data();
  output.extrinsic_count = extrinsic.size();
  output.accepted = accepted.data();
  output.error_probabilities = wrong.data();
  ASSERT_OK(caligo_soft_decoder_decode(decoder.get(), &input, &output));
  auto reference = caligo::SoftDecoder::make(spec, 4).value();
  for (std::size_t f = 0; f < frames; ++f) {
    std::vector<float> expected(253);
    const auto verdict =
        reference
            .decode({.llr = std::span(llr).subspan(f * 253, 253), .prior = std::span(prior).subspan(f * 253, 253)},
                    expected)
            .value();
    EXPECT_EQ(accepted[f], verdict.accepted ? 1 : 0);
    EXPECT_EQ(wrong[f], verdict.error_probability);
    const auto row = std::span(extrinsic).subspan(f * 253, 253);
    EXPECT_TRUE(std::equal(row.begin(), row.end(), expected.begin()));
    EXPECT_EQ(BitString(reference.message()).to_bytes(),
              std::vector<std::uint8_t>(messages.begin() + static_cast<std::ptrdiff_t>(f * 13),
                                        messages.begin() + static_cast<std::ptrdiff_t>(f * 13 + 13)));
  }
  caligo_soft_decoder* none = nullptr;
  expect_error(caligo_soft_decoder_create(code.get(), 4, 5, &none), CALIGO_ERROR_INVALID_ARGUMENT, "arithmetic");
  input.prior_count = 5;
  expect_error(caligo_soft_decoder_decode(decoder.get(), &input, &output), CALIGO_ERROR_SIZE_MISMATCH, "prior");
}

}  // namespace
}  // namespace caligo::capi_test
