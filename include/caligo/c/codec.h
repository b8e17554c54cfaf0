/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CALIGO_C_CODEC_H
#define CALIGO_C_CODEC_H
/// Codes, encoding, decoding. The conventions are in <caligo.h>.

#include <caligo/c/base.h>

#ifdef __cplusplus
extern "C" {
#endif

// ---- Orders of reliability ------------------------------------------------------------------------------------------

/// The positions of a length by reliability, from which codes of any rate are cut. Immutable.
typedef struct caligo_order caligo_order;

/// What an order is made for.
typedef struct caligo_order_options {
  size_t struct_size;
  uint32_t log2_length;         ///< n: N = 2^n, 3 to 24
  uint32_t reserved;            ///< 0
  const char* channel;          ///< "bsc:0.02", "bec:0.3", "awgn-sigma:0.8"; "awgn-ebn0:1.5" (dB) needs `rate`
  const char* method;           ///< default "automatic"; "polarization-weight" and "nr5g" need no channel
  size_t shortened;             ///< code bits at the end that are known to be zero and not sent, below N
  double rate;                  ///< message bits per sent bit; for awgn-ebn0 only
  const char* cache_directory;  ///< default $CALIGO_CACHE_DIR, $XDG_CACHE_HOME/caligo or ~/.cache/caligo
} caligo_order_options;

/// Seconds for N = 2^20 unless it is in the cache. Errors: invalid_argument, unsupported (nr5g with n > 10).
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_order_construct(const caligo_order_options* options, caligo_order** order);
/// From the text of an order file (docs/formats/code.md); `source` names it in errors, default "order". Errors:
/// malformed_input, with the byte offset.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_order_parse(const char* text, size_t length, const char* source,
                                               caligo_order** order);
/// Number of positions: N - shortened.
/// @since 0.1
CALIGO_API size_t caligo_order_size(const caligo_order* order);
/// The positions, most reliable first. count: caligo_order_size(). Errors: size_mismatch.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_order_indices(const caligo_order* order, uint32_t* indices, size_t count);
/// P(bit i is decided wrongly by SC | all earlier right), in natural order. count: N. Errors: size_mismatch;
/// unsupported if the method gives none.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_order_error_probabilities(const caligo_order* order, float* probabilities,
                                                             size_t count);
/// @since 0.1
CALIGO_API void caligo_order_destroy(caligo_order* order);

// ---- Codes ----------------------------------------------------------------------------------------------------------

/// Everything that encoder and decoder must agree on. Immutable.
typedef struct caligo_code caligo_code;

/// Where the checksum that picks a list entry comes from.
enum {
  CALIGO_CRC_AUTOMATIC = 0,  ///< embedded if there is a CRC
  CALIGO_CRC_NONE = 1,       ///< no CRC: the path of least metric wins
  CALIGO_CRC_EMBEDDED = 2,   ///< the last information bits are the checksum (forward error correction)
  CALIGO_CRC_EXTERNAL = 3  ///< all information bits are message, the checksum travels beside the frame (reconciliation)
};

/// A code that is to be constructed in one step: caligo_order_construct() and caligo_code_from_order().
typedef struct caligo_code_options {
  size_t struct_size;
  uint32_t log2_length;         ///< n: N = 2^n, 3 to 24
  int32_t crc_placement;        ///< CALIGO_CRC_…
  size_t message_bits;          ///< without the CRC
  const char* channel;          ///< as in caligo_order_options; Eb/N0 counts message bits only
  const char* method;           ///< as in caligo_order_options
  const char* crc;              ///< as for caligo_crc(); default "none"
  size_t shortened;             ///< as in caligo_order_options
  const char* cache_directory;  ///< as in caligo_order_options
} caligo_code_options;

/// Errors: as caligo_order_construct() and caligo_code_from_order().
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_code_construct(const caligo_code_options* options, caligo_code** code);
/// The code whose information set is the best message_bits (+ CRC) positions of an order. crc: NULL for none. Errors:
/// invalid_argument (says the largest possible message).
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_code_from_order(const caligo_order* order, size_t message_bits, const char* crc,
                                                   int32_t crc_placement, caligo_code** code);
/// From a frozen mask of 2^log2_length bits, 1 = frozen; the last `shortened` ones must be frozen. crc: NULL for none.
/// Errors: invalid_argument, malformed_input.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_code_from_frozen(const uint8_t* frozen, uint32_t log2_length, size_t shortened,
                                                    const char* crc, int32_t crc_placement, caligo_code** code);
/// From the text of a code file (docs/formats/code.md); every field is checked. `source` names it in errors, default
/// "code". Errors: malformed_input.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_code_from_json(const char* text, size_t length, const char* source,
                                                  caligo_code** code);
