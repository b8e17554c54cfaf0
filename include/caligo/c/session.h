/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CALIGO_C_SESSION_H
#define CALIGO_C_SESSION_H
/// Two-party reconciliation: each side is a state machine whose frames the caller carries by any transport. No sockets,
/// no clock, no threads. docs/session.md explains the protocol, docs/formats/session.md the frames. The conventions are
/// in <caligo.h>.
///
/// Frames are protected against accidents, not against an adversary: authenticate them outside (<caligo/c/key.h>).

#include <caligo/c/reconcile.h>

#ifdef __cplusplus
extern "C" {
#endif

// ---- Settings -------------------------------------------------------------------------------------------------------

enum {
  CALIGO_VERDICTS_EACH_BLOCK = 1,  ///< as soon as a verdict is known; the default where this is 0
  CALIGO_VERDICTS_AT_END = 2       ///< after all blocks; needs a known error rate
};

/// Alice proposes, Bob compares with his own; a difference ends in an error that names it.
typedef struct caligo_session_settings {
  size_t struct_size;
  uint64_t session_id;      ///< tells the sessions of a transport apart; never to be used again
  int32_t mode;             ///< CALIGO_MODE_…
  int32_t verdicts;         ///< CALIGO_VERDICTS_…
  uint32_t max_log2_block;  ///< blocks of at most 2^this bits, 6 to 24; default 16
  uint32_t list_size;       ///< default 8
  uint32_t tag_bits;        ///< 32 to 64; default 64
  uint32_t sample_bits;     ///< positions compared openly; default 4096 without a known error rate, else none
  double target_fer;        ///< one-way; default 0.01
  double boldness;          ///< blind; default 1
  const char* crc;          ///< default as in caligo_reconciler_options
  int32_t has_qber;         ///< 1: `qber` is given
  int32_t simulated;        ///< 1: keys of tags and sample positions from `seed`, for simulation only
  double qber;              ///< error rate to design for, 0 to 0.5
  uint64_t seed;            ///< with `simulated`
  uint32_t breadth;         ///< interactive: longer searches at once, 1 to 16; default 2
  uint32_t max_rounds;      ///< questions about a block at most, 1 to 65535; default 1024
  uint32_t window;          ///< blocks in flight, 1 to 1024; default 8
  uint32_t max_codes;       ///< codes of one length that Alice may ask Bob to build; default 64
  size_t max_frame;         ///< bytes of a frame at most, 256 to 2^20; default 61440
} caligo_session_settings;

// ---- Codes that sessions share --------------------------------------------------------------------------------------

/// Codes and decoders for any number of sessions of a process. Any number of threads may use it at once.
typedef struct caligo_code_book caligo_code_book;

/// decoders: how many wait for their next block at most; default 8. Errors: none but out_of_memory.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_code_book_create(const char* cache_directory, size_t decoders,
                                                    caligo_code_book** book);
/// Sessions that were made with it keep what they need.
/// @since 0.1
CALIGO_API void caligo_code_book_destroy(caligo_code_book* book);

// ---- Sessions -------------------------------------------------------------------------------------------------------

/// One side. One thread at a time, except caligo_decode_job_run().
typedef struct caligo_session caligo_session;
/// One block to decode, taken out of Bob's session.
typedef struct caligo_decode_job caligo_decode_job;

enum {
  CALIGO_SESSION_NEGOTIATING = 0,  ///< the other side has not agreed yet
  CALIGO_SESSION_RUNNING = 1,
  CALIGO_SESSION_FINISHED = 2,  ///< both sides know which blocks are key
  CALIGO_SESSION_FAILED = 3     ///< no block is key; caligo_session_failure() tells why
};
enum {
  CALIGO_BLOCK_OPEN = 0,      ///< not decided yet
  CALIGO_BLOCK_VERIFIED = 1,  ///< both sides have the same bits
  CALIGO_BLOCK_FAILED = 2,    ///< decoding did not succeed
  CALIGO_BLOCK_LOST = 3       ///< abandoned before it was decided on both sides
};

/// x: 64 bits or more, copied. book: NULL for one of its own. Errors: invalid_argument, malformed_input, no_key, io.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_session_create_alice(const caligo_session_settings* settings, const uint8_t* x,
                                                        size_t bits, const caligo_code_book* book,
                                                        caligo_session** session);
/// y: as long as Alice's x. Errors: as above.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_session_create_bob(const caligo_session_settings* settings, const uint8_t* y,
                                                      size_t bits, const caligo_code_book* book,
                                                      caligo_session** session);
/// @since 0.1
CALIGO_API void caligo_session_destroy(caligo_session* session);

/// A frame from the other side. An error means that it was refused and nothing changed but a counter: drop it. Errors:
/// malformed_input, invalid_argument.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_session_receive(caligo_session* session, const uint8_t* frame, size_t size);
/// One piece of work: Alice prepares a disclosure, Bob decodes a block. did: 0 if there was none. Errors: those by
/// which the session fails.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_session_work(caligo_session* session, int32_t* did);
/// Writes the next frame to send. capacity: max_frame bytes. size: 0 if there is none now. Errors: size_mismatch.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_session_next_frame(caligo_session* session, uint8_t* frame, size_t capacity,
                                                      size_t* size);
