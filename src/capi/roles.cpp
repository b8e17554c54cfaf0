// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/reconcile.hpp>

#include <algorithm>

#include "capi/codec.hpp"
#include "capi/leakage.hpp"

namespace capi = caligo::capi;
using caligo::Result;

struct caligo_code_selector {
  caligo::CodeSelector selector;
};

struct caligo_discloser {
  caligo::Discloser discloser;
  caligo::Disclosure disclosure;
  caligo::capi::SecretBits block;  ///< room for the longest one
};

struct caligo_corrector {
  caligo::Corrector corrector;
  caligo::Disclosure disclosure;
  caligo::capi::SecretBits block;
};

namespace caligo::capi {

namespace {

/// The first `bits` bits of a buffer, filled from bytes. Errors: size_mismatch, malformed_input, invalid_argument.
Result<BitView> load_block(SecretBits& buffer, const std::uint8_t* bytes, std::size_t bits) {
  if (bits == 0 || bits > buffer->size()) {
    return Error{ErrorCode::size_mismatch, fmt::format("block: expected 1 to {} bits, got {}", buffer->size(), bits)};
  }
  const MutableBitView block(buffer->words().data(), bits);
  if (auto loaded = load_bits(bytes, block, "block"); !loaded) return loaded.error();
  return BitView(block);
}

Result<void> check_tag_bits(std::uint32_t tag_bits) {
  if (tag_bits >= 1 && tag_bits <= 64) return {};
  return invalid(fmt::format("tag_bits is {}, expected 1 to 64", tag_bits));
}

VerificationKey from_c(const caligo_verification_key& key) noexcept {
  VerificationKey result;
  std::copy(std::begin(key.words), std::end(key.words), result.words.begin());
  return result;
}

void key_to_c(const VerificationKey& key, caligo_verification_key& out) noexcept {
  std::copy(key.words.begin(), key.words.end(), std::begin(out.words));
}

Result<void> disclose(caligo_discloser& handle, const std::uint8_t* bytes, std::size_t bits, caligo_disclosure& out) {
  auto value = read_struct(&out, "disclosure");
  if (!value) return std::move(value).error();
  const std::size_t row = bytes_for(handle.discloser.code().frozen_bits());
  if (auto right = check_rows(value->frozen_values_size, 1, row, "frozen_values", "bytes"); !right) return right;
  auto block = load_block(handle.block, bytes, bits);
  if (!block) return std::move(block).error();
  Disclosure& made = handle.disclosure;
  if (auto done = handle.discloser.disclose(*block, from_c(value->key), made); !done) return done;
  if (auto stored = store_bits(made.frozen_values, value->frozen_values, "frozen_values"); !stored) return stored;
  value->tag = made.tag;
  value->checksum = made.checksum;
  return write_struct(*value, &out, "disclosure");
}

Result<void> correct(caligo_corrector& handle, const caligo_disclosure& given, const std::uint8_t* bytes,
                     std::size_t bits, std::uint8_t* corrected, caligo_correction* result) {
  auto value = read_struct(&given, "disclosure");
  if (!value) return std::move(value).error();
  if (auto there = need(corrected, "corrected"); !there) return there;
  const CodeSpec& code = handle.corrector.plan().code();
  const std::size_t row = bytes_for(code.frozen_bits());
  if (auto right = check_rows(value->frozen_values_size, 1, row, "frozen_values", "bytes"); !right) return right;
  Disclosure& disclosure = handle.disclosure;
  if (auto loaded = load_bits(value->frozen_values, disclosure.frozen_values, "frozen_values"); !loaded) return loaded;
  disclosure.checksum = value->checksum;
  disclosure.tag = value->tag;
  disclosure.key = from_c(value->key);
  auto block = load_block(handle.block, bytes, bits);
  if (!block) return std::move(block).error();
  auto done = handle.corrector.correct(disclosure, *block);
  if (!done) return std::move(done).error();
  if (done->verified) {
    copy_out(handle.corrector.corrected(), corrected);
  } else {
    std::memset(corrected, 0, bytes_for(bits));
  }
  caligo_correction report{};
  report.corrected = done->corrected;
  report.verified = done->verified ? 1 : 0;
  report.crc_accepted = done->crc_accepted ? 1 : 0;
  report.candidates = done->candidates;
  return write_struct(report, result, "result");
}

}  // namespace

}  // namespace caligo::capi

// ---- Choice of the code
// ------------------------------------------------------------------------------------------------------------

caligo_error caligo_code_selector_create(const char* cache_directory, caligo_code_selector** selector) {
  return capi::create(selector, "selector", [&]() -> Result<std::unique_ptr<caligo_code_selector>> {
    return std::unique_ptr<caligo_code_selector>(
        new caligo_code_selector{caligo::CodeSelector(capi::cache_path(cache_directory))});
  });
}

