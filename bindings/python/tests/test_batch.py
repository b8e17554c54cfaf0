# SPDX-License-Identifier: Apache-2.0
"""Many frames: the same results as one by one, packed and unpacked, in all dtypes, into the caller's arrays."""

import numpy as np
import pytest

import caligo

SIGMA = 0.75


@pytest.fixture(scope="module")
def awgn_codec():
    return caligo.PolarCodec(block_length=512, message_length=250, channel=f"awgn-sigma:{SIGMA}", crc="crc11")


@pytest.fixture
def frames(awgn_codec, rng):
    messages = rng.integers(0, 2, (150, 250), dtype=np.uint8)
    words = awgn_codec.encode(messages)
    llr = 2 / SIGMA**2 * (1 - 2.0 * words + SIGMA * rng.standard_normal(words.shape))
    return messages, words, llr.astype(np.float32)


def packed(bits):
    return np.packbits(bits, axis=-1, bitorder="little")


@pytest.mark.parametrize("adaptive", [False, True])
def test_rows_are_single_frames(awgn_codec, frames, adaptive):
    messages, words, llr = frames
    result = awgn_codec.decode(llr, codewords=True, adaptive=adaptive)
    assert result.decoded_message.shape == (150, 250) and result.codeword.shape == (150, 512)
    assert result.converged.dtype == bool and result.path_metric.dtype == np.float64
    assert 140 < result.converged.sum() <= 150
    assert (result.decoded_message == messages).all(axis=1).sum() > 140
    for f in range(0, 150, 7):
        one = awgn_codec.decode(llr[f], codewords=True, adaptive=adaptive)
        assert np.array_equal(one.decoded_message, result.decoded_message[f])
        assert np.array_equal(one.codeword, result.codeword[f])
        assert one.converged is bool(result.converged[f])
        assert one.list_size == result.list_size[f]
        assert one.path_metric == result.path_metric[f] or np.isnan(one.path_metric)


def test_adaptive_tells_the_stage(awgn_codec, frames):
    plain, adaptive = awgn_codec.decode(frames[2]), awgn_codec.decode(frames[2], adaptive=True)
    assert (plain.list_size == 8).all()
    assert set(adaptive.list_size.tolist()) == {1, 8}
    assert (adaptive.decoded_message == plain.decoded_message).all(axis=1).mean() > 0.97


@pytest.mark.parametrize("adaptive", [False, True])
def test_packed(awgn_codec, frames, adaptive, rng):
    messages, _, llr = frames
    syndrome = rng.integers(0, 2, (150, awgn_codec.syndrome_length), dtype=np.uint8)
    words = awgn_codec.encode(messages, frozen_values=syndrome)
    llr = llr * (1 - 2.0 * (words ^ frames[1])).astype(np.float32)
    assert np.array_equal(packed(words), awgn_codec.encode(packed(messages), frozen_values=packed(syndrome), bit_packed=True))
    assert np.array_equal(packed(syndrome), awgn_codec.compute_syndrome(packed(words), bit_packed=True))
    assert np.array_equal(packed(messages), awgn_codec.extract_message(packed(words), bit_packed=True))
    plain = awgn_codec.decode(llr, syndrome=syndrome, codewords=True, adaptive=adaptive)
    bits = awgn_codec.decode(llr, syndrome=packed(syndrome), codewords=True, bit_packed=True, adaptive=adaptive)
    assert np.array_equal(packed(plain.decoded_message), bits.decoded_message)
    assert np.array_equal(packed(plain.codeword), bits.codeword)
    right = (plain.decoded_message == messages).all(axis=1)
    assert right.sum() > 140 and np.array_equal(plain.codeword[right], words[right])


def test_dtypes(awgn_codec, frames):
    _, _, llr = frames
    scale = 6.0
    expected = awgn_codec.decode(llr, scale=scale).decoded_message
    assert np.array_equal(awgn_codec.decode(llr.astype(np.float64), scale=scale).decoded_message, expected)
    integers = np.clip(np.rint(llr * np.float32(scale)), -127, 127)
    assert np.array_equal(awgn_codec.decode(integers.astype(np.int8)).decoded_message, expected)
    # int16 of 64 units per nat are rounded once more.
    fine = awgn_codec.decode(np.rint(llr * 64).astype(np.int16), scale=64).decoded_message
    assert (fine == expected).all(axis=1).mean() > 0.97


def test_floats_beyond_single_precision(awgn_codec, frames):
    messages, words, _ = frames
    result = awgn_codec.decode((1 - 2.0 * words) * 1e300)
    assert np.array_equal(result.decoded_message, messages)


def test_sixteen_bits(frames, awgn_codec):
    messages, _, llr = frames
    codec = caligo.PolarCodec.from_code(awgn_codec.code, llr_bits=16, check="corrected")
    assert (codec.decode(llr).decoded_message == messages).all(axis=1).sum() > 140
    assert codec.decode(llr, list_size=1).decoded_message.shape == (150, 250)


