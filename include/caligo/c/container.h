/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CALIGO_C_CONTAINER_H
#define CALIGO_C_CONTAINER_H
/// Files of bit blocks (docs/formats/container.md): every byte is checked when read; written whole or not at all. The
/// conventions are in <caligo.h>.

#include <caligo/c/base.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { CALIGO_CONTAINER_SIFTED = 1, CALIGO_CONTAINER_SESSION = 2, CALIGO_CONTAINER_KEY = 3 };
enum { CALIGO_ROLE_UNSPECIFIED = 0, CALIGO_ROLE_ALICE = 1, CALIGO_ROLE_BOB = 2 };
enum { CALIGO_TAG_NONE = 0, CALIGO_TAG_BLAKE2B = 1, CALIGO_TAG_HMAC_SHA256 = 2 };
enum { CALIGO_BASIS_UNSPECIFIED = 0, CALIGO_BASIS_Z = 1, CALIGO_BASIS_X = 2 };
/// Bytes of a key for tags.
enum { CALIGO_CONTAINER_KEY_BYTES = 32 };

/// What holds for the whole file.
typedef struct caligo_container_header {
  size_t struct_size;
  int32_t kind;         ///< CALIGO_CONTAINER_…; default sifted
  int32_t role;         ///< CALIGO_ROLE_…
  int32_t tag;          ///< CALIGO_TAG_…; goes together with a key
  int32_t simulation;   ///< 1: the bits come from a seed and are no key
  uint8_t stream[16];   ///< names the stream, the same in Alice's and Bob's file
  uint8_t code[16];     ///< with has_code: strong_id of the code
  uint64_t created;     ///< with has_created: seconds since 1970-01-01 UTC
  uint64_t seed;        ///< with has_seed: of a simulation
  double qber;          ///< with has_qber
  double epsilon;       ///< with has_epsilon
  uint8_t has_code;     ///< 1: given
  uint8_t has_created;  ///< 1: given
  uint8_t has_seed;     ///< 1: given
  uint8_t has_qber;     ///< 1: given
  uint8_t has_epsilon;  ///< 1: given
  uint8_t reserved[3];  ///< 0
} caligo_container_header;

/// One block.
typedef struct caligo_container_block {
  size_t struct_size;
  const uint8_t* payload;   ///< when read: into the memory that was opened; when written: the caller's
  uint64_t bits;            ///< of the payload
  uint64_t index;           ///< when read
  uint64_t offset;          ///< when read: of the block's header in the file, bytes
  uint64_t label;           ///< the caller's own number
  uint64_t errors;          ///< with has_errors: bits that differed
  uint64_t leaked_bits;     ///< with has_leaked_bits
  double qber;              ///< with has_qber
  double epsilon;           ///< with has_epsilon
  int32_t basis;            ///< CALIGO_BASIS_…
  int32_t verified;         ///< 1: its hash agreed with the other side's
  uint8_t has_errors;       ///< 1: given
  uint8_t has_leaked_bits;  ///< 1: given
  uint8_t has_qber;         ///< 1: given
  uint8_t has_epsilon;      ///< 1: given
  uint8_t reserved[4];      ///< 0
} caligo_container_block;

/// What a file holds that was read to its end.
typedef struct caligo_container_totals {
  size_t struct_size;
  uint64_t blocks;
  uint64_t bits;
  uint64_t bytes;              ///< up to the last committed footer
  uint64_t uncommitted_bytes;  ///< left behind by an append that did not end; no part of the file
  int32_t append_open;         ///< 1: an append is under way, or was killed
  int32_t authenticated;       ///< 1: every tag was verified
} caligo_container_totals;

/// Reads; one thread at a time.
typedef struct caligo_container_reader caligo_container_reader;

/// Maps a file. key: CALIGO_CONTAINER_KEY_BYTES bytes with which all tags are verified, or NULL to leave tags alone.
/// Errors: io, malformed_input (with the byte offset), unsupported.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_container_open_file(const char* path, const uint8_t* key,
                                                       caligo_container_reader** reader);
/// The same for memory, aligned to 8 bytes, which must outlive the reader. source: its name in errors. Errors: also
/// invalid_argument (alignment).
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_container_open_memory(const uint8_t* bytes, size_t size, const char* source,
                                                         const uint8_t* key, caligo_container_reader** reader);
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_container_reader_get_header(const caligo_container_reader* reader,
                                                               caligo_container_header* header);
/// The next block, verified; its payload lives as long as the reader. found: 0 at the end, when the file proved to be
/// in order as a whole. Errors: malformed_input, unsupported.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_container_reader_next(caligo_container_reader* reader, caligo_container_block* block,
                                                         int32_t* found);
/// Complete once caligo_container_reader_next() has come to the end.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_container_reader_get_totals(const caligo_container_reader* reader,
                                                               caligo_container_totals* totals);
/// @since 0.1
CALIGO_API void caligo_container_reader_destroy(caligo_container_reader* reader);

/// Writes; one thread at a time.
typedef struct caligo_container_writer caligo_container_writer;

/// A new file, mode 0600, that appears on commit; "-" is standard output. Errors: invalid_argument, io.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_container_create_file(const char* path, const caligo_container_header* header,
                                                         const uint8_t* key, caligo_container_writer** writer);
/// Goes on at the end of a file. Errors: io, malformed_input, unsupported, invalid_argument.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_container_append_file(const char* path, const uint8_t* key,
                                                         caligo_container_writer** writer);
/// One more block: payload, bits and what is known of it. Errors: invalid_argument, malformed_input, io.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_container_writer_write(caligo_container_writer* writer,
                                                          const caligo_container_block* block);
/// All or nothing, on disk when it returns. Then only destroy it. Errors: io.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_container_writer_commit(caligo_container_writer* writer);
/// Without a commit nothing remains.
/// @since 0.1
CALIGO_API void caligo_container_writer_destroy(caligo_container_writer* writer);

#ifdef __cplusplus
}
#endif

#endif
