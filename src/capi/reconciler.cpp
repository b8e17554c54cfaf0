// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/blind.hpp>
#include <caligo/cascade.hpp>
#include <caligo/reconcile.hpp>

#include "capi/codec.hpp"
#include "capi/leakage.hpp"

namespace capi = caligo::capi;
using caligo::Result;

struct caligo_reconciler {
  std::unique_ptr<caligo::Reconciler> reconciler;
  std::optional<std::uint64_t> seed;  ///< of the tags' keys in simulations
  std::uint64_t blocks = 0;
  std::size_t key_bits = 0;  ///< of the last block
};

namespace caligo::capi {

caligo_leakage leakage_to_c(const Leakage& leakage) noexcept {
  return {.total = leakage.total(),
          .frozen = leakage.frozen,
          .crc = leakage.crc,
          .tag = leakage.tag,
          .sample = leakage.sample,
          .feedback = leakage.feedback,
          .questions = leakage.questions,
          .reserved = {}};
}

Result<CrcSpec> mode_crc(const char* crc, std::int32_t mode, std::uint32_t list_size) {
  if (mode < 0 || mode > CALIGO_MODE_INTERACTIVE) {
    return invalid(fmt::format("mode is {}, expected CALIGO_MODE_ONE_WAY, _BLIND or _INTERACTIVE", mode));
  }
  if (crc != nullptr) return parse_crc(crc);
  if (mode == CALIGO_MODE_BLIND) return parse_crc("crc24a");
  return parse_crc(mode == CALIGO_MODE_INTERACTIVE || list_size == 1 ? "none" : "crc16-ccitt");
}

namespace {

Result<void> check(const caligo_reconciler_options& options) {
  const std::uint32_t tag_bits = value_or(options.tag_bits, default_tag_bits);
  if (tag_bits > 64) return invalid(fmt::format("tag_bits is {}, expected 1 to 64", tag_bits));
  if (options.has_qber != 0 && !(options.qber >= 0 && options.qber <= 0.5)) {
    return invalid(fmt::format("qber is {}, expected 0 to 0.5", options.qber));
  }
  return {};
}

Result<std::unique_ptr<Reconciler>> make(const caligo_reconciler_options& options) {
  if (auto right = check(options); !right) return right.error();
  const std::uint32_t list_size = value_or(options.list_size, default_list_size);
  const std::uint32_t tag_bits = value_or(options.tag_bits, default_tag_bits);
  auto crc = mode_crc(options.crc, options.mode, list_size);
  if (!crc) return std::move(crc).error();
  const std::optional<double> qber = options.has_qber != 0 ? std::optional(options.qber) : std::nullopt;
  if (options.mode == CALIGO_MODE_INTERACTIVE) {
    InteractiveSettings settings{.qber = qber, .tag_bits = tag_bits, .breadth = options.breadth};
    if (options.simulated != 0) settings.simulated_keys = options.seed;
    return std::unique_ptr<Reconciler>(std::make_unique<InteractiveReconciler>(settings));
  }
  if (options.mode == CALIGO_MODE_BLIND) {
    return std::unique_ptr<Reconciler>(
        std::make_unique<BlindReconciler>(BlindSettings{.list_size = list_size,
                                                        .boldness = value_or(options.boldness, 1.0),
                                                        .tag_bits = tag_bits,
                                                        .crc = *crc,
                                                        .qber = qber},
                                          cache_path(options.cache_directory)));
  }
  return std::unique_ptr<Reconciler>(
      std::make_unique<OneWayReconciler>(OneWaySettings{.list_size = list_size,
                                                        .target_fer = value_or(options.target_fer, default_target_fer),
                                                        .tag_bits = tag_bits,
                                                        .crc = *crc,
                                                        .qber = qber},
                                         cache_path(options.cache_directory)));
}

caligo_block_report to_c(const BlockReport& block) noexcept {
  caligo_block_report report{};
  report.bits = block.bits;
  report.key_bits = block.key_bits;
  report.errors = block.errors;
  report.corrected = block.corrected;
  report.undetected = block.undetected;
  report.messages = block.messages;
  report.bob_bits = block.bob_bits;
  report.leaked = leakage_to_c(block.leaked);
  report.epsilon = block.epsilon;
  report.verified = block.verified ? 1 : 0;
  report.rounds = block.rounds;
  report.units = static_cast<std::uint32_t>(block.units);
  report.failed_units = static_cast<std::uint32_t>(block.failed_units);
  return report;
}

Result<void> reconcile_block(caligo_reconciler& handle, const std::uint8_t* x, const std::uint8_t* y, std::size_t bits,
                             std::size_t code_bits, caligo_block_report* report) {
  SecretBits alice(bits);
  SecretBits bob(bits);
  if (auto loaded = load_bits(x, *alice, "x"); !loaded) return loaded;
  if (auto loaded = load_bits(y, *bob, "y"); !loaded) return loaded;
  Result<VerificationKey> key =
      handle.seed ? VerificationKey::simulated(*handle.seed, handle.blocks) : VerificationKey::fresh();
  if (!key) return std::move(key).error();
  handle.key_bits = 0;
  auto done = handle.reconciler->reconcile(*alice, *bob, code_bits == 0 ? bits : code_bits, *key);
  if (!done) return std::move(done).error();
  ++handle.blocks;
  handle.key_bits = done->key_bits;
  return report == nullptr ? Result<void>{} : write_struct(to_c(*done), report, "report");
}

}  // namespace

}  // namespace caligo::capi

