// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Polynomials in t over GF(2), as words, to elements of the tower field and back. Both ways are linear over GF(2).

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels/toeplitz_kernels.hpp"

namespace caligo::kernels {

/// Eight words as an 8 x 8 matrix of bytes, transposed.
template <class Isa>
inline void transpose_bytes(std::uint64_t* w) {
  for (unsigned step = 1; step < 8; step *= 2) {
    const std::uint64_t low = step == 1 ? 0x00FF00FF00FF00FFU : step == 2 ? 0x0000FFFF0000FFFFU : 0x00000000FFFFFFFFU;
    const unsigned shift = 8 * step;
    for (unsigned i = 0; i < 8; ++i) {
      if ((i & step) != 0) continue;
      const std::uint64_t a = w[i];
      const std::uint64_t b = w[i + step];
      w[i] = (a & low) | ((b & low) << shift);
      w[i + step] = ((a >> shift) & low) | (b & ~low);
    }
  }
}

/// Words of a group to eight planes of bytes, and two times eight planes to pairs. Instruction sets that have more than
/// this has, bring their own.
template <class Bytes>
struct Planes {
  using Type = typename Bytes::Type;
  static constexpr std::size_t lanes = Bytes::lanes;

  static void split(const std::uint64_t* words, Type* planes) {
    alignas(64) std::uint8_t bytes[8 * lanes];
    for (std::size_t lane = 0; lane < lanes; lane += 8) {
      std::uint64_t w[8];
      std::memcpy(w, words + lane, sizeof w);
      transpose_bytes<Bytes>(w);
      for (unsigned k = 0; k < 8; ++k) std::memcpy(bytes + k * lanes + lane, w + k, 8);
    }
    for (unsigned k = 0; k < 8; ++k) planes[k] = Bytes::load(bytes + k * lanes);
  }
  static void join(const Type* planes, std::uint8_t* pairs) {
    alignas(64) std::uint8_t bytes[element_bytes * lanes];
    for (unsigned k = 0; k < element_bytes; ++k) Bytes::store(bytes + k * lanes, planes[k]);
    for (std::size_t lane = 0; lane < lanes; lane += 8) {
      for (std::size_t half = 0; half < 2; ++half) {
        std::uint64_t w[8];
        for (unsigned k = 0; k < 8; ++k) std::memcpy(w + k, bytes + (8 * half + k) * lanes + lane, 8);
        transpose_bytes<Bytes>(w);
        for (unsigned k = 0; k < 8; ++k) std::memcpy(pairs + (lane + k) * element_bytes + 8 * half, w + k, 8);
      }
    }
  }
};

/// Σ_j map(out, j)(in[j]) for planes in[0 … count).
template <class Bytes, unsigned count>
inline typename Bytes::Type mapped(const typename Bytes::Type* in, const ByteMaps& maps, unsigned out) {
  typename Bytes::Type sum = Bytes::map(in[0], maps, out * count);
#pragma GCC unroll 16
  for (unsigned j = 1; j < count; ++j) sum = Bytes::add(sum, Bytes::map(in[j], maps, out * count + j));
  return sum;
}

template <class Bytes>
void embed_words(const FieldTables& tables, const std::uint64_t* words, std::uint8_t* elements, std::size_t count) {
  constexpr std::size_t lanes = Bytes::lanes;
  for (std::size_t begin = 0; begin < count; begin += lanes) {
    typename Bytes::Type in[8];
    Planes<Bytes>::split(words + begin, in);
    std::uint8_t* out = elements + begin * element_bytes;
    for (unsigned k = 0; k < element_bytes; ++k) Bytes::store(out + k * lanes, mapped<Bytes, 8>(in, tables.embed, k));
  }
}

template <class Bytes>
void extract_pairs(const FieldTables& tables, std::uint8_t* elements, std::size_t count) {
  constexpr std::size_t lanes = Bytes::lanes;
  for (std::size_t begin = 0; begin < count; begin += lanes) {
    std::uint8_t* group = elements + begin * element_bytes;
    typename Bytes::Type in[element_bytes];
    typename Bytes::Type planes[element_bytes];
    for (unsigned k = 0; k < element_bytes; ++k) in[k] = Bytes::load(group + k * lanes);
    for (unsigned k = 0; k < element_bytes; ++k) planes[k] = mapped<Bytes, element_bytes>(in, tables.extract, k);
    Planes<Bytes>::join(planes, group);
  }
}

}  // namespace caligo::kernels
