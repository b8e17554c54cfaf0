// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The butterflies of Lin, Chung and Han's additive FFT. In layer i the coefficients a, b of the block c, 2^i apart,
/// become a + w·b and a + (w + 1)·b, where w = Σ_j c_j·v_(j+1) over the bits c_j of c: the multipliers depend on c
/// only. They are the same in a transposed network, where butterflies are transposed and layers come in the opposite
/// order.
///
/// Layers from log2(lanes) on pair groups with groups. Within a group a layer pairs lanes: two groups go through these
/// layers together, and before layer i they exchange lanes, so that one of the two registers holds all a and the other
/// all b. After that lane bit i holds index bit i + 1. Values so come out in another order, the same for every
/// transform; element-by-element products do not mind, and transposed networks undo it.

#include <cstddef>
#include <cstdint>

#include "kernels/toeplitz_kernels.hpp"
#include "kernels/tower_bytes.hpp"

namespace caligo::kernels {

/// ToeplitzKernels::evaluate, evaluate_dual, interpolate_dual.
enum class Network { evaluate, evaluate_dual, interpolate_dual };

template <class Bytes, Network network>
class AdditiveFft {
  using Type = typename Bytes::Type;
  static constexpr bool downwards = network != Network::interpolate_dual;
  static constexpr std::size_t lanes = Bytes::lanes;
  static constexpr unsigned log2_lanes = Bytes::log2_lanes;
  static constexpr std::size_t group_bytes = element_bytes * lanes;

 public:
  AdditiveFft(const FieldTables& tables) : member_(tables.member) {}

  /// A block of 2^log2_groups groups, number c of its layer.
  void block(std::uint8_t* elements, unsigned log2_groups, std::size_t c) const {
    if (log2_groups == 1) return pair(elements, c);
    if (log2_groups == 2) {
      const std::size_t half = 2 * group_bytes;
      if (downwards) step<1>(elements, half, c);
      pair(elements, 2 * c);
      pair(elements + half, 2 * c + 1);
      if (!downwards) step<1>(elements, half, c);
      return;
    }
    const std::size_t quarter = group_bytes << (log2_groups - 2);
    if (downwards) step<2>(elements, quarter, c);
    for (std::size_t k = 0; k < 4; ++k) block(elements + k * quarter, log2_groups - 2, 4 * c + k);
    if (!downwards) step<2>(elements, quarter, c);
  }

 private:
  /// Σ_j c_j·v_(j+shift).
  Multiplier multiplier(std::size_t c, unsigned shift) const {
    Multiplier w{};
    for (unsigned i = shift; c != 0; c >>= 1U, ++i) {
      if ((c & 1U) != 0) add(w, member_[i]);
    }
    return w;
  }
  static void add(Multiplier& a, const Multiplier& b) {
    for (unsigned i = 0; i < sizeof a.bytes; ++i) a.bytes[i] = static_cast<std::uint8_t>(a.bytes[i] ^ b.bytes[i]);
  }
  static unsigned bit_length(std::size_t c) {
    return c == 0 ? 0 : 64 - static_cast<unsigned>(__builtin_clzll(static_cast<unsigned long long>(c)));
  }

  /// One butterfly on `width` planes; product: what a (or b) is multiplied by.
  template <unsigned width, class Product>
  static void butterfly(Type* a, Type* b, const Product& product) {
    Type p[width];
    if constexpr (network == Network::evaluate) {
      product(b, p);
      add_to<width>(a, p);
      add_to<width>(b, a);
    } else if constexpr (network == Network::evaluate_dual) {
      product(a, p);
      add_to<width>(b, p);
      add_to<width>(a, b);
    } else {
      add_to<width>(a, b);
      product(a, p);
      add_to<width>(b, p);
    }
  }
  template <unsigned width>
  static void add_to(Type* a, const Type* b) {
    for (unsigned k = 0; k < width; ++k) a[k] = Bytes::add(a[k], b[k]);
  }

