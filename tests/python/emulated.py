#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Run under an emulated processor: the package imports, picks the instruction set that is there, and decodes.

usage: emulated.py EXPECTED_ISA
"""

import sys

import numpy as np

import caligo

if caligo.active_isa() != sys.argv[1]:
    sys.exit(f"expected the instruction set {sys.argv[1]}, got {caligo.active_isa()}")
codec = caligo.PolarCodec(block_length=1024, message_length=512, channel="bsc:0.05")
rng = np.random.default_rng(1)
words = rng.integers(0, 2, (20, 1024), dtype=np.uint8)
for word in words:
    noisy = word ^ (rng.random(1024) < 0.03).astype(np.uint8)
    result = codec.decode_hard(noisy, syndrome=codec.compute_syndrome(word))
    if not result.converged or not np.array_equal(result.codeword, word):
        sys.exit("a word was not corrected")
print(f"{caligo.active_isa()}: {len(words)} words corrected")
