# SPDX-License-Identifier: Apache-2.0
"""Sessions on a bad wire, in all modes, and with threads; the accounts; what is refused."""

import concurrent.futures

import numpy as np
import pytest

import caligo

BITS = 30000


def pair(rng, **settings):
    x = rng.integers(0, 2, BITS, dtype=np.uint8)
    y = x ^ (rng.random(BITS) < 0.02).astype(np.uint8)
    agreed = caligo.SessionSettings(session_id=7, max_log2_block=13, simulation_seed=3, **settings)
    book = caligo.CodeBook()
    return x, caligo.AliceSession(agreed, x, codes=book), caligo.BobSession(agreed, y, codes=book)


def carry(alice, bob, lose=lambda: False, work=lambda bob: bob.work()):
    """Runs both to their end; returns the bytes that passed."""
    passed = 0
    for _ in range(100_000):
        if alice.status == "failed" or bob.status == "failed" or (alice.finished and bob.finished):
            return passed
        busy = False
        while alice.work() or work(bob):
            busy = True
        for sender, receiver in ((alice, bob), (bob, alice)):
            while (frame := sender.next_frame()) is not None:
                assert isinstance(frame, bytes)
                busy, passed = True, passed + len(frame)
                if not lose():
                    receiver.receive(frame)
        if not busy:
            alice.on_timeout()
            bob.on_timeout()
    raise AssertionError("the sessions do not end")


@pytest.mark.parametrize("mode", ["one-way", "blind", "interactive"])
def test_modes(rng, mode):
    x, alice, bob = pair(rng, mode=mode, qber=0.02)
    assert alice.status == "negotiating"
    passed = carry(alice, bob)
    assert alice.finished and bob.finished and alice.error is None
    key = alice.key()
    assert np.array_equal(key, bob.key()) and key.size > 0.7 * BITS
    assert np.array_equal(np.packbits(key, bitorder="little"), bob.key(bit_packed=True))
    if key.size == BITS:
        assert np.array_equal(key, x)
    total = alice.leaked.total + bob.leaked.total
    assert total / (BITS * 0.1414) > 1
    assert total < 0.4 * BITS
    assert alice.leaked.frozen + alice.leaked.questions > 0
    assert sum(block.key_bits for block in bob.blocks) == key.size
    assert sum(block.bits for block in bob.blocks) == BITS
    assert 0 < bob.epsilon < 1e-15
    assert passed == alice.statistics["bytes_sent"] + bob.statistics["bytes_sent"]


def test_error_rate_from_a_sample(rng):
    _, alice, bob = pair(rng, sample_bits=2000)
    carry(alice, bob)
    assert np.array_equal(alice.key(), bob.key())
    assert alice.key().size > 0.2 * BITS
    assert alice.leaked.sample + bob.leaked.sample >= 2000


def test_lossy_wire(rng):
    _, alice, bob = pair(rng, mode="blind", qber=0.02)
    carry(alice, bob, lose=lambda: rng.random() < 0.2)
    assert np.array_equal(alice.key(), bob.key()) and alice.key().size > 0.7 * BITS
    assert alice.statistics["frames_repeated"] > 0


def test_strictly_one_way(rng):
    # Oblivious transfer: until all blocks are decided nothing but receipts flows back.
    _, alice, bob = pair(rng, qber=0.02, verdicts="at-end")
    carry(alice, bob)
    assert np.array_equal(alice.key(), bob.key()) and alice.key().size > 0.7 * BITS
    assert bob.leaked.total == 0
    assert all(block.rounds == 0 for block in bob.blocks)


def test_decoding_in_threads(rng):
    _, alice, bob = pair(rng, qber=0.02)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:

        def work(side):
            jobs = []
            while (job := side.take_job()) is not None:
                jobs.append((job, pool.submit(job.run)))
            for job, future in jobs:
                future.result()
                side.complete(job)
            return bool(jobs)

        carry(alice, bob, work=work)
    assert np.array_equal(alice.key(), bob.key()) and alice.key().size > 0.7 * BITS


