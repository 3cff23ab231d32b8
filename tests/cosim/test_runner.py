import os
import subprocess
import sys
import tempfile

import pytest

from cosim.build import build
from cosim.runner import BenchError, Run, run
from cosim.simulators import SIMULATORS
from tests.cosim.counter import BENCH, text
from tests.cosim.running import running, until
from tests.marks import long


@pytest.mark.parametrize("simulator", SIMULATORS)
def test_a_bench_gets_its_parameters_and_its_result_is_believed(simulator, tmp_path):
    built = build(text("run"), "counter", simulator)
    assert run(built, BENCH, {"step": 3, "clocks": 20}, folder=tmp_path, timeout=60) > 0
    assert "TESTS=1 PASS=1" in (tmp_path / "run.log").read_text()
    with pytest.raises(BenchError, match=r"bench_counter\.counts: .*expected 61, got 60\s+assert 60 == 61") as found:
        run(built, BENCH, {"step": 3, "clocks": 20, "off": 1}, folder=tmp_path, timeout=60)
    assert str(tmp_path / "run.log") in str(found.value)


@pytest.mark.parametrize(
    "module, tests, message",
    [
        ("tests.cosim.no_such_bench", None, "ended with code"),
        (BENCH, "no_such_test", "no test ran"),
    ],
)
def test_a_bench_that_runs_no_test_fails(module, tests, message, tmp_path):
    with pytest.raises(BenchError, match=message):
        run(build(text("run"), "counter", "icarus"), module, {}, folder=tmp_path, tests=tests, timeout=60)


def test_a_bench_without_end_is_ended(tmp_path):
    with pytest.raises(BenchError, match="no end after 3 seconds"):
        run(build(text("run"), "counter", "icarus"), BENCH, {"step": 1, "clocks": 10**9}, folder=tmp_path, timeout=3)
    until(lambda: not running(tmp_path))


@pytest.mark.parametrize(("error", "stays"), [(KeyboardInterrupt, False), (BenchError, True)])
def test_temporary_files_stay_only_where_a_bench_failed(tmp_path, monkeypatch, error, stays):
    """Its message names the log in them."""

    def ended(run, timeout):
        run.stop()
        raise error

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(Run, "wait", ended)
    with pytest.raises(error):
        run(build(text("run"), "counter", "icarus"), BENCH, {"step": 1, "clocks": 9})
    assert [(path / "run.log").exists() for path in tmp_path.iterdir()] == [True] * stays


@pytest.mark.parametrize("simulator", [long("verilator"), "icarus"])  # another build of Verilator, and a long one
def test_waves_are_written_on_request_and_only_then(simulator, tmp_path):
    for waves in (False, True):
        folder = tmp_path / str(waves)
        run(
            build(text("run"), "counter", simulator, waves=waves), BENCH, {"step": 1, "clocks": 9}, folder=folder, timeout=60
        )
        assert (folder / "waves.vcd").exists() == waves
    assert "count" in (tmp_path / "True" / "waves.vcd").read_text()


@pytest.mark.parametrize("simulator", SIMULATORS)
def test_the_simulator_of_a_killed_parent_ends_by_itself(simulator, tmp_path):
    code = f"""
from pathlib import Path
from cosim.runner import start
from cosim.build import build
from tests.cosim.counter import BENCH, text
built = build(text("run"), "counter", {simulator!r})
start(built, BENCH, {{"step": 1, "clocks": 10**9}}, folder=Path({str(tmp_path)!r})).wait()
"""
    parent = subprocess.Popen([sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)})
    until(lambda: "running" in (tmp_path / "run.log").read_text() if (tmp_path / "run.log").exists() else False)
    parent.kill()
    parent.wait()
    until(lambda: not running(tmp_path))
