// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <atomic>
#include <cstdlib>
#include <string>

#include "kernels/dispatch.hpp"

namespace caligo {

namespace {

constexpr Isa all_isas[] = {Isa::scalar, Isa::neon, Isa::avx2, Isa::avx512bw, Isa::avx512};

const kernels::KernelTable* table_of(Isa isa) noexcept {
  switch (isa) {
    case Isa::scalar:
      return kernels::scalar_kernels();
    case Isa::neon:
      return kernels::neon_kernels();
    case Isa::avx2:
      return kernels::avx2_kernels();
    case Isa::avx512bw:
      return kernels::avx512bw_kernels();
    case Isa::avx512:
      return kernels::avx512_kernels();
  }
  return nullptr;
}

const kernels::WideKernelTable* wide_table_of(Isa isa) noexcept {
  switch (isa) {
    case Isa::scalar:
      return kernels::scalar_wide_kernels();
    case Isa::neon:
      return kernels::neon_wide_kernels();
    case Isa::avx2:
      return kernels::avx2_wide_kernels();
    case Isa::avx512bw:
      return kernels::avx512bw_wide_kernels();
    case Isa::avx512:
      return kernels::avx512_wide_kernels();
  }
  return nullptr;
}

const kernels::BitKernels* bit_table_of(Isa isa) noexcept {
  switch (isa) {
    case Isa::scalar:
    case Isa::neon:
      return kernels::scalar_bit_kernels();
    case Isa::avx2:
    case Isa::avx512bw:  // wider registers alone gain nothing there
      return kernels::avx2_bit_kernels();
    case Isa::avx512:
      return kernels::avx512_bit_kernels();
  }
  return nullptr;
}

/// The compiler's run-time checks cover the operating system's part (saved register state) as well.
bool processor_offers(Isa isa) noexcept {
  switch (isa) {
    case Isa::scalar:
      return true;
    case Isa::neon:
#if defined(__aarch64__)
      return true;  // part of the ABI's baseline
#else
      return false;
#endif
#if defined(__x86_64__)
    case Isa::avx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
             __builtin_cpu_supports("pclmul");
    case Isa::avx512bw:
      return processor_offers(Isa::avx2) && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
    case Isa::avx512:
      return processor_offers(Isa::avx512bw) && __builtin_cpu_supports("avx512vbmi") &&
             __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("avx512bitalg") &&
             __builtin_cpu_supports("gfni") && __builtin_cpu_supports("vpclmulqdq");
#else
    case Isa::avx2:
    case Isa::avx512bw:
    case Isa::avx512:
      return false;
#endif
  }
  return false;
}

std::vector<std::string_view> names(const std::vector<Isa>& isas) {
  std::vector<std::string_view> result;
  for (const Isa isa : isas) result.push_back(to_string(isa));
  return result;
}

bool is_supported(Isa isa) noexcept { return table_of(isa) != nullptr && processor_offers(isa); }

Result<void> check_supported(Isa isa) {
  if (is_supported(isa)) return {};
  return Error{ErrorCode::unsupported, fmt::format("instruction set '{}' is not offered here (supported: {})",
                                                   to_string(isa), fmt::join(names(supported_isas()), ", "))};
}

/// -1: not forced.
std::atomic<int> forced_isa{-1};
/// Null: not chosen yet.
std::atomic<const kernels::BitKernels*> active_bit_kernels{nullptr};

/// As active_isa(), but for callers that cannot fail. Allocates nothing.
Isa usable_isa() noexcept {
  if (const int forced = forced_isa.load(); forced >= 0) return static_cast<Isa>(forced);
  Isa fastest = Isa::scalar;
  const char* wanted = std::getenv("CALIGO_ISA");
  for (const Isa isa : all_isas) {
    if (!is_supported(isa)) continue;
    if (wanted != nullptr && to_string(isa) == wanted) return isa;
    fastest = isa;
  }
  return fastest;
}

}  // namespace

std::string_view to_string(Isa isa) noexcept {
  switch (isa) {
    case Isa::scalar:
      return "scalar";
    case Isa::neon:
      return "neon";
    case Isa::avx2:
      return "avx2";
    case Isa::avx512bw:
      return "avx512bw";
    case Isa::avx512:
      return "avx512";
  }
  return "unknown";
}

Result<Isa> parse_isa(std::string_view name) {
  for (const Isa isa : all_isas) {
    if (to_string(isa) == name) return isa;
  }
  return Error{ErrorCode::invalid_argument,
               fmt::format("unknown instruction set '{}' (expected scalar, neon, avx2, avx512bw or avx512)", name)};
}

std::vector<Isa> built_isas() {
  std::vector<Isa> result;
  for (const Isa isa : all_isas) {
    if (table_of(isa) != nullptr) result.push_back(isa);
  }
  return result;
}

std::vector<Isa> supported_isas() {
  std::vector<Isa> result;
  for (const Isa isa : all_isas) {
    if (is_supported(isa)) result.push_back(isa);
  }
  return result;
}

Result<Isa> active_isa() {
  if (const int forced = forced_isa.load(); forced >= 0) return static_cast<Isa>(forced);
  if (const char* name = std::getenv("CALIGO_ISA"); name != nullptr && *name != '\0') {
    auto isa = parse_isa(name);
    if (!isa) return Error{isa.error().code, "CALIGO_ISA: " + isa.error().message};
    if (auto supported = check_supported(*isa); !supported) return supported.error();
    return isa;
  }
  return supported_isas().back();
}

Result<void> force_isa(Isa isa) {
  if (auto supported = check_supported(isa); !supported) return supported;
  forced_isa.store(static_cast<int>(isa));
  active_bit_kernels.store(bit_table_of(isa));
  return {};
}

namespace kernels {

const KernelTable& kernels_for(Isa isa) noexcept {
  const KernelTable* table = table_of(isa);
  return table != nullptr ? *table : *scalar_kernels();
}

const WideKernelTable& wide_kernels_for(Isa isa) noexcept {
  const WideKernelTable* table = wide_table_of(isa);
  return table != nullptr ? *table : *scalar_wide_kernels();
}

const BitKernels& bit_kernels() noexcept {
  const BitKernels* table = active_bit_kernels.load();
  if (table == nullptr) {
    const BitKernels* chosen = bit_table_of(usable_isa());
    // Unless another thread has forced one meanwhile.
    if (active_bit_kernels.compare_exchange_strong(table, chosen)) table = chosen;
  }
  return *table;
}

}  // namespace kernels

}  // namespace caligo
