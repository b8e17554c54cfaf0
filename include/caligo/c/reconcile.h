/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CALIGO_C_RECONCILE_H
#define CALIGO_C_RECONCILE_H
/// Reconciliation in one process: both roles with the accounts, or the two roles of the one-way mode apart, with a
/// value between them. Two parties over a network use <caligo/c/session.h>. docs/reconcile.md tells which mode to take.
/// The conventions are in <caligo.h>.

#include <caligo/c/codec.h>

#ifdef __cplusplus
extern "C" {
#endif

// ---- What leaks -----------------------------------------------------------------------------------------------------

/// Bits disclosed on the public channel, by purpose, also for blocks that failed. Fixed size; `reserved` is 0.
typedef struct caligo_leakage {
  uint64_t total;        ///< sum of the following
  uint64_t frozen;       ///< values of u on the frozen positions
  uint64_t crc;          ///< checksums that pick the list entry
  uint64_t tag;          ///< verification tags
  uint64_t sample;       ///< key bits shown to estimate the error rate
  uint64_t feedback;     ///< error counts of verified blocks, sent back by Bob
  uint64_t questions;    ///< what Alice answers: values of u (blind mode), parities (interactive mode)
  uint64_t reserved[3];  ///< 0
} caligo_leakage;

// ---- Both roles in one process --------------------------------------------------------------------------------------

enum {
  CALIGO_MODE_ONE_WAY = 1,     ///< one disclosure per block; the default where a mode is 0
  CALIGO_MODE_BLIND = 2,       ///< Bob asks for more where his decoder got lost
  CALIGO_MODE_INTERACTIVE = 3  ///< Cascade
};

/// How to reconcile.
typedef struct caligo_reconciler_options {
  size_t struct_size;
  int32_t mode;                 ///< CALIGO_MODE_…
  uint32_t list_size;           ///< default 8; not interactive
  uint32_t tag_bits;            ///< of a verification tag, 1 to 64; default 64
  uint32_t breadth;             ///< interactive: longer searches at once, fewer exchanges, more disclosed
  double target_fer;            ///< one-way: block failure rate to design for, 1e-4 to 0.5; default 0.01
  double boldness;              ///< blind: how little is disclosed at first; default 1
  const char* crc;              ///< default "crc16-ccitt", blind "crc24a", list of one "none"
  int32_t has_qber;             ///< 1: `qber` is given. 0: it is learnt from the sample and from verified blocks
  int32_t simulated;            ///< 1: keys of tags come from `seed`, for simulation only; 0: from the operating system
  double qber;                  ///< error rate to design for, 0 to 0.5
  uint64_t seed;                ///< with `simulated`
  const char* cache_directory;  ///< as in caligo_order_options
} caligo_reconciler_options;

/// Alice and Bob side by side, block after block. One thread at a time.
typedef struct caligo_reconciler caligo_reconciler;

/// What became of a block.
typedef struct caligo_block_report {
  size_t struct_size;
  size_t bits;            ///< of the block
  size_t key_bits;        ///< verified: all, none, or in interactive mode some
  size_t errors;          ///< bits in which x and y differ
  size_t corrected;       ///< bits in which what was verified differs from y
  size_t undetected;      ///< bits in which what was verified differs from x: never, up to `epsilon`
  uint64_t messages;      ///< of both sides
  uint64_t bob_bits;      ///< said by Bob, error counts left out; they depend on the errors, not on x alone
  caligo_leakage leaked;  ///< about this block
  double epsilon;         ///< probability that x̂ ≠ x although the tag holds
  int32_t verified;       ///< 1 if all of the block was
  uint32_t rounds;        ///< exchanges after the first message
  uint32_t units;         ///< parts that have a tag of their own
  uint32_t failed_units;  ///< those of them that were not verified
} caligo_block_report;

/// Sums over all blocks.
typedef struct caligo_reconciler_totals {
  size_t struct_size;
  caligo_leakage leaked;
  double epsilon;         ///< over the verified blocks
  double qber_estimate;   ///< learnt from samples and verified blocks
  uint64_t observed;      ///< bits that the estimate rests on
  double design_seconds;  ///< spent on choosing codes
  size_t decoder_bytes;   ///< memory of Bob's decoder
} caligo_reconciler_totals;

/// Errors: invalid_argument.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_reconciler_create(const caligo_reconciler_options* options,
                                                     caligo_reconciler** reconciler);
/// Positions that were compared openly and are left out of the key: counted as leaked, and used for the next codes.
/// Errors: invalid_argument (more errors than bits).
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_reconciler_observe_sample(caligo_reconciler* reconciler, uint64_t bits,
                                                             uint64_t errors);
/// The next blocks to cut from `remaining` bits: `count` blocks of `length` bits, the last one shorter by less than
/// count. While little is known of the error rate: one short block. Errors: invalid_argument (max_log2 outside 6 to
/// 24).
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_reconciler_next_blocks(const caligo_reconciler* reconciler, uint64_t remaining,
                                                          uint32_t max_log2, uint64_t* count, size_t* length);
/// One block. code_bits: the length that the code is made for, at least `bits`; 0 for `bits`. report may be NULL.
/// Errors: invalid_argument, size_mismatch, malformed_input, no_key (nothing can be left), io (no random numbers).
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_reconciler_reconcile(caligo_reconciler* reconciler, const uint8_t* x,
                                                        const uint8_t* y, size_t bits, size_t code_bits,
                                                        caligo_block_report* report);
