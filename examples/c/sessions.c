/* SPDX-License-Identifier: Apache-2.0 */
/* Two sessions in C, from noisy copies to a secret key. Here both sides live in one process and the channel loses every
 * eighth frame or so; in a real system each side runs in a process of its own, and every frame travels with a tag. */
#include <caligo.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { bits = 1 << 18, bytes = bits / 8, frame_bytes = 1400 };

static const double crossover = 0.025;

static void check(caligo_error error, const char* what) {
  if (error == CALIGO_OK) return;
  fprintf(stderr, "%s: %s (%s)\n", what, caligo_error_message(), caligo_error_name(error));
  exit(1);
}

/* Does all that one side can do now. What it has to say goes to the other one, or is lost. */
static int turn(caligo_session* self, caligo_session* other, unsigned* lost) {
  static unsigned sent = 0;
  uint8_t frame[frame_bytes];
  int busy = 0;
  int32_t did = 1;
  while (did) {
    check(caligo_session_work(self, &did), "work");
    busy |= did;
  }
  for (;;) {
    size_t size = 0;
    check(caligo_session_next_frame(self, frame, sizeof frame, &size), "next frame");
    if (size == 0) return busy;
    busy = 1;
    if (++sent % 8 == 0) {
      ++*lost;
    } else if (caligo_session_receive(other, frame, size) != CALIGO_OK) {
      ++*lost; /* refused: as good as lost */
    }
  }
}

static caligo_session_report report(const caligo_session* session) {
  caligo_session_report result = {.struct_size = sizeof result};
  check(caligo_session_get_report(session, &result), "report");
  return result;
}

/* What may be taken from the reconciled bits. */
static uint64_t secret_bits(uint64_t key_bits, const caligo_leakage* alice, const caligo_leakage* bob, double epsilon) {
  caligo_key_length_input input = {.struct_size = sizeof input,
                                   .key_bits = key_bits,
                                   .sample_bits = alice->sample,
                                   .tolerated_qber = 0.03,
                                   .leaked_bits = (double)(alice->total - alice->tag + bob->total),
                                   .epsilon_secrecy = 1e-10,
                                   .epsilon_correctness = epsilon,
                                   .has_tag_bits = 1,
                                   .tag_bits = (double)alice->tag};
  caligo_key_length_result result = {.struct_size = sizeof result};
  check(caligo_key_length(NULL, &input, &result), "key length");
  printf("secret key: %llu bits, epsilon %.1e\n", (unsigned long long)result.bits, result.epsilon_total);
  return result.bits;
}

/* The same hash on both sides, with a seed that is drawn now and announced. */
static int amplify(const caligo_session* alice, const caligo_session* bob, size_t key_bits, size_t wanted) {
  static uint8_t key[2][bytes], secret[2][bytes], seed[2 * bytes];
  const size_t seed_bits = caligo_amplification_seed_bits(key_bits, wanted, CALIGO_MODIFIED_TOEPLITZ);
  check(caligo_amplification_seed_fresh(seed, seed_bits), "seed");
  check(caligo_session_key(alice, key[0], key_bits), "Alice's key");
  check(caligo_session_key(bob, key[1], key_bits), "Bob's key");
  for (int side = 0; side < 2; ++side) {
    check(caligo_amplify(key[side], key_bits, seed, seed_bits, secret[side], wanted), "privacy amplification");
  }
  const int equal = memcmp(secret[0], secret[1], caligo_bytes_for(wanted)) == 0;
  caligo_wipe(key, sizeof key);
  caligo_wipe(secret, sizeof secret);
  return equal;
}

int main(void) {
  static uint8_t x[bytes], y[bytes];
  check(caligo_simulated_bits(1, 0, 0.5, x, bits), "x");
  check(caligo_simulated_bits(1, 1, crossover, y, bits), "noise");
  for (size_t i = 0; i < bytes; ++i) y[i] ^= x[i];

  const caligo_session_settings settings = {.struct_size = sizeof settings, /* the same on both sides */
                                            .session_id = 42,
                                            .mode = CALIGO_MODE_BLIND,
                                            .sample_bits = 16384,
                                            .max_frame = frame_bytes};
  caligo_code_book* book = NULL;
  caligo_session *alice = NULL, *bob = NULL;
  check(caligo_code_book_create(NULL, 0, &book), "code book");
  check(caligo_session_create_alice(&settings, x, bits, book, &alice), "Alice");
  check(caligo_session_create_bob(&settings, y, bits, book, &bob), "Bob");
  unsigned lost = 0;
  while (caligo_session_status(alice) != CALIGO_SESSION_FINISHED) {
    const int alice_busy = turn(alice, bob, &lost);
    const int bob_busy = turn(bob, alice, &lost);
    if (alice_busy || bob_busy) continue;
    check(caligo_session_on_timeout(alice), "timeout"); /* a real caller waits before it says so */
    check(caligo_session_on_timeout(bob), "timeout");
  }
  const caligo_session_report a = report(alice), b = report(bob);
  const double limit = bits * caligo_binary_entropy(crossover);
  printf("%zu blocks, %zu bits verified, f = %.2f with the sample, %u of %llu frames lost\n", a.blocks, a.key_bits,
         (double)(a.leaked.total + b.leaked.total) / limit, lost, (unsigned long long)(a.frames_sent + b.frames_sent));
  const int equal = amplify(alice, bob, a.key_bits, (size_t)secret_bits(a.key_bits, &a.leaked, &b.leaked, b.epsilon));
  printf("the two secret keys are %s\n", equal ? "equal" : "different");
  caligo_session_destroy(alice);
  caligo_session_destroy(bob);
  caligo_code_book_destroy(book);
  return equal ? 0 : 1;
}
