// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A construction that has passed all checks: the part that construct_order and its cache share.

#include <caligo/channel.hpp>
#include <caligo/construct.hpp>

#include <cstddef>

namespace caligo::code {

struct Request {
  unsigned n = 0;
  std::size_t shortened = 0;
  ConstructionMethod method{};  ///< never automatic
  Channel channel;

  /// Errors as of construct_order.
  static Result<Request> make(unsigned n, const Channel& channel, ConstructionMethod method, std::size_t shortened);
  [[nodiscard]] Provenance provenance() const;
  [[nodiscard]] ReliabilityOrder compute() const;
};

}  // namespace caligo::code