/// What was verified of the last block. bits: its key_bits. Errors: size_mismatch.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_reconciler_key(const caligo_reconciler* reconciler, uint8_t* key, size_t bits);
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_reconciler_get_totals(const caligo_reconciler* reconciler,
                                                         caligo_reconciler_totals* totals);
/// @since 0.1
CALIGO_API void caligo_reconciler_destroy(caligo_reconciler* reconciler);

// ---- Choice of the code ---------------------------------------------------------------------------------------------

/// Picks codes that disclose least; remembers the last designs. One thread at a time.
typedef struct caligo_code_selector caligo_code_selector;

/// What a code for one-way reconciliation is chosen for.
typedef struct caligo_code_request {
  size_t struct_size;
  size_t bits;         ///< of a block, 8 to 2^24
  double qber;         ///< 0 to 0.5; at least 1e-5 is assumed
  double target_fer;   ///< default 0.01
  uint32_t list_size;  ///< default 8
  uint32_t reserved;   ///< 0
  const char* crc;     ///< default "none"; it travels beside the block (CALIGO_CRC_EXTERNAL)
} caligo_code_request;

/// @since 0.1
CALIGO_CHECKED caligo_error caligo_code_selector_create(const char* cache_directory, caligo_code_selector** selector);
/// Seconds for a long code and a new error rate, else milliseconds. Errors: invalid_argument, no_key.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_code_selector_select(caligo_code_selector* selector,
                                                        const caligo_code_request* request, caligo_code** code);
/// @since 0.1
CALIGO_API void caligo_code_selector_destroy(caligo_code_selector* selector);

// ---- The two roles of the one-way mode ------------------------------------------------------------------------------

/// The public key of one verification hash; drawn afresh for every block.
typedef struct caligo_verification_key {
  uint64_t words[6];
} caligo_verification_key;

/// From the operating system. Errors: io.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_verification_key_fresh(caligo_verification_key* key);
/// Reproducible, for simulation only.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_verification_key_simulated(uint64_t seed, uint64_t block,
                                                              caligo_verification_key* key);
/// The tag of a block. tag_bits: 1 to 64. Errors: invalid_argument, malformed_input.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_verification_tag(const uint8_t* block, size_t bits,
                                                    const caligo_verification_key* key, uint32_t tag_bits,
                                                    uint64_t* tag);
/// The largest probability that two different blocks of `bits` bits have the same tag.
/// @since 0.1
CALIGO_API double caligo_verification_epsilon(size_t bits, uint32_t tag_bits);

/// What Alice sends about one block. Everything in it is public, once sent. Alice gives the key and the memory for the
/// frozen values and reads the rest; Bob gives all.
typedef struct caligo_disclosure {
  size_t struct_size;
  uint8_t* frozen_values;     ///< caligo_code_info::frozen_bits bits
  size_t frozen_values_size;  ///< bytes
  caligo_verification_key key;
  uint64_t tag;       ///< of x
  uint32_t checksum;  ///< CRC over the information bits; 0 if the code has none
  uint32_t reserved;  ///< 0
} caligo_disclosure;

/// Alice; one thread at a time.
typedef struct caligo_discloser caligo_discloser;

/// code: CRC external or none. tag_bits: 1 to 64. Errors: invalid_argument.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_discloser_create(const caligo_code* code, uint32_t tag_bits,
                                                    caligo_discloser** discloser);
/// block: x, at most sent_bits; a shorter one counts as followed by zeros that both know. Errors: size_mismatch,
/// malformed_input.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_discloser_disclose(caligo_discloser* discloser, const uint8_t* block, size_t bits,
                                                      caligo_disclosure* disclosure);
/// What every block costs. Errors: invalid_argument.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_discloser_leakage(const caligo_discloser* discloser, caligo_leakage* leakage);
/// @since 0.1
CALIGO_API void caligo_discloser_destroy(caligo_discloser* discloser);

/// Bob; one thread at a time.
typedef struct caligo_corrector caligo_corrector;

/// What became of a block.
typedef struct caligo_correction {
  size_t struct_size;
  size_t corrected;      ///< bits in which x̂ differs from y
  int32_t verified;      ///< 1: the tag holds; 0: the block must be discarded
  int32_t crc_accepted;  ///< 1 if some list entry had the right CRC
  uint32_t candidates;   ///< words that were compared with the tag: each one risks an ε
  uint32_t reserved;     ///< 0
} caligo_correction;

/// plan: of CALIGO_DECODER_LIST, of Alice's code. Errors: invalid_argument.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_corrector_create(const caligo_plan* plan, uint32_t tag_bits,
                                                    caligo_corrector** corrector);
/// block: y, as long as x. corrected: x̂, as long; a key only if it was verified, and zeros otherwise. Errors:
/// size_mismatch, malformed_input.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_corrector_correct(caligo_corrector* corrector, const caligo_disclosure* disclosure,
                                                     const uint8_t* block, size_t bits, uint8_t* corrected,
                                                     caligo_correction* result);
/// @since 0.1
CALIGO_API void caligo_corrector_destroy(caligo_corrector* corrector);

// ---- Limits ---------------------------------------------------------------------------------------------------------

/// The error rate beyond which one-way processing leaves no BB84 key: 0.1100.
/// @since 0.1
CALIGO_API double caligo_one_way_qber_limit(void);
/// The efficiency that no one-way code of `bits` bits beats by much, by the normal approximation; NaN for a QBER of 0.
/// @since 0.1
CALIGO_API double caligo_one_way_efficiency_limit(size_t bits, double qber, double fer);

#ifdef __cplusplus
}
#endif

#endif