/// Writes the text of a code file and a NUL behind it. length: of the text without the NUL, also after size_mismatch,
/// so that text = NULL with capacity 0 asks for it. Errors: size_mismatch if capacity is not above the length.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_code_to_json(const caligo_code* code, char* text, size_t capacity, size_t* length);
/// 32 hexadecimal digits that equal codes have in common. Lives as long as the code.
/// @since 0.1
CALIGO_API const char* caligo_code_strong_id(const caligo_code* code);

/// The sizes of a code.
typedef struct caligo_code_info {
  size_t struct_size;
  uint32_t log2_length;     ///< n
  int32_t crc_placement;    ///< CALIGO_CRC_NONE, …_EMBEDDED or …_EXTERNAL
  size_t block_length;      ///< N
  size_t shortened;         ///< code bits that are known and not sent
  size_t sent_bits;         ///< N - shortened: LLRs and code bits of a frame
  size_t information_bits;  ///< positions that are not frozen
  size_t message_bits;      ///< information bits without an embedded CRC
  size_t frozen_bits;       ///< frozen positions whose value is not known: bits of `frozen_values`, in increasing index
  uint32_t crc_width;       ///< 0 without a CRC
  uint32_t crc_polynomial;  ///< without the highest power
} caligo_code_info;

/// Errors: invalid_argument.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_code_get_info(const caligo_code* code, caligo_code_info* info);
/// The frozen mask, 1 = frozen. bits: N. Errors: size_mismatch.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_code_frozen_mask(const caligo_code* code, uint8_t* mask, size_t bits);
/// @since 0.1
CALIGO_API void caligo_code_destroy(caligo_code* code);

// ---- Encoding -------------------------------------------------------------------------------------------------------

enum {
  CALIGO_NON_SYSTEMATIC = 0,  ///< u at the information positions is message then CRC
  CALIGO_SYSTEMATIC = 1       ///< x at the information positions is message then CRC
};

/// Encodes frames of one code; one thread at a time.
typedef struct caligo_encoder caligo_encoder;

/// Errors: invalid_argument (mode).
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_encoder_create(const caligo_code* code, int32_t mode, caligo_encoder** encoder);
/// `frames` frames, row by row; sizes count bytes. messages: frames rows of caligo_bytes_for(message_bits).
/// frozen_values: rows of caligo_bytes_for(frozen_bits), or NULL and 0 for zeros. codewords: rows of
/// caligo_bytes_for(sent_bits), written; it overlaps neither of the others. Allocates nothing unless it fails. Errors:
/// size_mismatch, malformed_input (pad bits); unsupported (systematic, and the information set does not allow it).
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_encoder_encode(caligo_encoder* encoder, size_t frames, const uint8_t* messages,
                                                  size_t messages_size, const uint8_t* frozen_values,
                                                  size_t frozen_values_size, uint8_t* codewords, size_t codewords_size);
/// The messages of words that are code words already; checks neither frozen values nor CRC. Sizes as above. Errors:
/// size_mismatch, malformed_input.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_encoder_extract(caligo_encoder* encoder, size_t frames, const uint8_t* codewords,
                                                   size_t codewords_size, uint8_t* messages, size_t messages_size);
/// @since 0.1
CALIGO_API void caligo_encoder_destroy(caligo_encoder* encoder);
/// x ← x·F^(⊗n) in place, its own inverse. bits: a power of two. Errors: invalid_argument, malformed_input.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_polar_transform(uint8_t* x, size_t bits);

// ---- Decoding -------------------------------------------------------------------------------------------------------

enum {
  CALIGO_DECODER_LIST = 0,      ///< one list of list_size paths for every frame
  CALIGO_DECODER_ADAPTIVE = 1,  ///< one path first, lists for what its CRC refuses; needs a CRC unless list_size is 1
  CALIGO_DECODER_BATCH = 2      ///< the same on 64 interleaved frames at once, for throughput
};
enum {
  CALIGO_CHECK_MIN_SUM = 0,   ///< check nodes by sign·sign·min
  CALIGO_CHECK_CORRECTED = 1  ///< with a correction, for N from 2^13 on; needs llr_bits 16 and CALIGO_DECODER_LIST
};

/// How to decode.
typedef struct caligo_decode_options {
  size_t struct_size;
  int32_t decoder;     ///< CALIGO_DECODER_…
  uint32_t list_size;  ///< 1 (SC), 2, 4, 8, 16 or 32; default 8
  uint32_t llr_bits;  ///< of the LLRs inside: 8 (default), or 16 with CALIGO_DECODER_LIST; twice the time, nothing lost
  int32_t check;      ///< CALIGO_CHECK_…
} caligo_decode_options;

/// The schedule compiled from a code. Immutable: make one, and one decoder per thread.
typedef struct caligo_plan caligo_plan;

