# SPDX-License-Identifier: Apache-2.0
"""Simulation: the same counts on every executor; tables, files, plots."""

import concurrent.futures
import pickle
import signal
import threading

import numpy as np
import pytest

import caligo


@pytest.fixture(scope="module")
def tasks():
    code = caligo.construct(block_length=256, message_length=128, channel="awgn-ebn0:2")
    return [caligo.SimulationTask(code=code, channel=f"awgn-ebn0:{db}", list_size=4) for db in (1, 2)]


COUNTS = ("frames", "frame_errors", "undetected_errors", "bit_errors")


def counts(table):
    return [[row[name] for name in COUNTS] for row in table]


def test_executors_agree(tasks):
    limits = {"seed": 5, "max_errors": 60, "max_frames": 30_000}
    expected = counts(caligo.simulate(tasks, **limits))
    assert all(errors >= 60 for _, errors, _, _ in expected)
    assert counts(caligo.simulate(tasks, threads=2, **limits)) == expected
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        assert counts(caligo.simulate(tasks, executor=pool, **limits)) == expected
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=__import__("multiprocessing").get_context("spawn")) as pool:
        assert counts(caligo.simulate(tasks, executor=pool, workers=3, **limits)) == expected


def test_frames_are_exact(tasks):
    for executor in (None, concurrent.futures.ThreadPoolExecutor(2)):
        table = caligo.simulate(tasks[0], max_frames=777, max_errors=10**9, executor=executor)
        assert table[0]["frames"] == 777


def test_counts_add_up(tasks):
    whole = tasks[0].count(seed=2, first=0, frames=3000)
    parts = [tasks[0].count(seed=2, first=first, frames=1000) for first in (0, 1000, 2000)]
    for name in COUNTS:
        assert whole[name] == sum(part[name] for part in parts)
    assert whole != tasks[0].count(seed=3, first=0, frames=3000)


def test_agrees_with_the_decoder_of_the_codec(tasks, rng):
    # Another way to the same number: noise of NumPy, decoded by PolarCodec.
    task = tasks[0]
    codec = caligo.PolarCodec.from_code(task.code, list_size=4)
    messages = rng.integers(0, 2, (4000, 128), dtype=np.uint8)
    sigma = 10 ** (-1 / 20)
    llr = 2 / sigma**2 * (1 - 2.0 * codec.encode(messages) + sigma * rng.standard_normal((4000, 256)))
    errors = int((codec.decode(llr).decoded_message != messages).any(axis=1).sum())
    counted = task.count(seed=1, first=0, frames=4000)["frame_errors"]
    # Two binomials of 4000: six standard deviations.
    p = (errors + counted) / 8000
    assert abs(errors - counted) < 6 * np.sqrt(2 * 4000 * p * (1 - p))


def test_table(tasks):
    table = caligo.simulate(tasks, max_errors=20)
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(table)
    assert len(frame) == 2 and frame["frames"].sum() > 0
    assert frame["channel"].tolist() == ["awgn-ebn0:1", "awgn-ebn0:2"]
    assert pandas.DataFrame(table.columns).equals(frame)
    row = table[0]
    assert row["fer"] == row["frame_errors"] / row["frames"]
    assert row["fer_low"] < row["fer"] < row["fer_high"]
    assert row["ber"] == row["bit_errors"] / (row["frames"] * 128)
    assert "scl-4" in repr(table) and table[:1][0] == row


def test_file(tasks, tmp_path):
    path = tmp_path / "fer.csv"
    table = caligo.simulate(tasks, max_errors=20, csv=path)
    assert counts(caligo.read_results(path)) == counts(table)
    size = path.stat().st_size
    assert counts(caligo.simulate(tasks, max_errors=20, csv=path)) == counts(table)
    assert path.stat().st_size == size  # nothing was counted again
    more = caligo.simulate(tasks, max_errors=50, csv=path)
    assert counts(more) == counts(caligo.simulate(tasks, max_errors=50))
    assert counts(caligo.read_results(path, path)) == counts(more)
    path.write_text("frames\n1\n")
    with pytest.raises(ValueError, match=r"fer\.csv"):
        caligo.read_results(path)
    with pytest.raises(OSError, match="none"):
        caligo.read_results(tmp_path / "none.csv")


def test_task_is_a_value(tasks):
    copy = pickle.loads(pickle.dumps(tasks[0]))
    assert copy == tasks[0] and copy.strong_id == tasks[0].strong_id
    assert tasks[0].strong_id != tasks[1].strong_id
    sc = caligo.SimulationTask(code=tasks[0].code, channel="bsc:0.05", decoder="sc")
    assert sc.list_size == 1 and sc.decoder_name == "sc"
    adaptive = caligo.SimulationTask(code=tasks[0].code, channel="bsc:0.05", decoder="adaptive", list_size=8)
    lists = adaptive.count(seed=1, first=0, frames=500)["lists"]
    assert sum(lists) == 500 and lists[0] > 0


def test_task_errors(tasks):
    code = tasks[0].code
    for changes, text in [
        ({"decoder": "magic"}, "decoder.*magic"),
        ({"list_size": 5}, "5"),
        ({"channel": "bsc:0.9"}, "0.9"),
        ({"llr_bits": 4}, "llr_bits.*4"),
    ]:
        with pytest.raises(ValueError, match=text):
            caligo.SimulationTask(**{"code": code, "channel": "bsc:0.05", **changes})
    with pytest.raises(TypeError, match="CodeSpec.*str"):
        caligo.SimulationTask(code="code.json", channel="bsc:0.05")
    with pytest.raises(TypeError, match="SimulationTask.*int"):
        caligo.simulate([1])
    with concurrent.futures.ThreadPoolExecutor(1) as pool, pytest.raises(ValueError, match="executor"):
        caligo.simulate(tasks, executor=pool, csv="x.csv")


def test_keyboard_interrupt():
    code = caligo.construct(block_length=1024, message_length=512, channel="awgn-ebn0:2")
    task = caligo.SimulationTask(code=code, channel="awgn-ebn0:5", list_size=32)
    timer = threading.Timer(0.3, lambda: signal.raise_signal(signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        caligo.simulate(task, max_frames=10**12, max_errors=10**12)
    timer.join()


def test_progress(tasks, capfd):
    pytest.importorskip("tqdm")
    caligo.simulate(tasks, max_errors=20, progress=True)
    output = capfd.readouterr()
    assert "point" in output.err and output.out == ""
    caligo.simulate(tasks, max_errors=20)
    assert capfd.readouterr().err == ""  # no terminal


def test_plot(tasks, tmp_path):
    pytest.importorskip("matplotlib")
    table = caligo.simulate(tasks, max_errors=20)
    path = tmp_path / "fer.svg"
    axes = caligo.plot(table, path=path)
    assert path.read_text().startswith("<?xml")
    assert axes.get_yscale() == "log" and axes.get_xlabel() == "Eb/N0 [dB]"
    line = axes.get_lines()[0]
    assert line.get_ydata().tolist() == [row["fer"] for row in table]
    bsc = caligo.simulate(caligo.SimulationTask(code=tasks[0].code, channel="bsc:0.001"), max_frames=100)
    assert bsc[0]["frame_errors"] == 0
    assert caligo.plot(bsc, rate="ber").get_xlabel() == "crossover probability"
    with pytest.raises(ValueError, match="one kind of channel"):
        caligo.plot(table, bsc)
    with pytest.raises(ValueError, match="at least one"):
        caligo.plot()