caligo_error caligo_reconciler_create(const caligo_reconciler_options* options, caligo_reconciler** reconciler) {
  return capi::create(reconciler, "reconciler", [&]() -> Result<std::unique_ptr<caligo_reconciler>> {
    auto wanted = capi::read_struct(options, "options");
    if (!wanted) return std::move(wanted).error();
    auto made = capi::make(*wanted);
    if (!made) return std::move(made).error();
    auto handle = std::make_unique<caligo_reconciler>();
    handle->reconciler = std::move(*made);
    if (wanted->simulated != 0) handle->seed = wanted->seed;
    return handle;
  });
}

caligo_error caligo_reconciler_observe_sample(caligo_reconciler* reconciler, uint64_t bits, uint64_t errors) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(reconciler, "reconciler"); !there) return there;
    if (errors > bits) return capi::invalid(fmt::format("errors is {}, more than the {} bits", errors, bits));
    reconciler->reconciler->observe_sample(bits, errors);
    return {};
  });
}

caligo_error caligo_reconciler_next_blocks(const caligo_reconciler* reconciler, uint64_t remaining, uint32_t max_log2,
                                           uint64_t* count, size_t* length) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(reconciler, "reconciler"); !there) return there;
    if (auto there = capi::need(count, "count"); !there) return there;
    if (auto there = capi::need(length, "length"); !there) return there;
    if (max_log2 < 6 || max_log2 > 24) return capi::invalid(fmt::format("max_log2 is {}, expected 6 to 24", max_log2));
    const auto blocks = reconciler->reconciler->next_blocks(remaining, max_log2);
    *count = blocks.count;
    *length = blocks.length;
    return {};
  });
}

caligo_error caligo_reconciler_reconcile(caligo_reconciler* reconciler, const uint8_t* x, const uint8_t* y, size_t bits,
                                         size_t code_bits, caligo_block_report* report) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(reconciler, "reconciler"); !there) return there;
    return capi::reconcile_block(*reconciler, x, y, bits, code_bits, report);
  });
}

caligo_error caligo_reconciler_key(const caligo_reconciler* reconciler, uint8_t* key, size_t bits) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(reconciler, "reconciler"); !there) return there;
    if (auto right = capi::check_bits(bits, reconciler->key_bits, "key"); !right) return right;
    if (bits == 0) return {};
    return capi::store_bits(reconciler->reconciler->key(), key, "key");
  });
}

caligo_error caligo_reconciler_get_totals(const caligo_reconciler* reconciler, caligo_reconciler_totals* totals) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(reconciler, "reconciler"); !there) return there;
    const caligo::Reconciler& inner = *reconciler->reconciler;
    caligo_reconciler_totals value{};
    value.leaked = capi::leakage_to_c(inner.leaked());
    value.epsilon = inner.epsilon();
    value.qber_estimate = inner.rate().estimate();
    value.observed = inner.rate().observed();
    value.design_seconds = inner.design_seconds();
    value.decoder_bytes = inner.decoder_bytes();
    return capi::write_struct(value, totals, "totals");
  });
}

void caligo_reconciler_destroy(caligo_reconciler* reconciler) { delete reconciler; }