caligo_error caligo_code_selector_select(caligo_code_selector* selector, const caligo_code_request* request,
                                         caligo_code** code) {
  return capi::create(code, "code", [&]() -> Result<std::unique_ptr<caligo_code>> {
    if (auto there = capi::need(selector, "selector"); !there) return there.error();
    if (auto there = capi::need(request, "request"); !there) return there.error();
    auto wanted = capi::read_struct(request, "request");
    if (!wanted) return std::move(wanted).error();
    auto crc = capi::crc_or_none(wanted->crc);
    if (!crc) return std::move(crc).error();
    auto chosen = selector->selector.select({.bits = wanted->bits,
                                             .qber = wanted->qber,
                                             .list_size = capi::value_or(wanted->list_size, capi::default_list_size),
                                             .target_fer = capi::value_or(wanted->target_fer, capi::default_target_fer),
                                             .crc = *crc});
    if (!chosen) return std::move(chosen).error();
    return std::make_unique<caligo_code>(std::move(*chosen));
  });
}

void caligo_code_selector_destroy(caligo_code_selector* selector) { delete selector; }

// ---- Verification
// ------------------------------------------------------------------------------------------------------------

caligo_error caligo_verification_key_fresh(caligo_verification_key* key) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(key, "key"); !there) return there;
    auto fresh = caligo::VerificationKey::fresh();
    if (!fresh) return std::move(fresh).error();
    capi::key_to_c(*fresh, *key);
    return {};
  });
}

caligo_error caligo_verification_key_simulated(uint64_t seed, uint64_t block, caligo_verification_key* key) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(key, "key"); !there) return there;
    capi::key_to_c(caligo::VerificationKey::simulated(seed, block), *key);
    return {};
  });
}

caligo_error caligo_verification_tag(const uint8_t* block, size_t bits, const caligo_verification_key* key,
                                     uint32_t tag_bits, uint64_t* tag) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(key, "key"); !there) return there;
    if (auto there = capi::need(tag, "tag"); !there) return there;
    if (auto right = capi::check_tag_bits(tag_bits); !right) return right;
    capi::SecretBits packed(bits);
    if (auto loaded = capi::load_bits(block, *packed, "block"); !loaded) return loaded;
    *tag = caligo::verification_tag(*packed, capi::from_c(*key), tag_bits);
    return {};
  });
}

double caligo_verification_epsilon(size_t bits, uint32_t tag_bits) {
  return caligo::verification_epsilon(bits, tag_bits);
}

// ---- Roles
// ------------------------------------------------------------------------------------------------------------

caligo_error caligo_discloser_create(const caligo_code* code, uint32_t tag_bits, caligo_discloser** discloser) {
  return capi::create(discloser, "discloser", [&]() -> Result<std::unique_ptr<caligo_discloser>> {
    if (auto there = capi::need(code, "code"); !there) return there.error();
    auto made = caligo::Discloser::make(code->spec, tag_bits);
    if (!made) return std::move(made).error();
    return std::unique_ptr<caligo_discloser>(new caligo_discloser{
        .discloser = std::move(*made), .disclosure = {}, .block = capi::SecretBits(code->spec.sent_bits())});
  });
}

caligo_error caligo_discloser_disclose(caligo_discloser* discloser, const uint8_t* block, size_t bits,
                                       caligo_disclosure* disclosure) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(discloser, "discloser"); !there) return there;
    if (auto there = capi::need(disclosure, "disclosure"); !there) return there;
    return capi::disclose(*discloser, block, bits, *disclosure);
  });
}

caligo_error caligo_discloser_leakage(const caligo_discloser* discloser, caligo_leakage* leakage) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(discloser, "discloser"); !there) return there;
    if (auto there = capi::need(leakage, "leakage"); !there) return there;
    *leakage = capi::leakage_to_c(discloser->discloser.leakage());
    return {};
  });
}

void caligo_discloser_destroy(caligo_discloser* discloser) { delete discloser; }

caligo_error caligo_corrector_create(const caligo_plan* plan, uint32_t tag_bits, caligo_corrector** corrector) {
  return capi::create(corrector, "corrector", [&]() -> Result<std::unique_ptr<caligo_corrector>> {
    if (auto there = capi::need(plan, "plan"); !there) return there.error();
    if (!plan->list) return capi::invalid("plan: expected one of CALIGO_DECODER_LIST");
    auto made = caligo::Corrector::make(plan->list, tag_bits);
    if (!made) return std::move(made).error();
    caligo::Disclosure disclosure;
    disclosure.frozen_values = caligo::BitString(plan->code().frozen_bits());
    return std::unique_ptr<caligo_corrector>(new caligo_corrector{.corrector = std::move(*made),
                                                                  .disclosure = std::move(disclosure),
                                                                  .block = capi::SecretBits(plan->code().sent_bits())});
  });
}

caligo_error caligo_corrector_correct(caligo_corrector* corrector, const caligo_disclosure* disclosure,
                                      const uint8_t* block, size_t bits, uint8_t* corrected,
                                      caligo_correction* result) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(corrector, "corrector"); !there) return there;
    if (auto there = capi::need(disclosure, "disclosure"); !there) return there;
    return capi::correct(*corrector, *disclosure, block, bits, corrected, result);
  });
}

void caligo_corrector_destroy(caligo_corrector* corrector) { delete corrector; }

double caligo_one_way_qber_limit(void) { return caligo::one_way_qber_limit(); }

double caligo_one_way_efficiency_limit(size_t bits, double qber, double fer) {
  return caligo::one_way_efficiency_limit(bits, qber, fer);
}
