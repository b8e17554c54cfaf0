# SPDX-License-Identifier: Apache-2.0
"""Wrong input: which exception, and that its text says what was expected and what came."""

import numpy as np
import pytest

import caligo

ZEROS = np.zeros(1024, np.uint8)
LLR = np.ones(1024, np.float32)


def with_value(array, index, value):
    changed = array.copy()
    changed[index] = value
    return changed


VALUE_ERRORS = {
    "message too short": (lambda c: c.encode(np.zeros(511, np.uint8)), r"message.*\(512,\).*\(511,\)"),
    "message of three dimensions": (lambda c: c.encode(np.zeros((1, 1, 512), np.uint8)), r"1 or 2 dimensions.*\(1, 1, 512\)"),
    "message of no dimension": (lambda c: c.encode(np.uint8(1)[()] + np.zeros((), np.uint8)), r"dimension"),
    "message not binary": (lambda c: c.encode(with_value(np.zeros(512, np.uint8), 7, 2)), r"0 or 1, got 2 at index 7"),
    "row not binary": (lambda c: c.encode(with_value(np.zeros((3, 512), np.uint8), (1, 9), 255)), r"row 1.*got 255 at index 9"),
    "frozen values of another length": (lambda c: c.encode(ZEROS[:512], frozen_values=ZEROS[:5]), r"frozen_values.*512.*496.*\(5,\)"),
    "word too long": (lambda c: c.compute_syndrome(np.zeros(1025, np.uint8)), r"codeword.*\(1024,\).*\(1025,\)"),
    "received a matrix": (lambda c: c.decode_hard(np.zeros((1, 1024), np.uint8)), r"received.*1 dimension.*\(1, 1024\)"),
    "received not binary": (lambda c: c.decode_hard(with_value(ZEROS, 1023, 3)), r"received.*got 3 at index 1023"),
    "syndrome not binary": (lambda c: c.decode_hard(ZEROS, syndrome=with_value(ZEROS[:512], 0, 9)), r"syndrome.*got 9"),
    "syndrome of another length": (lambda c: c.decode_hard(ZEROS, syndrome=ZEROS[:100]), r"syndrome.*\(100,\)"),
    "qber": (lambda c: c.decode_hard(ZEROS, qber=0.6), r"qber.*0\.5.*0\.6"),
    "qber nan": (lambda c: c.decode_hard(ZEROS, qber=float("nan")), r"qber.*nan"),
    "max_iterations": (lambda c: c.decode_hard(ZEROS, max_iterations=0), r"max_iterations.*1 or more"),
    "list size 3": (lambda c: c.decode_soft(LLR, list_size=3), r"list_size.*1, 2, 4, 8, 16 or 32.*3"),
    "list size 64": (lambda c: c.decode_hard(ZEROS, list_size=64), r"list_size.*64"),
    "list size 0": (lambda c: c.decode_soft(LLR, list_size=0), r"list_size.*0"),
    "list size -8": (lambda c: c.decode(LLR, list_size=-8), r"list_size.*-8"),
    "list size huge": (lambda c: c.decode(LLR, list_size=2**70), r"list_size"),
    "llr shape": (lambda c: c.decode_soft(LLR[:-1]), r"llr_channel.*\(1024,\).*\(1023,\)"),
    "llr empty": (lambda c: c.decode_soft(LLR[:0]), r"llr_channel.*\(0,\)"),
    "llr nan": (lambda c: c.decode_soft(with_value(LLR, 17, np.nan)), r"llr_channel.*finite.*nan at index 17"),
    "llr inf": (lambda c: c.decode_soft(with_value(LLR, 18, np.inf)), r"inf at index 18"),
    "llr -inf": (lambda c: c.decode(with_value(LLR, 19, -np.inf)), r"inf at index 19"),
    "llr double nan": (lambda c: c.decode(with_value(LLR.astype(float), 3, np.nan)), r"nan at index 3"),
    "batch llr nan": (lambda c: c.decode(with_value(np.ones((3, 1024), np.float32), (2, 4), np.nan)), r"index \(2, 4\)"),
    "adaptive llr nan": (lambda c: c.decode(with_value(np.ones((300, 1024), np.float32), (299, 4), np.nan), adaptive=True), r"index \(299, 4\)"),
    "prior shape": (lambda c: c.decode_soft(LLR, llr_prior=LLR[:-1]), r"llr_prior.*\(1024,\).*\(1023,\)"),
    "prior nan": (lambda c: c.decode_soft(LLR, llr_prior=with_value(LLR, 0, np.nan)), r"llr_prior.*nan"),
    "batch columns": (lambda c: c.decode(np.ones((2, 1000), np.float32)), r"llr.*\(frames, 1024\).*\(2, 1000\)"),
    "soft batch needs rows": (lambda c: c.soft_decode(LLR), r"2 dimensions"),
    "syndrome rows": (lambda c: c.decode(np.ones((3, 1024), np.float32), syndrome=np.zeros((2, 512), np.uint8)), r"3 rows.*\(2, 512\)"),
    "scale": (lambda c: c.decode(LLR, scale=0), r"scale.*positive"),
    "out shape": (lambda c: c.encode(ZEROS[:512], out=np.zeros(1023, np.uint8)), r"out.*\(1024,\).*\(1023,\)"),
    "out rows": (lambda c: c.encode(np.zeros((2, 512), np.uint8), out=np.zeros((3, 1024), np.uint8)), r"out.*\(2, 1024\).*\(3, 1024\)"),
    "out layout": (lambda c: c.encode(ZEROS[:512], out=np.zeros(2048, np.uint8)[::2]), r"out.*layout"),
    "packed length": (lambda c: c.encode(np.zeros(63, np.uint8), bit_packed=True), r"message.*\(64,\).*\(63,\)"),
    "packed syndrome": (lambda c: c.decode(LLR, syndrome=np.zeros(5, np.uint8), bit_packed=True), r"64.*62.*bytes.*\(5,\)"),
}