/// Errors: invalid_argument.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_plan_create(const caligo_code* code, const caligo_decode_options* options,
                                               caligo_plan** plan);
/// @since 0.1
CALIGO_API void caligo_plan_destroy(caligo_plan* plan);

/// The scratch memory of one thread.
typedef struct caligo_decoder caligo_decoder;

/// Allocates all that decoding needs.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_decoder_create(const caligo_plan* plan, caligo_decoder** decoder);
/// Bytes that the decoder takes.
/// @since 0.1
CALIGO_API size_t caligo_decoder_memory(const caligo_decoder* decoder);
/// @since 0.1
CALIGO_API void caligo_decoder_destroy(caligo_decoder* decoder);

enum {
  CALIGO_LLR_INT8 = 0,   ///< internal units, taken as they are; -128 counts as -127
  CALIGO_LLR_INT16 = 1,  ///< integers of which `units_per_nat` make a nat
  CALIGO_LLR_FLOAT = 2   ///< nats; ±inf are clipped, a NaN is refused
};

/// Frames, row by row: LLR i of frame f is at f·sent_bits + i.
typedef struct caligo_decode_input {
  size_t struct_size;
  size_t frames;                 ///< default 1
  const void* llr;               ///< int8_t, int16_t or float, aligned for its type
  size_t llr_count;              ///< frames·sent_bits
  int32_t llr_type;              ///< CALIGO_LLR_…
  float units_per_nat;           ///< of int16; default: the scale, so that they are taken as they are
  float scale;                   ///< internal units per nat; default caligo_default_llr_scale() for the plan
  uint32_t reserved;             ///< 0
  const uint8_t* frozen_values;  ///< rows of caligo_bytes_for(frozen_bits), or NULL for zeros
  size_t frozen_values_size;     ///< bytes
  const uint32_t* checksums;     ///< one per frame; needed if, and only if, the CRC is external
  size_t checksum_count;         ///< frames, or 0
} caligo_decode_input;

/// Where results go; NULL for what is not wanted. Sizes count bytes, and rows begin at a byte each.
typedef struct caligo_decode_output {
  size_t struct_size;
  uint8_t* messages;      ///< rows of caligo_bytes_for(message_bits)
  size_t messages_size;   ///< frames rows
  uint8_t* codewords;     ///< rows of caligo_bytes_for(sent_bits): x
  size_t codewords_size;  ///< frames rows
  uint8_t* u;             ///< rows of caligo_bytes_for(N), frozen positions included; not with CALIGO_DECODER_BATCH
  size_t u_size;          ///< frames rows
  uint8_t* accepted;  ///< per frame: 1 if the CRC holds (always for a code without), else 0 and the best path is given
  uint8_t* list_sizes;  ///< per frame: of the decoder that found the path, 1 for SC
  uint8_t* ranks;       ///< per frame: of the path by its metric, 0 = best
  int64_t*
      path_metrics;  ///< per frame: sum of |LLR| over the decisions against the LLR, in internal units; -1: none kept
} caligo_decode_output;

/// Allocates nothing, except that CALIGO_DECODER_BATCH grows with the largest number of frames that it has seen. If one
/// frame's input is refused, frames before it may have been written. Errors: size_mismatch; invalid_argument (checksums
/// missing or superfluous, a NaN with its index, a scale); malformed_input (pad bits of frozen values); unsupported (u
/// from a batch decoder).
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_decoder_decode(caligo_decoder* decoder, const caligo_decode_input* input,
                                                  const caligo_decode_output* output);
/// Internal units per nat that keep error rates at those of float LLRs on the AWGN channel; llr_bits: 8 or 16, else
/// NaN.
/// @since 0.1
CALIGO_API float caligo_default_llr_scale(uint32_t log2_length, uint32_t llr_bits);
/// The same for a given channel, 8 bits; on the BSC LLRs become ±1. Errors: invalid_argument.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_llr_scale(uint32_t log2_length, const char* channel, float* scale);

// ---- One call -------------------------------------------------------------------------------------------------------

/// Encodes one message, non-systematic, frozen bits zero. For many frames make a caligo_encoder. Bits, not bytes.
/// Errors: size_mismatch, malformed_input.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_encode(const caligo_code* code, const uint8_t* message, size_t message_bits,
                                          uint8_t* codeword, size_t codeword_bits);
/// Decodes one frame of float LLRs (nats), adaptively up to list_size paths if the code has a CRC. For many frames make
/// a plan and a decoder, which takes most of the time of this call. accepted: 1 if the CRC holds, else 0. Errors:
/// size_mismatch; invalid_argument (list_size, NaN, a code with an external CRC).
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_decode(const caligo_code* code, uint32_t list_size, const float* llr,
                                          size_t llr_count, uint8_t* message, size_t message_bits, int32_t* accepted);

#ifdef __cplusplus
}
#endif

#endif
