/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CALIGO_C_BASE_H
#define CALIGO_C_BASE_H
/// Versions, errors, instruction sets, packed bits. The conventions of all parts are in <caligo.h>.

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define CALIGO_API
#elif defined(__GNUC__)
#define CALIGO_API __attribute__((visibility("default")))
#else
#define CALIGO_API
#endif

/// An error that goes unnoticed is not acceptable where keys are made: compilers warn.
#if defined(__GNUC__)
#define CALIGO_CHECKED CALIGO_API __attribute__((warn_unused_result))
#else
#define CALIGO_CHECKED CALIGO_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

// ---- Versions -------------------------------------------------------------------------------------------------------

/// Of these headers. caligo_version_number() is that of the library that runs.
#define CALIGO_VERSION_MAJOR 0
#define CALIGO_VERSION_MINOR 1
#define CALIGO_VERSION_PATCH 0
/// One number that grows: MAJOR·1000000 + MINOR·1000 + PATCH.
#define CALIGO_VERSION_NUMBER (CALIGO_VERSION_MAJOR * 1000000 + CALIGO_VERSION_MINOR * 1000 + CALIGO_VERSION_PATCH)

/// CALIGO_VERSION_NUMBER of the library that runs.
/// @since 0.1
CALIGO_API uint32_t caligo_version_number(void);
/// "MAJOR.MINOR.PATCH".
/// @since 0.1
CALIGO_API const char* caligo_version(void);
/// The commit that the library was built from, or "unknown".
/// @since 0.1
CALIGO_API const char* caligo_git_hash(void);

// ---- Errors ---------------------------------------------------------------------------------------------------------

/// What a function returns. A plain integer and no enumeration: a newer library may return numbers that a program has
/// not heard of, which have to be taken as failures.
typedef int32_t caligo_error;

/// Numbers never change their meaning; new ones are added. Below 100 they are those of the C++ interface.
enum {
  CALIGO_OK = 0,
  CALIGO_ERROR_INVALID_ARGUMENT = 1,  ///< a parameter outside its documented domain; also NULL where it is not allowed
  CALIGO_ERROR_MALFORMED_INPUT = 2,   ///< untrusted text or bytes that do not parse; pad bits that are not zero
  CALIGO_ERROR_SIZE_MISMATCH = 3,     ///< two sizes that must agree do not
  CALIGO_ERROR_IO = 4,                ///< the operating system refused a read or a write
  CALIGO_ERROR_UNSUPPORTED = 5,       ///< valid, but this library or machine cannot do it
  CALIGO_ERROR_NO_KEY = 6,            ///< no secret key can be left at this error rate
  CALIGO_ERROR_INTERRUPTED = 7,       ///< a callback asked to stop
  CALIGO_ERROR_KEY_EXHAUSTED = 8,     ///< the pool of authentication keys has not enough bits left
  CALIGO_ERROR_NOT_AUTHENTIC = 9,     ///< a frame whose tag is wrong, or that came out of order
  CALIGO_ERROR_OUT_OF_MEMORY = 101,   ///< an allocation failed; the handles involved may only be destroyed
  CALIGO_ERROR_INTERNAL = 102         ///< an exception that nobody expected, for instance from a callback in C++
};

/// "invalid_argument" and so on; "unknown" for a number that this library does not have.
/// @since 0.1
CALIGO_API const char* caligo_error_name(caligo_error error);
/// One line about the last failure on this thread: what was expected and what was found, in English. Never NULL, never
/// key material; empty before the first failure. Valid until the next failure on this thread. Successful calls leave it
/// alone. It belongs to the thread and not to a handle, so that constructors can fail with a text, and needs no
/// allocation, so that it works when memory is out. Callers whose code may change threads between two calls
/// (goroutines) pin the thread around both.
/// @since 0.1
CALIGO_API const char* caligo_error_message(void);

// ---- Instruction sets -----------------------------------------------------------------------------------------------

/// The name of the i-th instruction set that was built and that this processor offers, slowest first: "scalar", "neon",
/// "avx2", "avx512bw" or "avx512". NULL behind the last one.
/// @since 0.1
CALIGO_API const char* caligo_supported_isa(size_t index);
/// What decoders made from now on use: the fastest one, $CALIGO_ISA, or the last caligo_force_isa(). Results do not
/// depend on it. Errors: invalid_argument or unsupported if $CALIGO_ISA names none of this machine.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_active_isa(const char** name);
/// Errors: invalid_argument (no such name), unsupported.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_force_isa(const char* name);

// ---- Packed bits ----------------------------------------------------------------------------------------------------

/// ⌈bits/8⌉.
/// @since 0.1
CALIGO_API size_t caligo_bytes_for(size_t bits);
/// Positions in which two strings of `bits` bits differ. Errors: malformed_input.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_hamming_distance(const uint8_t* a, const uint8_t* b, size_t bits, size_t* distance);
/// The checksum of `bits` bits, a plain polynomial remainder: bit 0 of the message is the highest power. crc:
/// "crc16-ccitt", "crc24a", "crc32" …, or "WIDTH:0xPOLYNOMIAL". Errors: invalid_argument (lists the names),
/// malformed_input.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_crc(const char* crc, const uint8_t* message, size_t bits, uint32_t* checksum);
/// Fills with random bits, each 1 with probability p in [0, 1]; they depend on seed, stream and p alone. For
/// simulation: never for keys. Errors: invalid_argument.
/// @since 0.1
CALIGO_CHECKED caligo_error caligo_simulated_bits(uint64_t seed, uint64_t stream, double p, uint8_t* out, size_t bits);
/// h2(p) in bits; 0 at p = 0 and 1.
/// @since 0.1
CALIGO_API double caligo_binary_entropy(double p);
/// Overwrites memory with zeros in a way that compilers do not remove.
/// @since 0.1
CALIGO_API void caligo_wipe(void* memory, size_t size);

#ifdef __cplusplus
}
#endif

#endif
