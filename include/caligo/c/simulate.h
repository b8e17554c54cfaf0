/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CALIGO_C_SIMULATE_H
#define CALIGO_C_SIMULATE_H
/// Monte Carlo simulation of error rates. A frame's message and noise depend on (seed, frame) only, so counts of
/// disjoint frames add up, whoever counted them. The conventions are in <caligo.h>.

#include <caligo/c/codec.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A problem, checked and compiled. Immutable.
typedef struct caligo_simulation_task caligo_simulation_task;

/// Random messages of a code over a channel, decoded as the options say: CALIGO_DECODER_LIST (with a list of one: SC)
/// or CALIGO_DECODER_ADAPTIVE. Eb/N0 counts message bits. Errors: invalid_argument.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_simulation_task_create(const caligo_code* code, const char* channel,
                                                          const caligo_decode_options* options,
                                                          caligo_simulation_task** task);
/// 32 hexadecimal digits that equal problems have in common. Lives as long as the task.
/// @since 0.1
CALIGO_API const char* caligo_simulation_task_strong_id(const caligo_simulation_task* task);
/// The problem as canonical JSON, as result files have it. Lives as long as the task.
/// @since 0.1
CALIGO_API const char* caligo_simulation_task_json(const caligo_simulation_task* task);
/// @since 0.1
CALIGO_API void caligo_simulation_task_destroy(caligo_simulation_task* task);

/// Counts that add up.
typedef struct caligo_statistics {
  size_t struct_size;
  uint64_t frames;
  uint64_t frame_errors;       ///< the message is wrong
  uint64_t undetected_errors;  ///< … and was accepted
  uint64_t bit_errors;         ///< wrong message bits
  uint64_t lists[6];           ///< adaptive: lists[i] frames were decided by 2^i paths
  double cpu_seconds;          ///< processor time
} caligo_statistics;

/// The scratch memory of one thread.
typedef struct caligo_simulator caligo_simulator;

/// Asked between batches of frames; not 0: stop. It may not throw; if it does, that is caught.
typedef int32_t (*caligo_stop)(void* context);

/// @since 0.1
CALIGO_CHECKED caligo_error caligo_simulator_create(const caligo_simulation_task* task, caligo_simulator** simulator);
/// Simulates the frames first … first + count - 1 of a seed. stop may be NULL. Errors: invalid_argument (the range ends
/// beyond 2^64), interrupted.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_simulator_count(caligo_simulator* simulator, uint64_t seed, uint64_t first,
                                                   uint64_t count, caligo_stop stop, void* context,
                                                   caligo_statistics* statistics);
/// @since 0.1
CALIGO_API void caligo_simulator_destroy(caligo_simulator* simulator);

/// The rates whose likelihood, given `errors` in `frames` trials, is at least 1/ratio of the largest; honest at zero
/// errors. ratio: above 1, 1000 is about 3.7 standard deviations. Errors: invalid_argument.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_likelihood_interval(uint64_t errors, uint64_t frames, double ratio, double* low,
                                                       double* high);

#ifdef __cplusplus
}
#endif

#endif
