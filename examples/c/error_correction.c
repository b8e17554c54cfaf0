/* SPDX-License-Identifier: Apache-2.0 */
/* Forward error correction in C: a (1024, 512) code with a CRC on a channel that flips one bit in sixteen. */
#include <caligo.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define FRAMES 200
#define CROSSOVER 0.06

/* Ends the program with the library's own words. */
static void check(caligo_error error, const char* what) {
  if (error == CALIGO_OK) return;
  fprintf(stderr, "%s: %s (%s)\n", what, caligo_error_message(), caligo_error_name(error));
  exit(1);
}

static float* receive(const uint8_t* words, size_t row, size_t bits) {
  float* llr = malloc(FRAMES * bits * sizeof *llr);
  uint8_t* errors = malloc(row);
  const float magnitude = (float)log((1 - CROSSOVER) / CROSSOVER); /* ln P(right)/P(wrong) */
  if (llr == NULL || errors == NULL) exit(1);
  for (size_t f = 0; f < FRAMES; ++f) {
    check(caligo_simulated_bits(1, f, CROSSOVER, errors, bits), "noise");
    for (size_t i = 0; i < bits; ++i) {
      const int bit = ((words[f * row + i / 8] ^ errors[i / 8]) >> (i % 8)) & 1;
      llr[f * bits + i] = bit ? -magnitude : magnitude; /* positive means 0 */
    }
  }
  free(errors);
  return llr;
}

int main(void) {
  caligo_code* code = NULL;
  const caligo_code_options options = {.struct_size = sizeof options,
                                       .log2_length = 10,
                                       .message_bits = 512,
                                       .channel = "bsc:0.06",
                                       .crc = "crc16-ccitt"};
  check(caligo_code_construct(&options, &code), "code");
  caligo_code_info info = {.struct_size = sizeof info};
  check(caligo_code_get_info(code, &info), "info");
  const size_t message_row = caligo_bytes_for(info.message_bits);
  const size_t word_row = caligo_bytes_for(info.sent_bits);
  const size_t messages_size = FRAMES * message_row;
  const size_t words_size = FRAMES * word_row;

  /* All frames at once: rows of packed bits. */
  uint8_t* messages = malloc(messages_size);
  uint8_t* words = malloc(words_size);
  uint8_t* decoded = malloc(messages_size);
  uint8_t accepted[FRAMES];
  if (messages == NULL || words == NULL || decoded == NULL) return 1;
  check(caligo_simulated_bits(2, 0, 0.5, messages, 8 * messages_size), "messages");
  caligo_encoder* encoder = NULL;
  check(caligo_encoder_create(code, CALIGO_NON_SYSTEMATIC, &encoder), "encoder");
  check(caligo_encoder_encode(encoder, FRAMES, messages, messages_size, NULL, 0, words, words_size), "encode");
  float* llr = receive(words, word_row, info.sent_bits);

  caligo_plan* plan = NULL; /* may be shared between threads */
  caligo_decoder* decoder = NULL;
  const caligo_decode_options how = {.struct_size = sizeof how, .decoder = CALIGO_DECODER_BATCH, .list_size = 8};
  check(caligo_plan_create(code, &how, &plan), "plan");
  check(caligo_decoder_create(plan, &decoder), "decoder");
  const caligo_decode_input input = {.struct_size = sizeof input,
                                     .frames = FRAMES,
                                     .llr = llr,
                                     .llr_count = FRAMES * info.sent_bits,
                                     .llr_type = CALIGO_LLR_FLOAT};
  const caligo_decode_output output = {
      .struct_size = sizeof output, .messages = decoded, .messages_size = messages_size, .accepted = accepted};
  check(caligo_decoder_decode(decoder, &input, &output), "decode");

  int lost = 0;
  for (size_t f = 0; f < FRAMES; ++f) {
    size_t wrong = 0;
    check(caligo_hamming_distance(messages + f * message_row, decoded + f * message_row, info.message_bits, &wrong),
          "comparison");
    lost += !accepted[f] || wrong != 0;
  }
  printf("caligo %s: %d frames of %zu bits at a crossover of %g, list 8: %d lost\n", caligo_version(), FRAMES,
         info.message_bits, CROSSOVER, lost);

  caligo_decoder_destroy(decoder);
  caligo_plan_destroy(plan);
  caligo_encoder_destroy(encoder);
  caligo_code_destroy(code);
  free(llr);
  free(decoded);
  free(words);
  free(messages);
  return lost <= FRAMES / 20 ? 0 : 1;
}
