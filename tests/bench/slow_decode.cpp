// SPDX-License-Identifier: Apache-2.0
// Decoder::decode with a tenth of CPU time on top, for the test of the performance gate. The linker option
// --wrap=SYMBOL sends calls of SYMBOL to __wrap_SYMBOL, which finds the true one under __real_SYMBOL. In the C++ ABI a
// member function is called like a free function whose first parameter is `this`.
#include <caligo/decode.hpp>

#include <algorithm>
#include <chrono>
#include <limits>

namespace caligo {

// NOLINTBEGIN(bugprone-reserved-identifier)
Result<DecodeVerdict> true_decode(Decoder* self, const DecodeInput& input) noexcept
    __asm__("__real__ZN6caligo7Decoder6decodeERKNS_11DecodeInputE");
Result<DecodeVerdict> slow_decode(Decoder* self, const DecodeInput& input) noexcept
    __asm__("__wrap__ZN6caligo7Decoder6decodeERKNS_11DecodeInputE");
// NOLINTEND(bugprone-reserved-identifier)

Result<DecodeVerdict> slow_decode(Decoder* self, const DecodeInput& input) noexcept {
  using Clock = std::chrono::steady_clock;
  // A call that takes twice as long as the fastest was interrupted.
  static thread_local Clock::duration fastest = Clock::duration::max() / 2;
  const Clock::time_point start = Clock::now();
  auto verdict = true_decode(self, input);
  const Clock::time_point end = Clock::now();
  fastest = std::min(fastest, end - start);
  const Clock::duration burned = std::min(end - start, 2 * fastest) / 10;
  while (Clock::now() - end < burned) {
  }
  return verdict;
}

}  // namespace caligo
