// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The fuzz targets. Each takes any bytes and throws Finding if the library does wrong; libfuzzer.cpp makes a libFuzzer
/// program of each, random_inputs.test.cpp runs them all under ctest.

#include "tests/fuzz/input.hpp"

namespace caligo::fuzz {

void decode_isa(Bytes input);        ///< the same result on every instruction set
void decode_reference(Bytes input);  ///< the same list as the readable reference
void decode_batch(Bytes input);      ///< batches and adaptive decoding as the single decoders
void encode(Bytes input);            ///< transform, encoder, CRC against their definitions
void code_json(Bytes input);         ///< untrusted code files
void order(Bytes input);             ///< untrusted order files
void cascade(Bytes input);           ///< both roles of Cascade under damaged messages
void session(Bytes input);           ///< two sessions and a bad network
void session_alice(Bytes input);     ///< the same, and frames forged for Alice
void session_bob(Bytes input);       ///< the same, and frames forged for Bob
void container(Bytes input);         ///< untrusted containers

struct Target {
  const char* name;
  void (*run)(Bytes input);
};
inline constexpr Target targets[] = {{"decode_isa", decode_isa},
                                     {"decode_reference", decode_reference},
                                     {"decode_batch", decode_batch},
                                     {"encode", encode},
                                     {"code_json", code_json},
                                     {"order", order},
                                     {"cascade", cascade},
                                     {"session", session},
                                     {"session_alice", session_alice},
                                     {"session_bob", session_bob},
                                     {"container", container}};

}  // namespace caligo::fuzz
