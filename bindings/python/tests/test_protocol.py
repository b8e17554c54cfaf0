# SPDX-License-Identifier: Apache-2.0
"""The soft-in soft-out protocol, as a strategy calls it."""

import concurrent.futures
import dataclasses
import pickle

import numpy as np
import pytest

import caligo
from caligo.reconciliation.codecs import HardDecodeResult, SISOCodec, SoftDecodeResult

QBER = 0.05


def random_word(rng, length):
    return rng.integers(0, 2, length, dtype=np.uint8)


def flip(rng, word, qber=QBER):
    return word ^ (rng.random(word.shape) < qber).astype(np.uint8)


def bsc_llr(word, qber=QBER):
    return ((1.0 - 2.0 * word) * np.log((1 - qber) / qber)).astype(np.float32)


def test_is_a_siso_codec(codec):
    assert isinstance(codec, SISOCodec)


def test_another_class_is_none():
    class Half:
        block_length = 8

        def encode(self, message, *, frozen_values=None):
            return message

    assert not isinstance(Half(), SISOCodec)


def test_properties(codec):
    assert codec.block_length == 1024
    assert codec.message_length == 512
    assert codec.rate == 0.5
    assert codec.crc_length == 16
    assert codec.syndrome_length == 512
    assert codec.code.crc == "crc16-ccitt"
    assert codec.list_size == 8


def test_encode_then_decode(codec, rng):
    message = random_word(rng, 512)
    word = codec.encode(message)
    assert word.dtype == np.uint8 and word.shape == (1024,)
    assert not codec.compute_syndrome(word).any()
    assert np.array_equal(codec.extract_message(word), message)
    result = codec.decode_hard(flip(rng, word), qber=QBER)
    assert isinstance(result, HardDecodeResult)
    assert result.converged is True
    assert result.iterations_used == 1
    assert np.array_equal(result.decoded_message, message)
    assert np.array_equal(result.codeword, word)
    assert result.corrected_codeword is result.codeword


def test_syndrome_is_u_on_the_frozen_positions(codec, rng):
    # u = x·G by the definition, G = F ⊗ F ⊗ …: entry (i, j) is 1 where the binary digits of j are among those of i.
    word = random_word(rng, 1024)
    i = np.arange(1024)
    generator = ((i[:, None] & i[None, :]) == i[None, :]).astype(np.uint8)
    u = (word.astype(np.int64) @ generator) % 2
    syndrome = codec.compute_syndrome(word)
    assert np.array_equal(syndrome[: codec.code.frozen_length], u[codec.code.frozen_mask == 1])


def test_reconciliation_of_any_word(codec, rng):
    for _ in range(20):
        alice = random_word(rng, 1024)
        bob = flip(rng, alice)
        syndrome = codec.compute_syndrome(alice)
        hard = codec.decode_hard(bob, syndrome=syndrome, qber=QBER)
        assert hard.converged and np.array_equal(hard.codeword, alice)
        soft = codec.decode_soft(bsc_llr(bob), syndrome=syndrome)
        assert soft.converged and np.array_equal(soft.codeword, alice)
        assert np.array_equal(codec.extract_message(alice), soft.decoded_message)


def test_message_and_syndrome_make_a_word(codec, rng):
    word = random_word(rng, 1024)
    message = codec.extract_message(word)
    assert np.array_equal(codec.encode(message, frozen_values=codec.compute_syndrome(word)), word)


def test_frozen_values_alone(codec, rng):
    # With N - K - w values the CRC holds, and so it must when decoding.
    frozen = random_word(rng, codec.code.frozen_length)
    word = codec.encode(random_word(rng, 512), frozen_values=frozen)
    assert np.array_equal(codec.compute_syndrome(word)[: frozen.size], frozen)
    assert not codec.compute_syndrome(word)[frozen.size :].any()
    assert codec.decode_hard(flip(rng, word), syndrome=frozen).converged


def test_soft_decode_at_five_per_cent(codec, rng):
    message = random_word(rng, 512)
    word = codec.encode(message)
    llr = bsc_llr(flip(rng, word))
    result = codec.decode_soft(llr)
    assert isinstance(result, SoftDecodeResult)
    assert result.converged is True
    assert result.llr_extrinsic.dtype == np.float32 and result.llr_extrinsic.shape == (1024,)
    assert np.array_equal(result.decoded_message, message)
    assert np.array_equal((llr + result.llr_extrinsic < 0).astype(np.uint8), word)
    assert 0 <= result.error_probability < 0.01
    assert result.path_metric > 0


def test_extrinsic_is_no_echo(codec, rng):
    # The extrinsic LLR of a bit must not count that bit's own channel LLR: it points to the word even where the channel
    # is wrong, and a sign turned or the posterior given instead would show.
    word = codec.encode(random_word(rng, 512))
    received = flip(rng, word)
    result = codec.decode_soft(bsc_llr(received))
    wrong = received != word
    assert 30 < wrong.sum() < 80
    sign = 1.0 - 2.0 * word
    assert (result.llr_extrinsic * sign)[wrong].min() > np.log((1 - QBER) / QBER)
    # Posterior - prior - channel: a prior moves into the input, and must not come back.
    llr = bsc_llr(received)
    split = codec.decode_soft(llr / 2, llr_prior=llr / 2)
    assert np.allclose(split.llr_extrinsic, result.llr_extrinsic, atol=1e-3)


