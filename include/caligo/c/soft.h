/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CALIGO_C_SOFT_H
#define CALIGO_C_SOFT_H
/// List decoding with soft output, for iterative receivers (docs/soft-output.md). The conventions are in <caligo.h>.

#include <caligo/c/codec.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  CALIGO_SOFT_EXACT = 0,   ///< box-plus within 1e-4 nats; calibrated probabilities
  CALIGO_SOFT_MAX_LOG = 1  ///< sign·sign·min: faster, and the pruned part of the codebook is underestimated
};

/// The scratch memory of one thread.
typedef struct caligo_soft_decoder caligo_soft_decoder;

/// list_size: 1 to 32; about 4·N·list_size bytes, at most 128 MB. Errors: invalid_argument.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_soft_decoder_create(const caligo_code* code, uint32_t list_size, int32_t arithmetic,
                                                       caligo_soft_decoder** decoder);
/// Bytes that the decoder takes.
/// @since 0.1
CALIGO_API size_t caligo_soft_decoder_memory(const caligo_soft_decoder* decoder);
/// @since 0.1
CALIGO_API void caligo_soft_decoder_destroy(caligo_soft_decoder* decoder);

/// Frames, row by row. LLRs in nats, clipped to ±500.
typedef struct caligo_soft_input {
  size_t struct_size;
  size_t frames;                 ///< default 1
  const float* llr;              ///< frames·sent_bits: what the channel says
  size_t llr_count;              ///< frames·sent_bits
  const float* prior;            ///< as many: what other decoders say; or NULL for nothing
  size_t prior_count;            ///< frames·sent_bits, or 0
  const uint8_t* frozen_values;  ///< as in caligo_decode_input
  size_t frozen_values_size;     ///< bytes
  const uint32_t* checksums;     ///< as in caligo_decode_input
  size_t checksum_count;         ///< frames, or 0
} caligo_soft_input;

/// Where results go; NULL for what is not wanted. Sizes count bytes.
typedef struct caligo_soft_output {
  size_t struct_size;
  uint8_t* messages;       ///< rows of caligo_bytes_for(message_bits)
  size_t messages_size;    ///< frames rows
  uint8_t* codewords;      ///< rows of caligo_bytes_for(sent_bits)
  size_t codewords_size;   ///< frames rows
  float* extrinsic;        ///< frames·sent_bits: posterior - prior - channel, in nats; may be `llr` or `prior` itself
  size_t extrinsic_count;  ///< frames·sent_bits
  uint8_t* accepted;       ///< per frame: 1 if the CRC holds, else 0 and the best path is given
  uint8_t* ranks;          ///< per frame: of the path by its metric, 0 = best
  double* path_metrics;    ///< per frame: sum of |llr + prior| over the bits decided against it, in nats
  double* error_probabilities;    ///< per frame: that the codeword is not the one that was sent; 1 if not accepted
  double* missing_probabilities;  ///< per frame: that the sent codeword is not in the list; 1 if not accepted
} caligo_soft_output;

/// Allocates nothing unless it fails. If one frame's input is refused, frames before it have been written. Errors:
/// size_mismatch, invalid_argument (NaN, with its index; checksums missing or superfluous), malformed_input.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_soft_decoder_decode(caligo_soft_decoder* decoder, const caligo_soft_input* input,
                                                       const caligo_soft_output* output);

#ifdef __cplusplus
}
#endif

#endif