def test_damaged_frames_are_refused(rng):
    _, alice, bob = pair(rng, qber=0.02)
    frame = bytearray(alice.next_frame())
    assert caligo.peek_session(frame) == 7
    frame[-1] ^= 1
    with pytest.raises(ValueError, match="checksum"):
        bob.receive(bytes(frame))
    with pytest.raises(ValueError):
        bob.receive(b"")
    with pytest.raises(TypeError):
        bob.receive("frame")
    assert bob.statistics["refused"]["checksum"] == 1
    assert caligo.peek_session(b"nothing") is None


def test_different_settings(rng):
    x = rng.integers(0, 2, 1000, dtype=np.uint8)
    alice = caligo.AliceSession(caligo.SessionSettings(session_id=1, qber=0.02), x)
    bob = caligo.BobSession(caligo.SessionSettings(session_id=1, qber=0.03), x)
    with pytest.raises(ValueError, match="qber|QBER"):
        bob.receive(alice.next_frame())


@pytest.mark.parametrize(
    ("settings", "error", "text"),
    [
        ({"qber": 0.02, "mode": "two-way"}, ValueError, "mode.*two-way"),
        ({"qber": 0.02, "verdicts": "never"}, ValueError, "verdicts.*never"),
        ({"qber": 0.02, "list_size": 3}, ValueError, "3"),
        ({"qber": 0.02, "list_size": "8"}, ValueError, "list_size.*'8'"),
        ({"qber": 0.02, "window": -1}, ValueError, "window.*-1"),
        ({}, ValueError, "sample"),
        ({"qber": 0.4}, caligo.NoKeyError, "0.4|40"),
    ],
)
def test_bad_settings(settings, error, text):
    with pytest.raises(error, match=text):
        caligo.AliceSession(caligo.SessionSettings(session_id=1, **settings), np.zeros(1000, np.uint8))


def test_many_threads_poke_one_session(rng):
    _, alice, bob = pair(rng, mode="blind", qber=0.02)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:

        def poke():
            for _ in range(200):
                bob.work()
                alice.work()
                if (frame := alice.next_frame()) is not None:
                    bob.receive(frame)
                if (frame := bob.next_frame()) is not None:
                    alice.receive(frame)
                _ = alice.status, bob.blocks

        for future in [pool.submit(poke) for _ in range(4)]:
            future.result()
    carry(alice, bob)
    assert np.array_equal(alice.key(), bob.key())


@pytest.mark.parametrize("mode", ["one-way", "blind", "interactive"])
def test_reconcile(rng, mode):
    x = rng.integers(0, 2, 1 << 16, dtype=np.uint8)
    y = x ^ (rng.random(x.size) < 0.02).astype(np.uint8)
    result = caligo.reconcile(x, y, mode=mode, preset="fast", simulation_seed=1)
    assert result.bits == 1 << 16 and result.errors == (x != y).sum() and result.qber == result.errors / result.bits
    assert result.undetected_errors == 0 and result.failed_blocks == 0 and result.key_bits == result.bits
    assert np.array_equal(result.key, x)
    assert 1 < result.efficiency < 1.5
    entropy = -result.qber * np.log2(result.qber) - (1 - result.qber) * np.log2(1 - result.qber)
    assert result.efficiency == pytest.approx(result.leaked.total / (entropy * result.bits))
    assert (result.rounds_mean > 0) == (mode != "one-way")
    pack = np.packbits(np.stack([x, y]), axis=-1, bitorder="little")
    again = caligo.reconcile(*pack, mode=mode, preset="fast", simulation_seed=1, bit_packed=True, threads=2)
    assert np.array_equal(again.key, pack[0]) and again.leaked == result.leaked


def test_reconcile_errors():
    zeros = np.zeros(1000, np.uint8)
    with pytest.raises(ValueError, match="equal length.*1000 and 999"):
        caligo.reconcile(zeros, zeros[:-1])
    with pytest.raises(ValueError, match="preset.*'best'.*'good'"):
        caligo.reconcile(zeros, zeros, preset="good")
    with pytest.raises(caligo.NoKeyError):
        caligo.reconcile(zeros, np.ones(1000, np.uint8) - zeros, qber=0.3)
    with pytest.raises(TypeError, match="list_sizes"):
        caligo.reconcile(zeros, zeros, list_sizes=3)
