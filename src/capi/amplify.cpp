// SPDX-License-Identifier: Apache-2.0
#include <caligo/c/key.h>
#include <fmt/format.h>
#include <caligo/amplify.hpp>

#include "capi/boundary.hpp"

namespace capi = caligo::capi;
using caligo::Error;
using caligo::ErrorCode;
using caligo::Result;

struct caligo_amplifier {
  caligo::Amplifier amplifier;
  caligo::capi::SecretBits input;
  caligo::capi::SecretBits seed;
  caligo::capi::SecretBits output;
};

struct caligo_stream_amplifier {
  caligo::StreamAmplifier amplifier;
  std::size_t input_bits;
  caligo::capi::SecretBits chunk;
  caligo::capi::SecretBits output;
};

namespace caligo::capi {

namespace {

Result<HashForm> form_of(std::int32_t form) {
  if (form == CALIGO_MODIFIED_TOEPLITZ) return HashForm::modified_toeplitz;
  if (form == CALIGO_TOEPLITZ) return HashForm::toeplitz;
  return invalid(fmt::format("form is {}, expected CALIGO_MODIFIED_TOEPLITZ or CALIGO_TOEPLITZ", form));
}

Result<AmplifierSettings> amplifier_settings(const caligo_amplifier_options* options) {
  auto read = read_struct(options, "options");
  if (!read) return std::move(read).error();
  auto form = form_of(read->form);
  if (!form) return std::move(form).error();
  AmplifierSettings settings{.input_bits = read->input_bits, .output_bits = read->output_bits, .form = *form};
  if (read->max_bytes != 0) settings.max_bytes = read->max_bytes;
  return settings;
}

Result<std::unique_ptr<caligo_amplifier>> make_amplifier(const AmplifierSettings& settings) {
  auto made = Amplifier::make(settings);
  if (!made) return std::move(made).error();
  const std::size_t seed_bits = made->seed_bits();
  return std::unique_ptr<caligo_amplifier>(new caligo_amplifier{.amplifier = std::move(*made),
                                                                .input = SecretBits(settings.input_bits),
                                                                .seed = SecretBits(seed_bits),
                                                                .output = SecretBits(settings.output_bits)});
}

Result<void> load_input(caligo_amplifier& handle, const std::uint8_t* input, std::size_t bits, std::size_t out_bits) {
  if (auto right = check_bits(bits, handle.input->size(), "input"); !right) return right;
  if (auto right = check_bits(out_bits, handle.output->size(), "output"); !right) return right;
  return load_bits(input, *handle.input, "input");
}

Result<void> load_seed(caligo_amplifier& handle, const std::uint8_t* seed, std::size_t bits) {
  if (auto right = check_bits(bits, handle.seed->size(), "seed"); !right) return right;
  return load_bits(seed, *handle.seed, "seed");
}

Result<void> amplify_block(caligo_amplifier& handle, const std::uint8_t* input, std::size_t input_bits,
                           const std::uint8_t* seed, std::size_t seed_bits, std::uint8_t* output,
                           std::size_t output_bits) {
  if (auto loaded = load_input(handle, input, input_bits, output_bits); !loaded) return loaded;
  if (auto loaded = load_seed(handle, seed, seed_bits); !loaded) return loaded;
  if (auto done = handle.amplifier.amplify(*handle.input, *handle.seed, *handle.output); !done) return done;
  return store_bits(*handle.output, output, "output");
}

/// What the caller's function gives, as the library wants it: an Error for a number, pad bits zero.
SeedReader reader_for(caligo_seed_reader reader, void* context) {
  return [reader, context](std::size_t offset, MutableBitView out) -> Result<void> {
    const std::span<std::uint64_t> words = out.words();
    if (words.empty()) return {};
    words.back() = 0;
    const caligo_error error = reader(context, offset, reinterpret_cast<std::uint8_t*>(words.data()), out.size());
    if (error != CALIGO_OK) {
      return Error{static_cast<ErrorCode>(error),
                   fmt::format("the seed reader returned {} ({}) at bit {}", error, caligo_error_name(error), offset)};
    }
    if (out.size() % 64 != 0) words.back() &= (std::uint64_t{1} << (out.size() % 64)) - 1;
    return {};
  };
}

}  // namespace

}  // namespace caligo::capi

size_t caligo_amplification_seed_bits(size_t input_bits, size_t output_bits, int32_t form) {
  const bool is_inside = output_bits >= 1 && output_bits <= input_bits;
  if (!is_inside || (form != CALIGO_MODIFIED_TOEPLITZ && form != CALIGO_TOEPLITZ)) return 0;
  return caligo::amplification_seed_bits(
      input_bits, output_bits,
      form == CALIGO_TOEPLITZ ? caligo::HashForm::toeplitz : caligo::HashForm::modified_toeplitz);
}

caligo_error caligo_amplification_seed_fresh(uint8_t* seed, size_t bits) {
  return capi::guarded([&]() -> Result<void> {
    auto fresh = caligo::fresh_amplification_seed(bits);
    if (!fresh) return std::move(fresh).error();
    return capi::store_bits(*fresh, seed, "seed");
  });
}

