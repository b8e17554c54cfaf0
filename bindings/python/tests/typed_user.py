# SPDX-License-Identifier: Apache-2.0
"""A program for the type checker: the package fits its own protocol, and its stubs say what comes back."""

import numpy as np
import numpy.typing as npt

import caligo
from caligo.reconciliation.codecs import SISOCodec


def correct(codec: SISOCodec, word: npt.NDArray[np.uint8], syndrome: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    result = codec.decode_hard(word, syndrome=syndrome, qber=0.05)
    return result.codeword if result.converged else word


def use() -> float:
    codec: SISOCodec = caligo.PolarCodec(block_length=64, message_length=24)
    word = np.zeros(64, np.uint8)
    extrinsic: npt.NDArray[np.float32] = codec.decode_soft(np.ones(64, np.float32)).llr_extrinsic
    return float(extrinsic[0]) + float(correct(codec, word, codec.compute_syndrome(word))[0])
