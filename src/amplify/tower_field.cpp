// SPDX-License-Identifier: Apache-2.0
#include "amplify/tower_field.hpp"

#include <algorithm>
#include <cassert>
#include <memory>
#include <utility>

namespace caligo::amplify {

namespace {

using kernels::element_bytes;
using kernels::multiply_bytes;

/// r = a·κ of the extension of GF(2^(8·width)).
void times_kappa(std::uint8_t* a, unsigned width) noexcept {
  if (width == 1) {
    *a = multiply_bytes(*a, kernels::tower_lambda);
    return;
  }
  const unsigned half = width / 2;
  TowerElement sum{};
  for (unsigned i = 0; i < half; ++i) sum[i] = static_cast<std::uint8_t>(a[i] ^ a[i + half]);
  times_kappa(a + half, half);
  times_kappa(a + half, half);
  times_kappa(sum.data(), half);
  std::copy_n(a + half, half, a);
  std::copy_n(sum.data(), half, a + half);
}

void multiply_in(const std::uint8_t* a, const std::uint8_t* b, std::uint8_t* r, unsigned width) noexcept {
  if (width == 1) {
    *r = multiply_bytes(*a, *b);
    return;
  }
  const unsigned half = width / 2;
  TowerElement a_sum{};
  TowerElement b_sum{};
  TowerElement high{};
  for (unsigned i = 0; i < half; ++i) {
    a_sum[i] = static_cast<std::uint8_t>(a[i] ^ a[i + half]);
    b_sum[i] = static_cast<std::uint8_t>(b[i] ^ b[i + half]);
  }
  multiply_in(a, b, r, half);
  multiply_in(a_sum.data(), b_sum.data(), r + half, half);
  multiply_in(a + half, b + half, high.data(), half);
  times_kappa(high.data(), half);
  for (unsigned i = 0; i < half; ++i) {
    r[i + half] = static_cast<std::uint8_t>(r[i + half] ^ r[i]);
    r[i] = static_cast<std::uint8_t>(r[i] ^ high[i]);
  }
}

/// Absolute trace of a member of GF(2^(8·width)): only its highest coordinate counts, because that of a0 + a1·u is the
/// trace of a1 in the field below (u + its conjugate is 1). In GF(2^8) it is a bit of the byte or a sum of bits.
bool trace(const std::uint8_t* a, unsigned width) noexcept {
  unsigned sum = 0;
  unsigned power = a[width - 1];
  for (unsigned i = 0; i < 8; ++i) {
    sum ^= power;
    power = multiply_bytes(power, power);
  }
  return sum == 1;
}

/// The root of x² + x + target with the smaller lowest byte; target of trace 0. With x = a + b·u:
/// b² + b = target1 and a² + a = target0 + κ·b², where b or b + 1 makes the trace of the right side 0.
void solve(const std::uint8_t* target, std::uint8_t* x, unsigned width) noexcept {
  if (width == 1) {
    for (unsigned value = 0; value < 256; ++value) {
      if ((multiply_bytes(value, value) ^ value) != *target) continue;
      *x = static_cast<std::uint8_t>(value);
      return;
    }
    assert(false);
  }
  const unsigned half = width / 2;
  solve(target + half, x + half, half);
  for (int attempt = 0; attempt < 2; ++attempt) {
    TowerElement rest{};
    multiply_in(x + half, x + half, rest.data(), half);
    times_kappa(rest.data(), half);
    for (unsigned i = 0; i < half; ++i) rest[i] = static_cast<std::uint8_t>(rest[i] ^ target[i]);
    if (!trace(rest.data(), half)) return solve(rest.data(), x, half);
    x[half] ^= 1;
  }
  assert(false);
}

/// toeplitz_kernels.hpp, Multiplier.
kernels::Multiplier prepare(const TowerElement& w) noexcept {
  const auto byte_pair = [](const std::uint8_t* p, std::uint8_t* out) {
    out[0] = p[0];
    out[1] = multiply_bytes(p[1], kernels::tower_lambda);
    out[2] = static_cast<std::uint8_t>(p[0] ^ p[1]);
  };
  std::uint8_t high[2] = {w[2], w[3]};
  const std::uint8_t sum[2] = {static_cast<std::uint8_t>(w[0] ^ w[2]), static_cast<std::uint8_t>(w[1] ^ w[3])};
  times_kappa(high, 2);
  kernels::Multiplier result{};
  byte_pair(w.data(), result.bytes);
  byte_pair(high, result.bytes + 3);
  byte_pair(sum, result.bytes + 6);
  return result;
}

/// columns[i]: the image of basis vector i under a linear map of GF(2)^128.
using BitMatrix = std::array<TowerElement, 128>;

bool bit(const TowerElement& e, unsigned i) noexcept { return ((e[i / 8] >> (i % 8)) & 1U) != 0; }
void add(TowerElement& a, const TowerElement& b) noexcept {
  for (unsigned i = 0; i < element_bytes; ++i) a[i] = static_cast<std::uint8_t>(a[i] ^ b[i]);
}

/// Powers of t: polynomials in t to the tower.
BitMatrix powers_of_t() noexcept {
  BitMatrix columns{};
  columns[0][0] = 1;
  for (unsigned i = 1; i < 128; ++i) columns[i] = amplify::multiply(columns[i - 1], image_of_t());
  return columns;
}

/// Gauss and Jordan, on columns: operations that turn the matrix into the unit matrix turn the unit matrix into the
/// inverse.
BitMatrix inverse(BitMatrix matrix) noexcept {
  BitMatrix result{};
  for (unsigned i = 0; i < 128; ++i) result[i][i / 8] = static_cast<std::uint8_t>(1U << (i % 8));
  for (unsigned i = 0; i < 128; ++i) {
    unsigned pivot = i;
    while (!bit(matrix[pivot], i)) ++pivot;  // the matrix is regular
    std::swap(matrix[i], matrix[pivot]);
    std::swap(result[i], result[pivot]);
    for (unsigned j = 0; j < 128; ++j) {
      if (j == i || !bit(matrix[j], i)) continue;
      add(matrix[j], matrix[i]);
      add(result[j], result[i]);
    }
  }
  return result;
}

/// The blocks of 8 x 8 bits of a map from in_bytes bytes to an element.
template <unsigned in_bytes>
struct MapTables {
  std::uint64_t columns[element_bytes * in_bytes];
  std::uint64_t rows[element_bytes * in_bytes];
  alignas(32) std::uint8_t nibbles[element_bytes * in_bytes][32];

