# SPDX-License-Identifier: Apache-2.0
"""Fixtures of all tests. CALIGO_TEST_SEED runs the random ones with another seed; a failure prints it."""

import os

import hypothesis
import numpy as np
import pytest

import caligo

SEED = int(os.environ.get("CALIGO_TEST_SEED", "20260611"))

# Tests must not depend on time, nor on what an earlier run found.
hypothesis.settings.register_profile(
    "caligo", deadline=None, database=None, derandomize="CALIGO_TEST_SEED" not in os.environ, print_blob=True
)
hypothesis.settings.load_profile("caligo")


def pytest_report_header():
    return f"caligo {caligo.__version__} ({caligo.active_isa()}), CALIGO_TEST_SEED={SEED}"


@pytest.fixture
def rng():
    return np.random.default_rng(SEED)


@pytest.fixture(scope="session")
def codec():
    """Rate 1/2, for a QBER of 5 %."""
    return caligo.PolarCodec(block_length=1024, message_length=512, channel="bsc:0.05")
