// SPDX-License-Identifier: Apache-2.0
#include <caligo/c/base.h>
#include <fmt/format.h>
#include <sodium.h>
#include <caligo/channel.hpp>
#include <caligo/crc.hpp>
#include <caligo/isa.hpp>
#include <caligo/random.hpp>
#include <caligo/version.hpp>

#include <cmath>

#include "capi/boundary.hpp"

namespace capi = caligo::capi;
using caligo::Result;

namespace caligo::capi {

const char* last_message() noexcept;

namespace {
/// Literals, so that they end in NUL.
const char* isa_name(Isa isa) noexcept { return to_string(isa).data(); }
}  // namespace

}  // namespace caligo::capi

// ---- Versions
// ------------------------------------------------------------------------------------------------------------

uint32_t caligo_version_number(void) { return CALIGO_VERSION_NUMBER; }
const char* caligo_version(void) { return caligo::version().data(); }
const char* caligo_git_hash(void) { return caligo::git_hash().data(); }

// ---- Errors
// ------------------------------------------------------------------------------------------------------------

const char* caligo_error_name(caligo_error error) {
  switch (error) {
    case CALIGO_OK:
      return "ok";
    case CALIGO_ERROR_INVALID_ARGUMENT:
      return "invalid_argument";
    case CALIGO_ERROR_MALFORMED_INPUT:
      return "malformed_input";
    case CALIGO_ERROR_SIZE_MISMATCH:
      return "size_mismatch";
    case CALIGO_ERROR_IO:
      return "io";
    case CALIGO_ERROR_UNSUPPORTED:
      return "unsupported";
    case CALIGO_ERROR_NO_KEY:
      return "no_key";
    case CALIGO_ERROR_INTERRUPTED:
      return "interrupted";
    case CALIGO_ERROR_KEY_EXHAUSTED:
      return "key_exhausted";
    case CALIGO_ERROR_NOT_AUTHENTIC:
      return "not_authentic";
    case CALIGO_ERROR_OUT_OF_MEMORY:
      return "out_of_memory";
    case CALIGO_ERROR_INTERNAL:
      return "internal";
    default:
      return "unknown";
  }
}

const char* caligo_error_message(void) { return capi::last_message(); }

// ---- Instruction sets
// ------------------------------------------------------------------------------------------------------------

const char* caligo_supported_isa(size_t index) {
  const char* name = nullptr;
  (void)capi::guarded([&]() -> Result<void> {
    const auto isas = caligo::supported_isas();
    if (index < isas.size()) name = capi::isa_name(isas[index]);
    return {};
  });
  return name;
}

caligo_error caligo_active_isa(const char** name) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(static_cast<const void*>(name), "name"); !there) return there;
    auto isa = caligo::active_isa();
    if (!isa) return std::move(isa).error();
    *name = capi::isa_name(*isa);
    return {};
  });
}

caligo_error caligo_force_isa(const char* name) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(name, "name"); !there) return there;
    auto isa = caligo::parse_isa(name);
    if (!isa) return std::move(isa).error();
    return caligo::force_isa(*isa);
  });
}

// ---- Packed bits
// ------------------------------------------------------------------------------------------------------------

size_t caligo_bytes_for(size_t bits) { return caligo::bytes_for(bits); }

caligo_error caligo_hamming_distance(const uint8_t* a, const uint8_t* b, size_t bits, size_t* distance) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(distance, "distance"); !there) return there;
    capi::SecretBits first(bits);
    capi::SecretBits second(bits);
    if (auto loaded = capi::load_bits(a, *first, "a"); !loaded) return loaded;
    if (auto loaded = capi::load_bits(b, *second, "b"); !loaded) return loaded;
    *distance = caligo::hamming_distance(*first, *second);
    return {};
  });
}

caligo_error caligo_crc(const char* crc, const uint8_t* message, size_t bits, uint32_t* checksum) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(crc, "crc"); !there) return there;
    if (auto there = capi::need(checksum, "checksum"); !there) return there;
    auto spec = caligo::parse_crc(crc);
    if (!spec) return std::move(spec).error();
    capi::SecretBits packed(bits);
    if (auto loaded = capi::load_bits(message, *packed, "message"); !loaded) return loaded;
    *checksum = caligo::Crc(*spec).compute(*packed);
    return {};
  });
}

caligo_error caligo_simulated_bits(uint64_t seed, uint64_t stream, double p, uint8_t* out, size_t bits) {
  return capi::guarded([&]() -> Result<void> {
    if (!(p >= 0 && p <= 1)) return capi::invalid(fmt::format("p is {}, expected 0 to 1", p));
    caligo::BitString filled(bits);
    caligo::CounterRandom random(seed, stream);
    if (p == 0.5) {
      random.fill(filled);
    } else {
      random.fill_bernoulli(filled, p);
    }
    return capi::store_bits(filled, out, "out");
  });
}

double caligo_binary_entropy(double p) { return caligo::binary_entropy(p); }

void caligo_wipe(void* memory, size_t size) {
  if (memory != nullptr) sodium_memzero(memory, size);
}