def test_prior_helps(codec, rng):
    word = codec.encode(random_word(rng, 512))
    llr = bsc_llr(flip(rng, word, 0.16), 0.16)
    assert not codec.decode_soft(llr).converged
    prior = ((1 - 2.0 * word) * 2).astype(np.float32)
    assert np.array_equal(codec.decode_soft(llr, llr_prior=prior).codeword, word)


def test_no_match_is_no_error(codec, rng):
    noise = random_word(rng, 1024)
    hard = codec.decode_hard(noise, qber=QBER)
    soft = codec.decode_soft(bsc_llr(noise))
    assert hard.converged is False and soft.converged is False
    assert soft.error_probability == 1
    assert np.isfinite(soft.llr_extrinsic).all()


@pytest.mark.parametrize("list_size", [1, 2, 4, 8, 16, 32])
def test_list_sizes(codec, rng, list_size):
    word = codec.encode(random_word(rng, 512))
    received = flip(rng, word, 0.02)
    assert codec.decode_soft(bsc_llr(received, 0.02), list_size=list_size).converged
    assert codec.decode_hard(received, list_size=list_size).converged
    assert codec.decode_soft(bsc_llr(received, 0.02), list_size=np.int64(list_size)).converged


def test_results_are_frozen(codec):
    result = codec.decode_hard(np.zeros(1024, np.uint8))
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.converged = False
    assert [field.name for field in dataclasses.fields(result)][:3] == ["decoded_message", "codeword", "converged"]
    soft = codec.decode_soft(np.ones(1024, np.float32))
    assert dataclasses.replace(soft, converged=False).llr_extrinsic is soft.llr_extrinsic


def test_arrays_are_fresh(codec, rng):
    llr = bsc_llr(flip(rng, codec.encode(random_word(rng, 512))))
    before = llr.copy()
    first = codec.decode_soft(llr)
    kept = first.llr_extrinsic.copy(), first.codeword.copy()
    second = codec.decode_soft(-llr)
    assert np.array_equal(llr, before)
    for one, other in [(first.llr_extrinsic, second.llr_extrinsic), (first.codeword, second.codeword)]:
        assert not np.shares_memory(one, other)
        assert one.flags.writeable and one.flags.owndata
    assert np.array_equal(first.llr_extrinsic, kept[0]) and np.array_equal(first.codeword, kept[1])


def test_syndrome_is_fresh(codec, rng):
    word = random_word(rng, 1024)
    first, second = codec.compute_syndrome(word), codec.compute_syndrome(word)
    assert not np.shares_memory(first, second)


def test_many_threads_share_a_codec(codec, rng):
    words = rng.integers(0, 2, (64, 1024), dtype=np.uint8)
    received = flip(rng, words)
    syndromes = codec.compute_syndrome(words)

    def work(index):
        hard = codec.decode_hard(received[index], syndrome=syndromes[index])
        soft = codec.decode_soft(bsc_llr(received[index]), syndrome=syndromes[index])
        again = codec.encode(codec.extract_message(words[index]), frozen_values=syndromes[index])
        return hard.codeword, soft.codeword, soft.llr_extrinsic, again

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        threaded = list(pool.map(work, list(range(64)) * 3))
    alone = [work(index) for index in range(64)] * 3
    for one, other in zip(threaded, alone, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
    assert all(np.array_equal(one[3], words[index % 64]) for index, one in enumerate(threaded))


def test_pickle(codec, rng):
    copy = pickle.loads(pickle.dumps(codec))
    word = random_word(rng, 1024)
    assert np.array_equal(copy.compute_syndrome(word), codec.compute_syndrome(word))
    assert copy.code == codec.code and repr(copy) == repr(codec)
    result = codec.decode_hard(word)
    assert np.array_equal(pickle.loads(pickle.dumps(result)).codeword, result.codeword)


def test_without_crc(rng):
    codec = caligo.PolarCodec(block_length=1024, message_length=400, crc="none", channel="bsc:0.05")
    assert codec.crc_length == 0 and codec.syndrome_length == 624
    alice = random_word(rng, 1024)
    result = codec.decode_hard(flip(rng, alice, 0.03), syndrome=codec.compute_syndrome(alice))
    assert result.converged and np.array_equal(result.codeword, alice)


def test_shortened_block(rng):
    codec = caligo.PolarCodec(block_length=1000, message_length=500, channel="bsc:0.04")
    assert codec.code.mother_length == 1024 and codec.syndrome_length == 500
    alice = random_word(rng, 1000)
    syndrome = codec.compute_syndrome(alice)
    assert syndrome.shape == (500,)
    bob = flip(rng, alice, 0.03)
    assert np.array_equal(codec.decode_hard(bob, syndrome=syndrome).codeword, alice)
    assert np.array_equal(codec.decode_soft(bsc_llr(bob, 0.03), syndrome=syndrome).codeword, alice)


def test_path_metric_in_nats():
    codec = caligo.PolarCodec(block_length=64, message_length=24, channel="bsc:0.05")
    word = codec.encode(np.ones(24, np.uint8))
    assert codec.decode_hard(word).path_metric == 0
    word[5] ^= 1
    assert codec.decode_hard(word, qber=0.1).path_metric == pytest.approx(np.log(9))
    assert codec.decode_soft(bsc_llr(word, 0.1)).path_metric == pytest.approx(np.log(9), rel=1e-5)