def test_out(awgn_codec, frames):
    messages, words, llr = frames
    out = np.full((150, 512), 7, np.uint8)
    assert awgn_codec.encode(messages, out=out) is out
    assert np.array_equal(out, words)
    decoded = np.full((150, 250), 7, np.uint8)
    result = awgn_codec.decode(llr, out=decoded)
    assert result.decoded_message is decoded and decoded.max() == 1
    extrinsic = np.empty((150, 512), np.float32)
    soft = awgn_codec.soft_decode(llr, out=extrinsic)
    assert soft.llr_extrinsic is extrinsic
    # In place: the extrinsic LLRs replace the prior.
    prior = np.zeros((150, 512), np.float32)
    assert awgn_codec.soft_decode(llr, llr_prior=prior, out=prior).llr_extrinsic is prior
    assert np.array_equal(prior, extrinsic)


def test_soft_rows_are_single_frames(awgn_codec, frames):
    _, _, llr = frames
    result = awgn_codec.soft_decode(llr)
    assert result.llr_extrinsic.shape == (150, 512) and result.converged.shape == (150,)
    for f in range(0, 150, 11):
        one = awgn_codec.decode_soft(llr[f])
        assert np.array_equal(one.llr_extrinsic, result.llr_extrinsic[f])
        assert np.array_equal(one.decoded_message, result.decoded_message[f])
        assert one.error_probability == result.error_probability[f]
    assert np.array_equal(awgn_codec.soft_decode(llr.astype(np.float64)).llr_extrinsic, result.llr_extrinsic)


def test_one_syndrome_for_all(awgn_codec, frames, rng):
    _, _, llr = frames
    syndrome = rng.integers(0, 2, awgn_codec.syndrome_length, dtype=np.uint8)
    each = np.tile(syndrome, (150, 1))
    assert np.array_equal(
        awgn_codec.decode(llr, syndrome=syndrome).decoded_message, awgn_codec.decode(llr, syndrome=each).decoded_message
    )


def test_layouts(awgn_codec, frames):
    messages, words, llr = frames
    expected = awgn_codec.decode(llr).decoded_message
    assert np.array_equal(awgn_codec.decode(np.asfortranarray(llr)).decoded_message, expected)
    wide = np.zeros((300, 1024), np.float32)
    wide[::2, ::2] = llr
    assert np.array_equal(awgn_codec.decode(wide[::2, ::2]).decoded_message, expected)
    assert np.array_equal(awgn_codec.encode(messages.astype(bool)), words)
    assert np.array_equal(awgn_codec.encode(messages[::-1]), words[::-1])
    # bytes and memoryviews are packed bits.
    assert np.array_equal(awgn_codec.encode(packed(messages[0]).tobytes(), bit_packed=True), packed(words[0]))
    assert np.array_equal(awgn_codec.encode(memoryview(messages)), words)


def test_unaligned(awgn_codec, frames):
    _, _, llr = frames
    raw = np.zeros(llr.nbytes + 1, np.uint8)
    raw[1:] = llr.view(np.uint8).ravel()
    shifted = raw[1:].view(np.float32).reshape(llr.shape)
    assert not shifted.flags.aligned
    assert np.array_equal(awgn_codec.decode(shifted).decoded_message, awgn_codec.decode(llr).decoded_message)


def test_no_frames(awgn_codec):
    for adaptive in (False, True):
        assert awgn_codec.decode(np.zeros((0, 512), np.float32), adaptive=adaptive).decoded_message.shape == (0, 250)
    assert awgn_codec.encode(np.zeros((0, 250), np.uint8)).shape == (0, 512)
    assert awgn_codec.soft_decode(np.zeros((0, 512), np.float32)).llr_extrinsic.shape == (0, 512)


def test_every_isa_gives_the_same(awgn_codec, frames):
    _, _, llr = frames
    before = caligo.active_isa()
    results = []
    try:
        for isa in caligo.supported_isas():
            caligo.force_isa(isa)
            assert caligo.active_isa() == isa
            fresh = caligo.PolarCodec.from_code(awgn_codec.code)
            results.append((fresh.decode(llr).decoded_message, fresh.decode(llr, adaptive=True).decoded_message))
    finally:
        caligo.force_isa(before)
    for result in results[1:]:
        assert all(np.array_equal(a, b) for a, b in zip(result, results[0], strict=True))


def test_orders_and_masks(tmp_path):
    order = tmp_path / "order.txt"
    order.write_text("8\nbec\n0.5\n" + "\n".join(map(str, [7, 6, 5, 3, 4, 2, 1, 0])) + "\n")
    code = caligo.CodeSpec.from_order(order, message_length=4, crc="none")
    assert code.frozen_mask.tolist() == [1, 1, 1, 0, 1, 0, 0, 0]
    assert caligo.CodeSpec.from_frozen_mask(code.frozen_mask) == code
    with pytest.raises(ValueError, match="read-only"):
        code.frozen_mask[0] = 0
