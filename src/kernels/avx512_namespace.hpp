// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The AVX-512 headers serve two instruction sets: with byte permutations, compression and bit matrices (VBMI, VBMI2,
/// BITALG, GFNI; Ice Lake, Zen 4) and without (Skylake-X). Each unit that is compiled for the lesser one names its own
/// namespace before it includes them, so that the linker cannot take one unit's functions for the other's.
#ifndef CALIGO_AVX512
#define CALIGO_AVX512 avx512
#endif
