// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/cascade.hpp>

#include <algorithm>
#include <array>
#include <bit>

namespace caligo {

namespace {

Result<void> check_range(const char* name, unsigned value, unsigned least, unsigned most) {
  if (value >= least && value <= most) return {};
  return Error{ErrorCode::invalid_argument,
               fmt::format("Cascade: expected {} of {} to {}, got {}", name, least, most, value)};
}

constexpr unsigned smallest_log2_block = 8;
constexpr unsigned largest_log2_block = 16;

}  // namespace

Result<void> check_cascade(const CascadeParameters& parameters) {
  const auto& p = parameters;
  if (auto ok = check_range("log2_block", p.log2_block, smallest_log2_block, largest_log2_block); !ok) return ok;
  if (auto ok = check_range("log2_first", p.log2_first, 1, p.log2_block - 1); !ok) return ok;
  if (auto ok = check_range("log2_second", p.log2_second, p.log2_first, p.log2_block - 1); !ok) return ok;
  if (auto ok = check_range("subsets", p.subsets, 0, 64); !ok) return ok;
  if (auto ok = check_range("retry_subsets", p.retry_subsets, 1, 64); !ok) return ok;
  if (auto ok = check_range("retries", p.retries, 0, 8); !ok) return ok;
  if (auto ok = check_range("breadth", p.breadth, 0, largest_log2_block); !ok) return ok;
  if (auto ok = check_range("unit_blocks", p.unit_blocks, 1, 4096); !ok) return ok;
  // Fewer subsets than halves fit the numbers of Block.
  if (auto ok = check_range("subsets + retries·retry_subsets", p.subsets + p.retries * p.retry_subsets, 0, 128); !ok) {
    return ok;
  }
  return check_range("tag_bits", p.tag_bits, 1, 64);
}

namespace {

/// Up to this QBER, such parameters leak least. Measured by tools/cascade_sweep.py.
struct Row {
  double qber;
  unsigned log2_block;
  unsigned log2_first;
  unsigned log2_second;
};
constexpr std::array rows = {
    Row{0.0007, 16, 11, 13}, Row{0.0014, 16, 10, 12}, Row{0.0025, 16, 9, 11}, Row{0.0035, 16, 8, 11},
    Row{0.005, 16, 8, 10},   Row{0.007, 16, 7, 10},   Row{0.009, 16, 7, 9},   Row{0.0115, 15, 7, 9},
    Row{0.0135, 15, 6, 9},   Row{0.0165, 15, 6, 8},   Row{0.0235, 14, 6, 8},  Row{0.0325, 14, 5, 8},
    Row{0.045, 14, 5, 7},    Row{0.065, 14, 4, 7},    Row{0.09, 14, 4, 6},    Row{0.14, 14, 3, 6},
    Row{0.2, 14, 3, 5},      Row{0.5, 14, 2, 4},
};

}  // namespace

CascadeParameters choose_cascade(double qber, std::size_t bits) noexcept {
  const Row* row = rows.data();
  while (row != &rows.back() && !(qber <= row->qber)) ++row;
  CascadeParameters parameters;
  // Little input: one block, not much longer than it.
  const auto needed = static_cast<unsigned>(std::bit_width(std::max<std::size_t>(bits, 2) - 1));
  parameters.log2_block = std::clamp(needed, smallest_log2_block, row->log2_block);
  parameters.log2_first = std::min(row->log2_first, parameters.log2_block - 2);
  parameters.log2_second = std::min(row->log2_second, parameters.log2_block - 1);
  // So few blocks in ten thousand need a second tag; more errors pass through more states that have to be noticed.
  parameters.subsets = qber > 0.06 ? 18 : qber > 0.03 ? 17 : 16;
  // A tag takes 64 bits of the some 150000 that are said about 2^20 bits.
  parameters.unit_blocks = 1U << (20 - std::min(parameters.log2_block, 20U));
  return parameters;
}

}  // namespace caligo