  /// `layers` layers, 1 or 2, between parts of `size` bytes each, in the smallest field that has their multipliers.
  template <unsigned layers>
  void step(std::uint8_t* elements, std::size_t size, std::size_t c) const {
    const unsigned members = bit_length(c) + layers;  // v_1 … v_(members-1)
    if (members <= 8) return step_in<layers, 1>(elements, size, c);
    if (members <= 16) return step_in<layers, 2>(elements, size, c);
    step_in<layers, 4>(elements, size, c);
  }
  template <unsigned layers, unsigned width>
  void step_in(std::uint8_t* elements, std::size_t size, std::size_t c) const {
    const TowerConstant<Bytes, width> w(multiplier(c, 1).bytes);
    if constexpr (layers == 1) {
      for (std::size_t at = 0; at < size; at += width * lanes) {
        Type v[2][width];
        load<2, width>(v, elements + at, size);
        butterfly<width>(v[0], v[1], [&](const Type* x, Type* r) { w.multiply(x, r); });
        store<2, width>(v, elements + at, size);
      }
    } else {
      const TowerConstant<Bytes, width> first(multiplier(2 * c, 1).bytes);
      const TowerConstant<Bytes, width> second(multiplier(2 * c + 1, 1).bytes);
      const auto outer = [&](const Type* x, Type* r) { w.multiply(x, r); };
      for (std::size_t at = 0; at < size; at += width * lanes) {
        Type v[4][width];
        load<4, width>(v, elements + at, size);
        if (downwards) {
          butterfly<width>(v[0], v[2], outer);
          butterfly<width>(v[1], v[3], outer);
        }
        butterfly<width>(v[0], v[1], [&](const Type* x, Type* r) { first.multiply(x, r); });
        butterfly<width>(v[2], v[3], [&](const Type* x, Type* r) { second.multiply(x, r); });
        if (!downwards) {
          butterfly<width>(v[0], v[2], outer);
          butterfly<width>(v[1], v[3], outer);
        }
        store<4, width>(v, elements + at, size);
      }
    }
  }
  template <unsigned parts, unsigned width>
  static void load(Type (*v)[width], const std::uint8_t* p, std::size_t size) {
    for (unsigned i = 0; i < parts; ++i) {
      for (unsigned k = 0; k < width; ++k) v[i][k] = Bytes::load(p + i * size + k * lanes);
    }
  }
  template <unsigned parts, unsigned width>
  static void store(const Type (*v)[width], std::uint8_t* p, std::size_t size) {
    for (unsigned i = 0; i < parts; ++i) {
      for (unsigned k = 0; k < width; ++k) Bytes::store(p + i * size + k * lanes, v[i][k]);
    }
  }

  /// The layer between two groups and those within them.
  void pair(std::uint8_t* elements, std::size_t c) const {
    const unsigned members = bit_length(c) + log2_lanes + 1;
    if (members <= 8) return pair_in<1>(elements, c);
    if (members <= 16) return pair_in<2>(elements, c);
    pair_in<4>(elements, c);
  }
  template <unsigned width>
  void pair_in(std::uint8_t* elements, std::size_t c) const {
    Multiplier w[log2_lanes + 1];  // of layer i: the part that all lanes share
    for (unsigned i = 0; i <= log2_lanes; ++i) w[i] = multiplier(c, log2_lanes + 1 - i);
    const TowerConstant<Bytes, width> between(w[log2_lanes].bytes);
    const auto outer = [&](const Type* x, Type* r) { between.multiply(x, r); };
    for (std::size_t at = 0; at < group_bytes; at += width * lanes) {
      Type v[2][width];
      load<2, width>(v, elements + at, group_bytes);
      if (downwards) {
        butterfly<width>(v[0], v[1], outer);
        lanes_down<width, log2_lanes>(v[0], v[1], w);
      } else {
        lanes_up<width, 0>(v[0], v[1], w);
        butterfly<width>(v[0], v[1], outer);
      }
      store<2, width>(v, elements + at, group_bytes);
    }
  }
  /// Layers above - 1, …, 0.
  template <unsigned width, unsigned above>
  static void lanes_down(Type* p, Type* q, const Multiplier* w) {
    if constexpr (above > 0) {
      exchange<width, above - 1>(p, q);
      lane_butterfly<width, above - 1>(p, q, w);
      lanes_down<width, above - 1>(p, q, w);
    }
  }
  template <unsigned width, unsigned layer>
  static void lanes_up(Type* p, Type* q, const Multiplier* w) {
    if constexpr (layer < log2_lanes) {
      lane_butterfly<width, layer>(p, q, w);
      exchange<width, layer>(p, q);
      lanes_up<width, layer + 1>(p, q, w);
    }
  }
  template <unsigned width, unsigned layer>
  static void exchange(Type* p, Type* q) {
    for (unsigned k = 0; k < width; ++k) Bytes::template exchange<layer>(p[k], q[k]);
  }
  template <unsigned width, unsigned layer>
  static void lane_butterfly(Type* p, Type* q, const Multiplier* w) {
    const TowerConstant<Bytes, width> shared(w[layer].bytes);
    butterfly<width>(p, q, [&](const Type* x, Type* r) {
      shared.multiply(x, r);
      for (unsigned k = 0; k < width; ++k) r[k] = Bytes::add(r[k], Bytes::template lane_product<layer>(x[k]));
    });
  }

  const Multiplier* member_;
};

template <class Bytes, Network network>
void run_network(const FieldTables& tables, std::uint8_t* elements, unsigned log2) {
  AdditiveFft<Bytes, network>(tables).block(elements, log2 - Bytes::log2_lanes, 0);
}

}  // namespace caligo::kernels