caligo_error caligo_amplification_seed_simulated(uint64_t seed, uint64_t stream, uint8_t* out, size_t bits) {
  return capi::guarded(
      [&] { return capi::store_bits(caligo::simulated_amplification_seed(bits, seed, stream), out, "out"); });
}

caligo_error caligo_amplifier_create(const caligo_amplifier_options* options, caligo_amplifier** amplifier) {
  return capi::create(amplifier, "amplifier", [&]() -> Result<std::unique_ptr<caligo_amplifier>> {
    auto settings = capi::amplifier_settings(options);
    if (!settings) return std::move(settings).error();
    return capi::make_amplifier(*settings);
  });
}

caligo_error caligo_amplifier_amplify(caligo_amplifier* amplifier, const uint8_t* input, size_t input_bits,
                                      const uint8_t* seed, size_t seed_bits, uint8_t* output, size_t output_bits) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(amplifier, "amplifier"); !there) return there;
    return capi::amplify_block(*amplifier, input, input_bits, seed, seed_bits, output, output_bits);
  });
}

caligo_error caligo_amplifier_prepare(caligo_amplifier* amplifier, const uint8_t* seed, size_t seed_bits) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(amplifier, "amplifier"); !there) return there;
    if (auto loaded = capi::load_seed(*amplifier, seed, seed_bits); !loaded) return loaded;
    return amplifier->amplifier.prepare(*amplifier->seed);
  });
}

caligo_error caligo_amplifier_amplify_prepared(caligo_amplifier* amplifier, const uint8_t* input, size_t input_bits,
                                               uint8_t* output, size_t output_bits) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(amplifier, "amplifier"); !there) return there;
    if (auto loaded = capi::load_input(*amplifier, input, input_bits, output_bits); !loaded) return loaded;
    if (auto done = amplifier->amplifier.amplify_prepared(*amplifier->input, *amplifier->output); !done) return done;
    return capi::store_bits(*amplifier->output, output, "output");
  });
}

size_t caligo_amplifier_memory(const caligo_amplifier* amplifier) {
  return amplifier == nullptr ? 0 : amplifier->amplifier.memory_bytes();
}

void caligo_amplifier_destroy(caligo_amplifier* amplifier) { delete amplifier; }

caligo_error caligo_stream_amplifier_create(const caligo_amplifier_options* options, size_t max_chunk_bits,
                                            caligo_stream_amplifier** amplifier) {
  return capi::create(amplifier, "amplifier", [&]() -> Result<std::unique_ptr<caligo_stream_amplifier>> {
    auto settings = capi::amplifier_settings(options);
    if (!settings) return std::move(settings).error();
    auto made = caligo::StreamAmplifier::make(*settings, max_chunk_bits);
    if (!made) return std::move(made).error();
    return std::unique_ptr<caligo_stream_amplifier>(
        new caligo_stream_amplifier{.amplifier = std::move(*made),
                                    .input_bits = settings->input_bits,
                                    .chunk = capi::SecretBits(max_chunk_bits),
                                    .output = capi::SecretBits(settings->output_bits)});
  });
}

caligo_error caligo_stream_amplifier_push(caligo_stream_amplifier* amplifier, const uint8_t* chunk, size_t bits,
                                          caligo_seed_reader reader, void* context) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(amplifier, "amplifier"); !there) return there;
    if (reader == nullptr) return capi::invalid("reader is NULL");
    if (bits > amplifier->chunk->size()) {
      return Error{ErrorCode::size_mismatch,
                   fmt::format("chunk: expected at most {} bits, got {}", amplifier->chunk->size(), bits)};
    }
    const caligo::MutableBitView part(amplifier->chunk->words().data(), bits);
    if (auto loaded = capi::load_bits(chunk, part, "chunk"); !loaded) return loaded;
    return amplifier->amplifier.push(part, capi::reader_for(reader, context), *amplifier->output);
  });
}

caligo_error caligo_stream_amplifier_output(const caligo_stream_amplifier* amplifier, uint8_t* output,
                                            size_t output_bits) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(amplifier, "amplifier"); !there) return there;
    const std::size_t consumed = amplifier->amplifier.consumed();
    if (consumed != amplifier->input_bits) {
      return capi::invalid(fmt::format("{} of {} input bits were pushed", consumed, amplifier->input_bits));
    }
    if (auto right = capi::check_bits(output_bits, amplifier->output->size(), "output"); !right) return right;
    return capi::store_bits(*amplifier->output, output, "output");
  });
}

void caligo_stream_amplifier_destroy(caligo_stream_amplifier* amplifier) { delete amplifier; }

caligo_error caligo_amplify(const uint8_t* input, size_t input_bits, const uint8_t* seed, size_t seed_bits,
                            uint8_t* output, size_t output_bits) {
  return capi::guarded([&]() -> Result<void> {
    auto made = capi::make_amplifier({.input_bits = input_bits, .output_bits = output_bits});
    if (!made) return std::move(made).error();
    return capi::amplify_block(**made, input, input_bits, seed, seed_bits, output, output_bits);
  });
}
