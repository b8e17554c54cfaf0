/* SPDX-License-Identifier: Apache-2.0 */
/* A stranger's program in C: one frame through the installed library, with a few bits flipped. */
#include <caligo.h>

#include <stdio.h>

enum { message_bits = 200, length = 512 };

int main(void) {
  const caligo_code_options options = {.struct_size = sizeof options,
                                       .log2_length = 9,
                                       .message_bits = message_bits,
                                       .channel = "bsc:0.05",
                                       .crc = "crc16-ccitt"};
  caligo_code* code = NULL;
  uint8_t message[message_bits / 8], word[length / 8], decoded[message_bits / 8];
  float llr[length];
  int32_t accepted = 0;
  size_t wrong = 1;
  if (caligo_code_construct(&options, &code) != CALIGO_OK ||
      caligo_simulated_bits(1, 0, 0.5, message, message_bits) != CALIGO_OK ||
      caligo_encode(code, message, message_bits, word, length) != CALIGO_OK) {
    fprintf(stderr, "%s\n", caligo_error_message());
    return 1;
  }
  for (int i = 0; i < length; ++i) {
    const int bit = (word[i / 8] >> (i % 8)) & 1;
    llr[i] = (bit != 0) != (i % 40 == 0) ? -3.0F : 3.0F;
  }
  if (caligo_decode(code, 8, llr, length, decoded, message_bits, &accepted) != CALIGO_OK ||
      caligo_hamming_distance(message, decoded, message_bits, &wrong) != CALIGO_OK) {
    fprintf(stderr, "%s\n", caligo_error_message());
    return 1;
  }
  caligo_code_destroy(code);
  printf("caligo %s in C: %d bits %s\n", caligo_version(), message_bits, accepted && wrong == 0 ? "recovered" : "lost");
  return accepted && wrong == 0 ? 0 : 1;
}