  explicit MapTables(const BitMatrix& matrix) noexcept {
    for (unsigned out = 0; out < element_bytes; ++out) {
      for (unsigned in = 0; in < in_bytes; ++in) fill(matrix, out, in);
    }
  }
  [[nodiscard]] kernels::ByteMaps view() const noexcept { return {columns, rows, nibbles}; }

 private:
  void fill(const BitMatrix& matrix, unsigned out, unsigned in) noexcept {
    const unsigned index = out * in_bytes + in;
    std::uint8_t images[8];
    columns[index] = rows[index] = 0;
    for (unsigned i = 0; i < 8; ++i) {
      images[i] = matrix[8 * in + i][out];
      columns[index] |= std::uint64_t{images[i]} << (8 * i);
      for (unsigned j = 0; j < 8; ++j) rows[index] |= ((std::uint64_t{images[i]} >> j) & 1U) << (8 * (7 - j) + i);
    }
    for (unsigned value = 0; value < 32; ++value) {
      const unsigned byte = value < 16 ? value : (value - 16) << 4U;
      nibbles[index][value] = 0;
      for (unsigned i = 0; i < 8; ++i) {
        if (((byte >> i) & 1U) != 0)
          nibbles[index][value] = static_cast<std::uint8_t>(nibbles[index][value] ^ images[i]);
      }
    }
  }
};

struct AllTables {
  MapTables<8> embed{powers_of_t()};
  MapTables<16> extract{inverse(powers_of_t())};
  kernels::FieldTables field{};

  AllTables() noexcept {
    field.embed = embed.view();
    field.extract = extract.view();
    for (unsigned i = 0; i < kernels::cantor_members; ++i) field.member[i] = prepare(cantor_member(i));
  }
};

}  // namespace

TowerElement multiply(const TowerElement& a, const TowerElement& b) noexcept {
  TowerElement product{};
  multiply_in(a.data(), b.data(), product.data(), element_bytes);
  return product;
}

TowerElement cantor_member(unsigned i) noexcept {
  assert(i < kernels::cantor_members);
  TowerElement v{1};
  for (unsigned k = 0; k < i; ++k) {
    unsigned width = 1;  // of the smallest field that has v and the root: there the trace of v vanishes
    while (width < element_bytes && std::any_of(v.begin() + width, v.end(), [](auto byte) { return byte != 0; })) {
      width *= 2;
    }
    if (trace(v.data(), width)) width *= 2;
    TowerElement next{};
    solve(v.data(), next.data(), width);
    v = next;
  }
  return v;
}

TowerElement image_of_t() noexcept {
  TowerElement t{};
  t[element_bytes / 2] = 1;
  return t;
}

const kernels::FieldTables& field_tables() {
  static const AllTables tables;
  return tables.field;
}

}  // namespace caligo::amplify
