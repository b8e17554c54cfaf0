/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CALIGO_C_KEY_H
#define CALIGO_C_KEY_H
/// From reconciled bits to a secret key: privacy amplification, the length of the key, authentication of frames. The
/// conventions are in <caligo.h>.

#include <caligo/c/base.h>

#ifdef __cplusplus
extern "C" {
#endif

// ---- Privacy amplification (docs/amplify.md) ------------------------------------------------------------------------

enum {
  CALIGO_MODIFIED_TOEPLITZ = 0,  ///< (I | T); seed of n - 1 bits, none if m = n
  CALIGO_TOEPLITZ = 1            ///< T; seed of n + m - 1 bits
};

/// Seed bits for n input and m output bits, 1 ≤ m ≤ n; 0 if they are outside. The seed has to be uniform, drawn after
/// the input is fixed, and may be public.
/// @since 0.1
CALIGO_API size_t caligo_amplification_seed_bits(size_t input_bits, size_t output_bits, int32_t form);
/// From the operating system. Errors: io.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_amplification_seed_fresh(uint8_t* seed, size_t bits);
/// Reproducible, for simulation only.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_amplification_seed_simulated(uint64_t seed, uint64_t stream, uint8_t* out,
                                                                size_t bits);

/// One shape of blocks.
typedef struct caligo_amplifier_options {
  size_t struct_size;
  size_t input_bits;   ///< n, at least 1
  size_t output_bits;  ///< m, 1 to n
  size_t max_bytes;    ///< memory that the handle may take; default 2^30; less than 4 to 8·n bits costs time
  int32_t form;        ///< CALIGO_MODIFIED_TOEPLITZ or CALIGO_TOEPLITZ
  uint32_t reserved;   ///< 0
} caligo_amplifier_options;

/// Hashes blocks of one shape; one thread at a time.
typedef struct caligo_amplifier caligo_amplifier;

/// Errors: invalid_argument.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_amplifier_create(const caligo_amplifier_options* options,
                                                    caligo_amplifier** amplifier);
/// output ← hash of input; the counts are those of the options. Errors: size_mismatch, malformed_input.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_amplifier_amplify(caligo_amplifier* amplifier, const uint8_t* input,
                                                     size_t input_bits, const uint8_t* seed, size_t seed_bits,
                                                     uint8_t* output, size_t output_bits);
/// Transforms a seed that caligo_amplifier_amplify_prepared() then uses for block after block (docs/amplify.md tells
/// when that is allowed). Errors: size_mismatch, malformed_input, unsupported (max_bytes cuts the product into tiles).
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_amplifier_prepare(caligo_amplifier* amplifier, const uint8_t* seed,
                                                     size_t seed_bits);
/// Errors: size_mismatch, malformed_input, invalid_argument (no seed was prepared).
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_amplifier_amplify_prepared(caligo_amplifier* amplifier, const uint8_t* input,
                                                              size_t input_bits, uint8_t* output, size_t output_bits);
/// Bytes that the handle takes.
/// @since 0.1
CALIGO_API size_t caligo_amplifier_memory(const caligo_amplifier* amplifier);
/// @since 0.1
CALIGO_API void caligo_amplifier_destroy(caligo_amplifier* amplifier);

/// Gives `bits` bits of the seed from `offset` on; pad bits of the last byte are ignored. Return 0, or an error number
/// that the call then fails with (CALIGO_ERROR_INTERRUPTED to stop). It may not throw; if it does, that is caught.
typedef caligo_error (*caligo_seed_reader)(void* context, size_t offset, uint8_t* out, size_t bits);

/// Hashes one input that comes in chunks, for lengths that do not fit into memory; one thread at a time.
typedef struct caligo_stream_amplifier caligo_stream_amplifier;

/// Chunks have at most max_chunk_bits bits. Errors: invalid_argument.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_stream_amplifier_create(const caligo_amplifier_options* options,
                                                           size_t max_chunk_bits, caligo_stream_amplifier** amplifier);
/// The next bits of the input. Errors: size_mismatch, malformed_input, that of the reader.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_stream_amplifier_push(caligo_stream_amplifier* amplifier, const uint8_t* chunk,
                                                         size_t bits, caligo_seed_reader reader, void* context);
/// The result, once all input was pushed. Errors: size_mismatch, invalid_argument (input is missing).
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_stream_amplifier_output(const caligo_stream_amplifier* amplifier, uint8_t* output,
                                                           size_t output_bits);
/// @since 0.1
CALIGO_API void caligo_stream_amplifier_destroy(caligo_stream_amplifier* amplifier);

/// One block in one call, CALIGO_MODIFIED_TOEPLITZ. Errors: invalid_argument, size_mismatch, malformed_input.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_amplify(const uint8_t* input, size_t input_bits, const uint8_t* seed,
                                           size_t seed_bits, uint8_t* output, size_t output_bits);

// ---- Length of the key ----------------------------------------------------------------------------------------------

/// What a run of the protocol gave, and what is demanded of its key.
typedef struct caligo_key_length_input {
  size_t struct_size;
  uint64_t key_bits;              ///< n: reconciled bits that privacy amplification starts from
  uint64_t sample_bits;           ///< k: bits of the other basis that were compared
  double tolerated_qber;          ///< fixed before the run, 0 to 0.5
  double observed_qber;           ///< with has_observed_qber: above tolerated_qber there is no key
  double leaked_bits;             ///< disclosed about the key, without the tags
  double preparation_quality;     ///< q; default 1, ideal BB84
  double epsilon_secrecy;         ///< default 1e-12
  double epsilon_correctness;     ///< sum of caligo_verification_epsilon(); default 1e-12
  double epsilon_authentication;  ///< probability that a forged frame was accepted; default 0
  double tag_bits;                ///< with has_tag_bits: bits of the verification tags; else log2(2/ε_cor) counts
  int32_t has_observed_qber;      ///< 1: given
  int32_t has_tag_bits;           ///< 1: given
} caligo_key_length_input;