/// The caller waited long enough: what was not answered becomes due again.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_session_on_timeout(caligo_session* session);
/// Alice gives up what is not decided: those blocks are lost, and Bob is told. Errors: unsupported (Bob).
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_session_abandon(caligo_session* session);
/// CALIGO_SESSION_…; failed for NULL.
/// @since 0.1
CALIGO_API int32_t caligo_session_status(const caligo_session* session);
/// Why the session failed, or why its last blocks were abandoned: 0 and "" if neither. The text lives until the next
/// call with this session.
/// @since 0.1
CALIGO_API caligo_error caligo_session_failure(const caligo_session* session, const char** text);

/// For callers with threads of their own: a block that is ready to be decoded, NULL if there is none. Run it anywhere,
/// then give it back. Errors: unsupported (Alice).
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_session_take_job(caligo_session* session, caligo_decode_job** job);
/// Decodes; on any thread, once, also while the session goes on, and even if it is gone.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_decode_job_run(caligo_decode_job* job);
/// Gives a job back that was run, and destroys it, also after an error. Errors: invalid_argument (not run), unsupported
/// (Alice).
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_session_complete(caligo_session* session, caligo_decode_job* job);
/// Destroys a job that will not be given back; its block then stays open.
/// @since 0.1
CALIGO_API void caligo_decode_job_destroy(caligo_decode_job* job);

// ---- Results --------------------------------------------------------------------------------------------------------

/// One block of a session.
typedef struct caligo_session_block {
  size_t struct_size;
  int32_t outcome;        ///< CALIGO_BLOCK_…
  uint32_t rounds;        ///< questions about the block
  size_t bits;            ///< of the block
  size_t key_bits;        ///< verified bits
  uint64_t errors;        ///< corrected bits; Bob always knows them of a verified block, Alice if she was told
  caligo_leakage leaked;  ///< bits that this side sent about the block
} caligo_session_block;

/// Sums over a session.
typedef struct caligo_session_report {
  size_t struct_size;
  size_t blocks;
  size_t key_bits;        ///< verified bits; 0 unless finished
  caligo_leakage leaked;  ///< everything this side sent; the session's leakage is the sum of both sides
  double epsilon;         ///< Bob: probability that the two keys differ although the tags agree; 0 for Alice
  uint64_t frames_sent;
  uint64_t bytes_sent;
  uint64_t frames_accepted;
  uint64_t bytes_accepted;
  uint64_t duplicates;          ///< accepted frames that said nothing new
  uint64_t frames_repeated;     ///< parts of messages sent again
  uint64_t disclosed_repeated;  ///< disclosed bits in these: the same bits again, which leak nothing new
  uint64_t messages_sent;       ///< complete messages, receipts left out
  uint64_t frames_refused;
} caligo_session_report;

/// Errors: invalid_argument (no such block).
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_session_get_block(const caligo_session* session, size_t index,
                                                     caligo_session_block* block);
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_session_get_report(const caligo_session* session, caligo_session_report* report);
/// The verified blocks, one after the other. bits: the report's key_bits. Errors: size_mismatch.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_session_key(const caligo_session* session, uint8_t* key, size_t bits);
/// The session that a frame says it belongs to, so that one transport can carry many. Errors: malformed_input (not a
/// frame).
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_peek_session(const uint8_t* frame, size_t size, uint64_t* session_id);

// ---- One call -------------------------------------------------------------------------------------------------------

/// What became of two strings.
typedef struct caligo_reconcile_result {
  size_t struct_size;
  size_t bits;  ///< of the input
  size_t blocks;
  size_t failed_blocks;   ///< failed or lost
  size_t key_bits;        ///< verified bits, in order
  size_t errors;          ///< bits in which the input strings differ
  size_t undetected;      ///< bits in which the two keys differ: never, up to `epsilon`
  double qber;            ///< errors/bits
  double efficiency;      ///< leaked.total/(bits·h2(qber)), 1 is Shannon's limit; NaN without errors
  double epsilon;         ///< probability that the keys differ although the tags agree
  caligo_leakage leaked;  ///< by both sides
} caligo_reconcile_result;

/// Both sessions in this process over a perfect channel: x and y in, the common key out. settings: NULL for all
/// defaults. key: caligo_bytes_for(bits) bytes, of which the first result.key_bits bits are key and the rest zeros;
/// result.leaked bits of it have to be taken away (caligo_amplify()). Errors: as caligo_session_create_alice().
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_reconcile(const caligo_session_settings* settings, const uint8_t* x,
                                             const uint8_t* y, size_t bits, uint8_t* key,
                                             caligo_reconcile_result* result);

#ifdef __cplusplus
}
#endif

#endif
