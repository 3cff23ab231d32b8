"""What `verify` makes of what it is given; what it compares: tests/sw/training/test_sim_backend.py."""

from pathlib import Path

import numpy as np
import pytest

from cosim import training
from cosim.checkpoint import Checkpoint
from cosim.simulators import SimulatorError
from golden.config import Config
from golden.integer import IntegerModel
from sw import cli
from sw.boards import netlist
from sw.boards.tools import ToolError
from sw.common.errors import CheckError, UserError
from sw.data.encoding import Encoding
from sw.proof import verify
from sw.proof.verify import bottleneck
from sw.training.sim_backend import untangled


@pytest.mark.parametrize("error", [UserError, SimulatorError, KeyboardInterrupt, CheckError])
def test_a_comparison_that_did_not_begin_leaves_no_folder(tmp_path, error):
    """A tool that is not installed is found when it is called: yosys for --netlist. What shows a mismatch stays."""
    (tmp_path / "verify" / "sim").mkdir(parents=True)
    with pytest.raises(error), untangled(tmp_path / "verify"):
        raise error("no")
    assert (tmp_path / "verify").exists() == (error is CheckError)


def test_a_tool_that_refuses_leaves_the_log_that_it_names(tmp_path, monkeypatch, capsys):
    def refused(folder, config, family):
        (folder / "yosys.log").write_text("ERROR: no such cell\n")
        raise ToolError("yosys", ["ERROR: no such cell"], folder / "yosys.log")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(netlist, "netlist_verilog", refused)
    assert cli.main(["verify", "--netlist", "ecp5"]) == 1
    log = Path("runs/verify-tiny/sim/yosys.log")
    assert f"(all of it: {log})" in capsys.readouterr().err
    assert [path for path in Path().rglob("*") if path.is_file()] == [log]


def test_with_netlist_what_is_simulated_is_what_synthesis_made_and_it_stays_in_the_folder(tmp_path, monkeypatch):
    asked, simulated = [], []

    def made(folder, config, family):
        asked.append((config.name, family))
        (folder / "core.net.v").write_text("module core; // of cells\n")
        return "module core; // with the cells' own\n"

    def begins(*arguments, verilog, **more):
        simulated.append(verilog)
        raise CheckError("mismatch")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(netlist, "netlist_verilog", made)
    monkeypatch.setattr(training, "run_training", begins)
    assert cli.main(["verify", "--config", "micro", "--netlist", "ice40"]) == 1
    assert (asked, simulated) == ([("micro", "ice40")], ["module core; // with the cells' own\n"])
    assert Path("runs/verify-micro/core.net.v").read_text() == "module core; // of cells\n"


@pytest.mark.parametrize("more, data, first", [((), "learned.npz", 1), (("--data", "other.npz"), "other.npz", 2)])
def test_a_trained_network_goes_on_with_what_it_learned_or_with_the_data_asked_for(tmp_path, monkeypatch, more, data, first):
    monkeypatch.chdir(tmp_path)
    config, given = Config(sizes=(9, 4, 2), lanes=4, epochs=7), []
    for name, pixel in (("learned.npz", 1), ("other.npz", 2)):
        np.savez(name, x=np.full((10, 9), pixel), y=np.arange(10) % 2)
    about = {"data": "learned.npz", "split": 0, "encoding": Encoding("0..15").to_dict()}
    Checkpoint(config, IntegerModel(config).state(), about).save("net.npz")
    monkeypatch.setattr(verify, "_compare", lambda *arguments: given.append(arguments) or 1)
    assert cli.main(["verify", "--from", "net.npz", "--samples", "5", "--one-shape", *more]) == 0
    ((begin, dataset, samples, *_),) = given
    assert (begin.config, dataset.name, int(dataset.x_train[0, 0]), samples) == (config, data.removesuffix(".npz"), first, 5)


def test_data_is_read_as_the_user_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sw.proof.verify._compare", lambda begin, dataset, *_: seen.append(dataset) or 0)
    seen = []
    Path("power.csv").write_text("MW,wind\n" + "".join(f"{n * n % 17},{n % 7}\n" for n in range(60)))
    (tmp_path / "series.toml").write_text('task = "sequence"\nsizes = [48, 5, 6]\nlanes = 5\n')
    Path("own.csv").write_text("kind,a,b\n" + "".join(f"{n % 2},{n},{15 - n}\n" for n in range(10)))
    (tmp_path / "two.toml").write_text("sizes = [2, 5, 2]\nlanes = 5\n")
    one = ["--one-shape", "--simulator", "icarus"]
    assert cli.main(["verify", "-c", "series.toml", "-d", "power.csv", "--column", "wind", *one]) == 0
    assert cli.main(["verify", "-c", "two.toml", "-d", "own.csv", "--label", "kind", *one]) == 0
    assert len(seen[0].course.train.now) and seen[0].course.coding.mean == pytest.approx(np.mean(np.arange(48) % 7))
    assert seen[1].x_train.sum(1).tolist() == [15] * 8


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--label", "kind"], "--label: found with random; allowed with a .csv file"),
        (["--size", "8x8", "-d", "random"], "--size: found with random; allowed with a folder of pictures"),
        (["--column", "MW"], "--column: found with random; allowed with a .csv file of a series"),
        (["--column", "MW", "-d", "digits"], "--column: found with tiny; allowed with a configuration of task sequence"),
        (["--netlist", "ecp5", "--one-shape"], "--one-shape: found with --netlist; allowed without: of a netlist there is"),
    ],
)
def test_an_option_that_does_nothing_is_refused(tmp_path, monkeypatch, capsys, options, said):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["verify", *options]) == 2
    assert capsys.readouterr().err.startswith(f"bispike: {said}")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("length", [5, 53, 54, 64])
def test_the_second_core_has_a_name_also_where_the_first_has_the_longest(length):
    small = bottleneck(Config(name="n" * length, sizes=(9, 8, 2), lanes=4))
    assert small.name == "n" * min(length, 53) + "-bottleneck"


@pytest.mark.parametrize("engines", [(), ((0, 2), (1, 3)), ((1,), (0, 2)), ((4,), (2, 0), (1, 3))])
@pytest.mark.parametrize("settings", [{}, {"learn": False}, {"stimulus_recall": False}])
def test_the_second_core_has_engines_where_the_first_has_some(engines, settings):
    """Of another number of layers, too; engines name every layer, also of a core that learns or recalls less."""
    layers = sum(map(len, engines)) or 3
    first = Config(sizes=(9, *[8] * (layers - 2), 2), lanes=4, engines=engines, **settings)
    small = bottleneck(first)
    assert small.engines == (engines if layers == 4 else engines and ((1,), (0, 2, 3)))
    assert small.replace(name=first.name, sizes=first.sizes, engines=engines, block=first.block) == first
