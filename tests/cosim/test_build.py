import multiprocessing
import os
import time

import pytest

from cosim.build import BuildError, _execute, build
from cosim.simulators import SIMULATORS, SimulatorError
from tests.cosim.counter import text


@pytest.mark.parametrize("simulator", SIMULATORS)
def test_the_same_design_is_built_once_and_another_one_apart(simulator):
    # In the common folder: a new one would compile Verilator's own C++ anew.
    first = build(text("a"), "counter", simulator)
    stamp = first.binary.stat().st_mtime_ns
    again = build(text("a"), "counter", simulator)
    assert (again, again.binary.stat().st_mtime_ns) == (first, stamp)
    assert build("// Name and epochs of a configuration\n" + text("a"), "counter", simulator) == first
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


def test_what_a_killed_build_left_goes_with_the_next_one(tmp_path):
    made = build(text("left"), "counter", "icarus", root=tmp_path)
    made.folder.rename(made.folder.with_name(f"{made.folder.name}.123456789"))
    (tmp_path / "icarus-other.1").mkdir()
    assert build(text("left"), "counter", "icarus", root=tmp_path) == made
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {made.folder.name, "icarus-other.1"}


def test_icarus_gets_one_block_of_registers_that_stand_together_and_all_else_as_it_is(tmp_path):
    own = [f"  always @(posedge clk)\n    {name} <= {name} + 1;\n" for name in ("one", "two", "three")]
    other = "  always @(posedge clk)\n    if (step)\n      four <= 4;\n"
    head, end = "module top(input clk, input step);\n  reg one = 0, two = 0, three = 0, four = 0;\n", "endmodule\n"
    made = build(head + own[0] + own[1] + other + own[2] + end, "top", "icarus", root=tmp_path)
    joined = "  always @(posedge clk) begin\n    one <= one + 1;\n    two <= two + 1;\n  end\n"
    assert (made.folder / "design.v").read_text().endswith(head + joined + other + own[2] + end)


def test_a_tool_that_dies_without_a_word_is_named(tmp_path):
    with pytest.raises(BuildError, match=r"^false: failed without a word \(all of it: .*build\.log\)$"):
        _execute(["false"], tmp_path)


def test_a_build_folder_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SimulatorError, match=r"build folder .*; set BISPIKE_CACHE to a writable folder"):
        build(text("no"), "counter", "icarus", root=tmp_path / "file")
