# SPDX-License-Identifier: Apache-2.0
"""Caligo: polar codes and information reconciliation on ordinary processor cores.

Quick tour::

    codec = caligo.PolarCodec(block_length=4096, message_length=2048, channel="bsc:0.05")
    syndrome = codec.compute_syndrome(alice)               # Alice discloses this
    result = codec.decode_hard(bob, syndrome=syndrome)     # Bob corrects his bits

All computing functions release the global interpreter lock. Conventions: bits are ``uint8`` of 0 or 1, or packed
little-endian; LLR = ln P(bit = 0)/P(bit = 1), positive means 0.
"""

from caligo import reconciliation
from caligo._code import CodeSpec, construct, design_crossover
from caligo._codec import DecodeResult, PolarCodec
from caligo._info import active_isa, force_isa, info, supported_isas
from caligo._info import version as _version
from caligo._plot import plot
from caligo._reconcile import ReconcileResult, reconcile, run_session
from caligo.authentication import HmacSha256, KeyPool, WegmanCarter
from caligo.containers import Container, ContainerBlock, ContainerWriter, open_container
from caligo.errors import CaligoError, KeyExhaustedError, NoKeyError, NotAuthenticError
from caligo.privacy import (
    KeyLength,
    amplification_seed_bits,
    amplify,
    fresh_seed,
    key_length,
    one_way_efficiency_limit,
    verification_epsilon,
)
from caligo.sessions import (
    AliceSession,
    BobSession,
    CodeBook,
    Leakage,
    SessionBlock,
    SessionSettings,
    peek_session,
)
from caligo.simulation import SimulationTable, SimulationTask, likelihood_interval, read_results, simulate

__version__ = _version()

__all__ = [
    "AliceSession",
    "BobSession",
    "CaligoError",
    "CodeBook",
    "CodeSpec",
    "Container",
    "ContainerBlock",
    "ContainerWriter",
    "DecodeResult",
    "HmacSha256",
    "KeyExhaustedError",
    "KeyLength",
    "KeyPool",
    "Leakage",
    "NoKeyError",
    "NotAuthenticError",
    "PolarCodec",
    "ReconcileResult",
    "SessionBlock",
    "SessionSettings",
    "SimulationTable",
    "SimulationTask",
    "WegmanCarter",
    "active_isa",
    "amplification_seed_bits",
    "amplify",
    "construct",
    "design_crossover",
    "force_isa",
    "fresh_seed",
    "info",
    "key_length",
    "likelihood_interval",
    "one_way_efficiency_limit",
    "open_container",
    "peek_session",
    "plot",
    "read_results",
    "reconcile",
    "reconciliation",
    "run_session",
    "simulate",
    "supported_isas",
    "verification_epsilon",
]
