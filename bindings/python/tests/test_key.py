# SPDX-License-Identifier: Apache-2.0
"""Privacy amplification, key length, authentication, containers."""

import gc

import numpy as np
import pytest

import caligo


def toeplitz(seed, rows, columns):
    i, j = np.indices((rows, columns))
    return seed[i - j + columns - 1].astype(np.int64)


@pytest.mark.parametrize("output_bits", [1, 100, 257, 499, 500])
@pytest.mark.parametrize("form", ["toeplitz", "modified-toeplitz"])
def test_amplify_is_the_matrix(rng, form, output_bits):
    bits = rng.integers(0, 2, 500, dtype=np.uint8)
    seed = rng.integers(0, 2, caligo.amplification_seed_bits(500, output_bits, form=form), dtype=np.uint8)
    got = caligo.amplify(bits, output_bits=output_bits, seed=seed, form=form)
    if form == "toeplitz":
        expected = toeplitz(seed, output_bits, 500) @ bits % 2
    else:
        rest = 500 - output_bits
        expected = bits[:output_bits] ^ (toeplitz(seed, output_bits, rest) @ bits[output_bits:] % 2 if rest else 0)
    assert np.array_equal(got, expected)
    pack = lambda a: np.packbits(a, bitorder="little")
    packed = caligo.amplify(
        pack(bits), input_bits=500, output_bits=output_bits, seed=pack(seed), form=form, bit_packed=True
    )
    assert np.array_equal(packed, pack(got))


def test_amplify_errors():
    bits = np.zeros(100, np.uint8)
    with pytest.raises(ValueError, match="output_bits.*1 to 100.*101"):
        caligo.amplify(bits, output_bits=101, seed=bits)
    with pytest.raises(ValueError, match="seed.*99 bits.*100"):
        caligo.amplify(bits, output_bits=50, seed=bits)
    with pytest.raises(ValueError, match="form.*sha"):
        caligo.amplify(bits, output_bits=50, seed=bits, form="sha")
    with pytest.raises(TypeError, match="bits.*int64"):
        caligo.amplify(bits.astype(np.int64), output_bits=50, seed=bits)
    with pytest.raises(ValueError, match="bits.*zeros behind bit 90"):
        caligo.amplify(np.full(12, 255, np.uint8), input_bits=90, output_bits=50, seed=np.zeros(12, np.uint8), bit_packed=True)


def test_fresh_seed_is_fresh():
    first, second = caligo.fresh_seed(2000), caligo.fresh_seed(2000)
    assert first.shape == (2000,) and set(first.tolist()) == {0, 1}
    assert not np.array_equal(first, second)
    assert caligo.fresh_seed(2000, bit_packed=True).shape == (250,)


def test_key_length():
    # Equation (2) of Tomamichel et al. 2012, by hand.
    n, k, q, leaked, secrecy, correctness = 10**6, 10**5, 0.02, 160_000, 1e-10, 1e-15
    mu = np.sqrt((n + k) / (n * k) * (k + 1) / k * np.log(4 / secrecy))
    h = lambda p: -p * np.log2(p) - (1 - p) * np.log2(1 - p)
    expected = np.floor(n * (1 - h(q + mu)) - leaked - np.log2(2 / (secrecy**2 * correctness)))
    length = caligo.key_length(
        key_bits=n, sample_bits=k, tolerated_qber=q, leaked_bits=leaked, epsilon_secrecy=secrecy, epsilon_correctness=correctness
    )
    assert length.bits == expected
    assert length.deviation == pytest.approx(mu)
    assert length.epsilon_total == pytest.approx(secrecy + correctness)
    assert "Tomamichel" in length.source
    with pytest.raises(caligo.NoKeyError):
        caligo.key_length(key_bits=1000, sample_bits=100, tolerated_qber=0.02, leaked_bits=160)
    with pytest.raises(caligo.NoKeyError):
        caligo.key_length(key_bits=n, sample_bits=k, tolerated_qber=0.02, observed_qber=0.03, leaked_bits=leaked)
    with pytest.raises(ValueError, match="asymptotic"):
        caligo.key_length(key_bits=n, sample_bits=k, tolerated_qber=q, leaked_bits=0, formula="guess")
    assert caligo.verification_epsilon(1200) == pytest.approx(2.0**-64)


