// SPDX-License-Identifier: Apache-2.0
// Every allocation of a call fails once: the call says so, and nothing is thrown, lost or left behind.
#include <cstdlib>
#include <functional>
#include <new>

#include "capi/capi_test.hpp"

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

namespace {
thread_local long allocations_left = -1;  // < 0: no limit

void* allocate(std::size_t size, std::size_t alignment) {
  if (allocations_left == 0) throw std::bad_alloc();
  if (allocations_left > 0) --allocations_left;
  void* memory = alignment == 0 ? std::malloc(size)
                                : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
}  // namespace

void* operator new(std::size_t size) { return allocate(size, 0); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace caligo::capi_test {
namespace {

/// Runs a call with 0, 1, 2, … allocations until it succeeds; returns how often it failed.
int fail_each_allocation(const std::function<caligo_error()>& call) {
  for (int limit = 0; limit < 100000; ++limit) {
    allocations_left = limit;
    const caligo_error error = call();
    allocations_left = -1;
    if (error == CALIGO_OK) return limit;
    EXPECT_EQ(error, CALIGO_ERROR_OUT_OF_MEMORY) << limit << ": " << caligo_error_message();
    EXPECT_STREQ(caligo_error_message(), "out of memory");
    if (testing::Test::HasFailure()) break;
  }
  ADD_FAILURE() << "never succeeded";
  return 0;
}

TEST(CApiOutOfMemory, BecomesANumber) {
  auto options = sized<caligo_code_options>();
  options.log2_length = 8;
  options.message_bits = 100;
  options.method = "polarization-weight";
  options.crc = "crc16-ccitt";
  options.crc_placement = CALIGO_CRC_EXTERNAL;
  caligo_code* code = nullptr;
  EXPECT_GT(fail_each_allocation([&] { return caligo_code_construct(&options, &code); }), 5);
  const Code owned_code(code);
  caligo_encoder* encoder = nullptr;
  EXPECT_GT(fail_each_allocation([&] { return caligo_encoder_create(code, CALIGO_SYSTEMATIC, &encoder); }), 3);
  const Encoder owned_encoder(encoder);
  caligo_plan* plan = nullptr;
  EXPECT_GT(fail_each_allocation([&] { return caligo_plan_create(code, nullptr, &plan); }), 3);
  const Plan owned_plan(plan);
  caligo_decoder* decoder = nullptr;
  EXPECT_GT(fail_each_allocation([&] { return caligo_decoder_create(plan, &decoder); }), 1);
  const Decoder owned_decoder(decoder);
  caligo_discloser* discloser = nullptr;
  EXPECT_GT(fail_each_allocation([&] { return caligo_discloser_create(code, 64, &discloser); }), 3);
  const Discloser owned_discloser(discloser);
  const auto bits = random_bytes(0, 4096);
  const caligo_session_settings settings = [] {
    auto result = sized<caligo_session_settings>();
    result.has_qber = 1;
    result.qber = 0.02;
    return result;
  }();
  caligo_session* session = nullptr;
  EXPECT_GT(fail_each_allocation(
                [&] { return caligo_session_create_alice(&settings, bits.data(), 4096, nullptr, &session); }),
            5);
  const Session owned_session(session);
  caligo_amplifier_options shape = sized<caligo_amplifier_options>();
  shape.input_bits = 4096;
  shape.output_bits = 1000;
  caligo_amplifier* amplifier = nullptr;
  EXPECT_GT(fail_each_allocation([&] { return caligo_amplifier_create(&shape, &amplifier); }), 3);
  const Amplifier owned_amplifier(amplifier);
  caligo_key_pool* pool = nullptr;
  EXPECT_GT(
      fail_each_allocation([&] { return caligo_key_pool_create(bits.data(), 1000, bits.data(), 1000, 0, &pool); }), 3);
  const Pool owned_pool(pool);
}

}  // namespace
}  // namespace caligo::capi_test

#endif