TYPE_ERRORS = {
    "message of int64": (lambda c: c.encode(np.zeros(512, np.int64)), r"message.*uint8.*int64"),
    "message is a list": (lambda c: c.encode([0] * 512), r"message.*uint8.*list"),
    "message is nothing": (lambda c: c.encode(None), r"message.*NoneType"),
    "received of float": (lambda c: c.decode_hard(ZEROS.astype(np.float32)), r"received.*uint8.*float32"),
    "received of bool": (lambda c: c.decode_hard(ZEROS.astype(bool)), r"received.*uint8.*bool"),
    "llr of double": (lambda c: c.decode_soft(LLR.astype(np.float64)), r"llr_channel.*float32.*float64"),
    "llr of int32": (lambda c: c.decode_soft(LLR.astype(np.int32)), r"llr_channel.*float32.*int32"),
    "llr of bits": (lambda c: c.decode(ZEROS), r"llr.*float32, float64.*uint8"),
    "llr of another byte order": (lambda c: c.decode(LLR.astype(">f4")), r"llr.*>f4"),
    "llr of strings": (lambda c: c.decode(np.array(["a"] * 1024)), r"llr.*<U1"),
    "prior of double": (lambda c: c.decode_soft(LLR, llr_prior=LLR.astype(np.float64)), r"llr_prior.*float64"),
    "syndrome of float": (lambda c: c.decode_hard(ZEROS, syndrome=LLR[:512]), r"syndrome.*float32"),
    "list size of float": (lambda c: c.decode_soft(LLR, list_size=8.0), r"list_size.*integer.*float"),
    "out of another dtype": (lambda c: c.encode(ZEROS[:512], out=np.zeros(1024, np.int8)), r"out.*uint8.*int8"),
    "packed bool": (lambda c: c.encode(np.zeros(64, bool), bit_packed=True), r"message.*uint8.*bool"),
    "positional": (lambda c: c.decode_hard(ZEROS, ZEROS[:512]), r"positional"),
}


@pytest.mark.parametrize("case", VALUE_ERRORS)
def test_value_errors(codec, case):
    call, text = VALUE_ERRORS[case]
    with pytest.raises(ValueError, match=text):
        call(codec)


@pytest.mark.parametrize("case", TYPE_ERRORS)
def test_type_errors(codec, case):
    call, text = TYPE_ERRORS[case]
    with pytest.raises(TypeError, match=text):
        call(codec)


def test_dirty_pad_bits():
    codec = caligo.PolarCodec(block_length=64, message_length=21, channel="bsc:0.05")
    message = np.array([255, 255, 0x1F], np.uint8)
    codec.encode(message, bit_packed=True)
    message[2] |= 0x20
    with pytest.raises(ValueError, match=r"message.*zeros behind bit 21"):
        codec.encode(message, bit_packed=True)


def test_read_only_output(codec):
    out = np.zeros(1024, np.uint8)
    out.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        codec.encode(ZEROS[:512], out=out)


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        ({"block_length": 7, "message_length": 3}, r"block_length.*7"),
        ({"block_length": 1 << 25, "message_length": 3}, r"block_length"),
        ({"block_length": 64, "message_length": 0}, r"information|message"),
        ({"block_length": 64, "message_length": 60}, r"information_length|message"),
        ({"block_length": 64, "message_length": 60, "channel": "bsc:0.1"}, r"48"),
        ({"block_length": 64, "message_length": 8, "list_size": 3}, r"list_size.*3"),
        ({"block_length": 64, "message_length": 8, "crc": "crc5"}, r"crc5"),
        ({"block_length": 64, "message_length": 8, "channel": "bsc:0.7"}, r"0\.7"),
        ({"block_length": 64, "message_length": 8, "channel": "fso:1"}, r"fso"),
        ({"block_length": 64, "message_length": 8, "method": "magic"}, r"magic"),
        ({"block_length": 64, "message_length": 8, "llr_bits": 9}, r"llr_bits.*9"),
        ({"block_length": 64, "message_length": 8, "check": "sum"}, r"check.*sum"),
    ],
)
def test_construction_errors(parameters, text):
    with pytest.raises(ValueError, match=text):
        caligo.PolarCodec(**parameters)


def test_soft_decoder_beyond_its_memory():
    code = caligo.construct(block_length=1 << 20, message_length=1 << 19, channel=None, method="polarization-weight")
    codec = caligo.PolarCodec.from_code(code, list_size=32)
    with pytest.raises(ValueError, match="128 MB"):
        codec.decode_soft(np.ones(1 << 20, np.float32))


def test_code_files(tmp_path, codec):
    path = tmp_path / "code.json"
    codec.code.save(path)
    assert caligo.CodeSpec.load(path) == codec.code
    path.write_text(path.read_text().replace('"shortened"', '"shorted"'))
    with pytest.raises(ValueError, match=r"code\.json"):
        caligo.CodeSpec.load(path)
    with pytest.raises(FileNotFoundError):
        caligo.CodeSpec.load(tmp_path / "none.json")
    with pytest.raises(FileNotFoundError):
        codec.code.save(tmp_path / "no" / "code.json")
    with pytest.raises(TypeError, match="construct"):
        caligo.CodeSpec("code.json")


def test_unknown_isa():
    with pytest.raises(ValueError, match="sse9"):
        caligo.force_isa("sse9")