@pytest.mark.parametrize("method", [caligo.WegmanCarter, caligo.HmacSha256])
def test_authentication(rng, method):
    bits = rng.integers(0, 2, (2, 4096), dtype=np.uint8)
    pools = caligo.KeyPool(*bits), caligo.KeyPool(*bits)
    sender, receiver = method(pools[0], "alice-to-bob"), method(pools[1], "alice-to-bob")
    frames = [b"first", b"second", bytes(1000)]
    tags = [sender.seal(frame) for frame in frames]
    receiver.open(frames[0], tags[0])
    for frame, tag in [(b"another", tags[1]), (frames[1], tags[2]), (frames[0], tags[0])]:
        with pytest.raises(caligo.NotAuthenticError):
            receiver.open(frame, tag)
    receiver.open(memoryview(frames[2]), tags[2])
    with pytest.raises(caligo.NotAuthenticError):
        receiver.open(frames[1], tags[1])  # came too late
    with pytest.raises(ValueError, match="tag.*8 to 40 bytes.*3"):
        receiver.open(frames[1], b"123")
    assert sender.counter == 3
    assert isinstance(caligo.NotAuthenticError("x"), caligo.CaligoError)


def test_pool_runs_dry(rng):
    bits = rng.integers(0, 2, (2, 512), dtype=np.uint8)
    pool = caligo.KeyPool(*bits, epsilon=1e-12)
    sender = caligo.WegmanCarter(pool, "bob-to-alice")
    assert pool.consumed("bob-to-alice") == 384 and pool.remaining("alice-to-bob") == 512
    sender.seal(b"1"), sender.seal(b"2")
    with pytest.raises(caligo.KeyExhaustedError):
        sender.seal(b"3")
    pool.replenish("bob-to-alice", np.ones(64, np.uint8), epsilon=1e-13)
    sender.seal(b"3")
    assert pool.epsilon == pytest.approx(1.1e-12)
    with pytest.raises(ValueError, match="direction.*'up'"):
        pool.remaining("up")


def test_container(tmp_path, rng):
    path, key = tmp_path / "blocks.clg", bytes(range(32))
    blocks = [rng.integers(0, 2, bits, dtype=np.uint8) for bits in (1, 1000, 4096)]
    with caligo.ContainerWriter.create(path, kind="session", role="bob", tag="blake2b", key=key, qber=0.02) as writer:
        for label, block in enumerate(blocks[:2]):
            writer.write(block, label=label, verified=True, errors=label, basis="x")
        assert not path.exists()
    with caligo.ContainerWriter.append(path, key=key) as writer:
        writer.write(np.packbits(blocks[2], bitorder="little"), bit_packed=True)
    container = caligo.open_container(path, key=key)
    assert len(container) == 3 and container.bits == 5097
    assert container.header["kind"] == "session" and container.header["role"] == "bob"
    assert container.header["authenticated"] and container.header["qber"] == 0.02
    for block, expected in zip(container, blocks, strict=True):
        assert np.array_equal(np.unpackbits(block.bits, count=block.length, bitorder="little"), expected)
    assert container[1].errors == 1 and container[1].basis == "x" and container[-1].errors is None
    assert [block.label for block in container[:2]] == [0, 1]
    with pytest.raises(IndexError):
        container[3]


def test_container_blocks_are_views(tmp_path):
    path = tmp_path / "blocks.clg"
    with caligo.ContainerWriter.create(path, kind="sifted", simulation=True) as writer:
        writer.write(np.ones(1 << 16, np.uint8))
    container = caligo.open_container(path)
    bits = container[0].bits
    assert np.shares_memory(bits, container[0].bits) and not bits.flags.owndata and not bits.flags.writeable
    with pytest.raises(ValueError):
        bits[0] = 0
    del container
    gc.collect()
    assert (bits == 255).all()  # the view keeps the mapping


def test_container_errors(tmp_path):
    path = tmp_path / "blocks.clg"
    with pytest.raises(RuntimeError, match="stop"):
        with caligo.ContainerWriter.create(path, kind="key"):
            raise RuntimeError("stop")
    assert not path.exists()
    with pytest.raises(OSError, match="blocks"):
        caligo.open_container(path)
    with pytest.raises(ValueError, match="kind.*'sifted', 'session', 'key'.*'thing'"):
        caligo.ContainerWriter.create(path, kind="thing")
    with pytest.raises(ValueError, match="key.*32 bytes.*5"):
        caligo.ContainerWriter.create(path, kind="key", tag="blake2b", key=b"short")
    with caligo.ContainerWriter.create(path, kind="key") as writer:
        writer.write(np.ones(80, np.uint8))
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(ValueError, match="byte"):
        caligo.open_container(path)