/// A named share of the failure probability; the texts are constants.
typedef struct caligo_epsilon_part {
  const char* name;
  const char* meaning;
  double value;
} caligo_epsilon_part;

enum { CALIGO_EPSILON_PARTS = 12 };

/// How long the key may be, and at which risk.
typedef struct caligo_key_length_result {
  size_t struct_size;
  uint64_t bits;             ///< ℓ, at least 1
  double phase_error_bound;  ///< what the tolerated error rate was raised to
  double deviation;          ///< μ
  double asymptotic_bits;    ///< what the same rates give without end
  double epsilon_total;      ///< distance from an ideal key
  size_t part_count;         ///< of `parts`, at most CALIGO_EPSILON_PARTS
  caligo_epsilon_part parts[CALIGO_EPSILON_PARTS];
} caligo_key_length_result;

/// formula: "tomamichel-2012" (NULL) or "asymptotic". Errors: invalid_argument, no_key (says what is missing).
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_key_length(const char* formula, const caligo_key_length_input* input,
                                              caligo_key_length_result* result);

// ---- Authentication (docs/authenticate.md) --------------------------------------------------------------------------

enum { CALIGO_ALICE_TO_BOB = 0, CALIGO_BOB_TO_ALICE = 1 };
enum {
  CALIGO_WEGMAN_CARTER = 0,  ///< information-theoretic: 384 bits once and 64 bits per frame from the pool
  CALIGO_HMAC_SHA256 = 1     ///< computational: 256 bits once
};

/// Secret bits that both sides share. A pool and the authenticators made with it: one thread at a time, all together.
typedef struct caligo_key_pool caligo_key_pool;

/// epsilon: distance of these bits from ideal ones, 0 for keys that were carried. Errors: invalid_argument,
/// malformed_input.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_key_pool_create(const uint8_t* alice_to_bob, size_t alice_to_bob_bits,
                                                   const uint8_t* bob_to_alice, size_t bob_to_alice_bits,
                                                   double epsilon, caligo_key_pool** pool);
/// Appends bits of a new key; both sides the same ones. epsilon: that of the key. Errors: invalid_argument,
/// malformed_input.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_key_pool_replenish(caligo_key_pool* pool, int32_t direction, const uint8_t* key,
                                                      size_t bits, double epsilon);
/// The next bits, which are wiped in the pool. Errors: key_exhausted, and then nothing is taken.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_key_pool_take(caligo_key_pool* pool, int32_t direction, uint8_t* out, size_t bits);

/// Counts of a pool.
typedef struct caligo_key_pool_info {
  size_t struct_size;
  uint64_t consumed[2];   ///< bits handed out or skipped, by direction
  uint64_t remaining[2];  ///< bits left, by direction
  double epsilon;         ///< sum over everything that came in
} caligo_key_pool_info;

/// @since 0.1
CALIGO_CHECKED caligo_error caligo_key_pool_get_info(const caligo_key_pool* pool, caligo_key_pool_info* info);
/// Authenticators made with it keep it alive.
/// @since 0.1
CALIGO_API void caligo_key_pool_destroy(caligo_key_pool* pool);

/// Travels with its frame. Fixed size.
typedef struct caligo_frame_tag {
  uint64_t counter;   ///< number of the frame in its direction
  uint8_t bytes[32];  ///< the first `size` count, the others are 0
  uint32_t size;      ///< 8 or 32
  uint32_t reserved;  ///< 0
} caligo_frame_tag;

/// Seals or opens the frames of one direction.
typedef struct caligo_authenticator caligo_authenticator;

/// Takes its key from the pool. algorithm: CALIGO_WEGMAN_CARTER, which needs the direction to itself from then on, or
/// CALIGO_HMAC_SHA256. Errors: key_exhausted, invalid_argument.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_authenticator_create(caligo_key_pool* pool, int32_t direction, int32_t algorithm,
                                                        caligo_authenticator** authenticator);
/// Sender. Errors: key_exhausted, invalid_argument (frame too long).
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_authenticator_seal(caligo_authenticator* authenticator, const uint8_t* frame,
                                                      size_t size, caligo_frame_tag* tag);
/// Receiver: accepts a frame once, in order, gaps allowed. Errors: not_authentic, key_exhausted.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_authenticator_open(caligo_authenticator* authenticator, const uint8_t* frame,
                                                      size_t size, const caligo_frame_tag* tag);
/// Sum of the forgery probabilities over all frames whose tags were compared; NaN for CALIGO_HMAC_SHA256 and NULL.
/// @since 0.1
CALIGO_API double caligo_authenticator_epsilon(const caligo_authenticator* authenticator);
/// Number of the next frame.
/// @since 0.1
CALIGO_API uint64_t caligo_authenticator_counter(const caligo_authenticator* authenticator);
/// @since 0.1
CALIGO_API void caligo_authenticator_destroy(caligo_authenticator* authenticator);

#ifdef __cplusplus
}
#endif

#endif
