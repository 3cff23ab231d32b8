"""Each option of each command reaches the work behind it: what that is called with, beside what it is without options."""

import inspect
import shlex
from fractions import Fraction
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import typer

from cosim.checkpoint import Checkpoint
from golden.config import Config
from sw import cli
from sw.boards.catalogue import BOARDS
from sw.boards.plan import Goal
from sw.data.encoding import Encoding
from sw.data.foretold import Reading
from sw.paper.plan import Plan
from sw.training.place import Place

SMALL = Config(name="small", sizes=(9, 8, 2), lanes=4)
LINE = "--backend serial --port /dev/null --baud 9600"
BOARD, CHIP = Place("serial", "/dev/null", 9600), Place("sim", simulator="icarus")
ICARUS = "--backend sim --simulator icarus"
NET, OUT = Path("net"), Path("out")
SETTINGS = {"config": "tiny", "data": "a.csv", "epochs": 4, "seed": 5, "split": 6, "backend": "sim"}
NONE = dict.fromkeys(SETTINGS)

CASES = [  # a command; the function that does its work, by module; what that is given
    (
        "train -c tiny -d a.csv --label kind --size 8x9 --epochs 4 --seed 5 --split 6 --run out --baseline --log l.jsonl "
        f"{ICARUS} --waves",
        "sw.training.run.train_new",
        {"given": SETTINGS, "run": OUT, "where": Place("sim", None, None, "icarus", True), "baseline": True}
        | {"log": Path("l.jsonl"), "encoding": Encoding(label="kind", size=(9, 8)), "reading": Reading()},
    ),
    (
        f"train -d a.csv --column MW --day 48 --lags 3 --no-daily --weekly {LINE}",
        "sw.training.run.train_new",
        {"given": NONE | {"data": "a.csv", "backend": "serial"}, "run": None, "where": BOARD, "baseline": False}
        | {"log": None, "encoding": Encoding(), "reading": Reading("MW", 48, 3, False, True)},
    ),
    (
        f"train --resume -c tiny -d a.csv --epochs 4 --seed 5 --split 6 --run out --baseline --log l.jsonl {ICARUS}",
        "sw.training.run.train_on",
        {"given": SETTINGS, "run": OUT, "where": CHIP, "baseline": True, "log": Path("l.jsonl")},
    ),
    (
        "verify -c tiny -n 7 --from net -d a.csv --label kind --size 8x9 --column MW --simulator icarus --waves "
        "--netlist ice40 --one-shape",
        "sw.proof.verify.verify",
        {"name": "tiny", "samples": 7, "source": NET, "given_data": "a.csv", "simulator": "icarus", "waves": True}
        | {"netlist": "ice40", "one_shape": True, "label": "kind", "size": (9, 8), "column": "MW"},
    ),
    (
        "prove -c tiny -d a.csv -n 7 --epochs 4 --shards 3 --run out --resume --workers 2 --scheduler tcp://a:1 "
        "--simulator icarus",
        "sw.proof.prove.prove",
        {"given": {"config": "tiny", "data": "a.csv", "samples": 7, "epochs": 4, "shards": 3}, "run": OUT, "resume": True}
        | {"address": "tcp://a:1", "workers": 2, "simulator": "icarus", "encoding": Encoding()},
    ),
    (
        "prove -d a.csv --label kind --size 8x9",
        "sw.proof.prove.prove",
        {"given": {"config": None, "data": "a.csv", "samples": None, "epochs": None, "shards": None}, "resume": False}
        | {"run": None, "address": None, "workers": None, "simulator": None}
        | {"encoding": Encoding(label="kind", size=(9, 8))},
    ),
    (
        f"predict --from net -d a.csv --label kind --size 8x9 --split 6 --part train -o out {LINE}",
        "sw.training.predict.predict",
        {"source": NET, "given_data": "a.csv", "split": 6, "part": "train", "output": OUT, "where": BOARD, "label": "kind"}
        | {"size": (9, 8)},
    ),
    (
        f"predict --from net {ICARUS}",
        "sw.training.predict.predict",
        {"source": NET, "given_data": None, "split": None, "part": None, "output": None, "where": CHIP, "label": None}
        | {"size": None},
    ),
    *(
        (
            f"{command} --from net -d a.csv {more} -o out {words}",
            work,
            {"source": NET, "given_data": "a.csv", "output": OUT, "where": where} | given,
        )
        for words, where in ((LINE, BOARD), (ICARUS, CHIP))
        for command, more, work, given in (
            ("recall", "", "sw.training.recall.recall", {}),
            ("forecast", "--column MW", "sw.training.forecast.forecast", {"column": "MW"}),
            (
                "generate",
                "--class cat -n 7 --seed 5 --between 3 4",
                "sw.generation.generate.generate",
                {"label": "cat", "count": 7, "seed": 5, "between": (3, 4)},
            ),
        )
    ),
    (
        "data a.csv --label kind --size 8x9 --column MW --day 48 --lags 3 --daily --no-weekly --split 6",
        "sw.training.start.load",
        {"source": "a.csv", "split": 6, "config": None, "encoding": Encoding(label="kind", size=(9, 8))}
        | {"reading": Reading("MW", 48, 3, True, False)},
    ),
    ("data own.npz --split 6 -o out", "sw.report.samples.describe", {"split": 6, "output": OUT}),
    ("verilog -c small.toml -o out", "sw.design.verilog.core_verilog", {"config": SMALL}),
    ("info -c small.toml --density 0.5", "sw.design.inventory.show", {"config": SMALL, "density": 0.5}),
    ("info --from net.npz", "sw.design.inventory.show", {"config": SMALL, "density": None}),
    ("info", "sw.design.inventory.show", {"config": Config.load("digits"), "density": None}),
    (
        "build -b icebreaker -c small.toml --megahertz 22.5 --baud 9600 -o out --seed 0",
        "sw.boards.build.build",
        {"board": BOARDS["icebreaker"], "config": SMALL, "megahertz": Fraction("22.5"), "baud": 9600, "output": OUT}
        | {"seed": 0},
    ),
    (
        "build -b icebreaker",
        "sw.boards.build.build",
        {"board": BOARDS["icebreaker"], "config": BOARDS["icebreaker"].own_config(), "megahertz": Fraction(21)}
        | {"baud": 1_000_000, "output": Path("build/icebreaker-micro"), "seed": 1},
    ),
    (
        "explore -b icebreaker -b pynq-z2 -c small.toml --sizes 9-8-2 --lanes 2 --lanes 3 --check 4 -o out "
        "--scheduler tcp://a:1 --workers 2",
        "sw.boards.explore.run",
        {"names": ["icebreaker", "pynq-z2"], "base": SMALL, "sizes": ["9-8-2"], "lanes": [2, 3], "count": 4, "output": OUT}
        | {"address": "tcp://a:1", "workers": 2},
    ),
    (
        "plan -b pynq-z2 -c small.toml --sizes 9-16-2 --microseconds 2.5 -o out --workers 2",
        "sw.boards.plan.run",
        {"config": SMALL.replace(name="9-16-2", sizes=(9, 16, 2)), "goal": Goal(BOARDS["pynq-z2"], 2.5), "output": OUT}
        | {"workers": 2},
    ),
    (
        "bench --full -o out --page page.md",
        "sw.figures.measure.bench",
        {"full": True, "output": OUT, "page": Path("page.md")},
    ),
    (
        "bench --boards -o out --page page.md --scheduler tcp://a:1 --workers 2",
        "sw.figures.board_figures.bench",
        {"output": OUT, "page": Path("page.md"), "address": "tcp://a:1", "workers": 2},
    ),
    (
        "paper --quick --only rules --only chip --seeds 2 --again -o out --page page.md --scheduler tcp://a:1",
        "sw.paper.run.paper",
        {"plan": Plan(True, 2), "only": ["rules", "chip"], "again": True, "output": OUT, "page": Path("page.md")}
        | {"address": "tcp://a:1", "workers": None},
    ),
    (
        "paper --workers 2",
        "sw.paper.run.paper",
        {"plan": Plan(False, 3), "only": [], "again": False, "output": Path("paper.json"), "page": Path("docs/results.md")}
        | {"address": None, "workers": 2},
    ),
    (
        "related refine --seed 5 --quick -o out",
        "sw.related.run.run",
        {"name": "refine", "seed": 5, "quick": True, "folder": OUT},
    ),
]


class Begun(Exception):
    """The work would begin."""


def given_to(monkeypatch, work: str) -> dict:
    """What a function is called with, by its parameters' names, once it is; it does nothing."""
    module, name = work.rsplit(".", 1)
    signature, found = inspect.signature(getattr(import_module(module), name)), {}

    def begins(*arguments, **named):
        found.update(signature.bind(*arguments, **named).arguments)
        raise Begun

    monkeypatch.setattr(work, begins)
    return found


@pytest.mark.parametrize(("command", "work", "expected"), CASES, ids=[case[0] for case in CASES])
def test_what_is_asked_for_is_done(tmp_path, monkeypatch, command, work, expected):
    monkeypatch.chdir(tmp_path)
    Path("small.toml").write_text("sizes = [9, 8, 2]\nlanes = 4\n")
    np.savez("own.npz", x=np.eye(6, 9), y=np.arange(6) % 2)
    Checkpoint(SMALL, {}, {"data": "own.npz", "split": 0}).save("net.npz")
    given = given_to(monkeypatch, work)
    with pytest.raises(Begun):
        cli.main(shlex.split(command))
    beside = {"console"} | ({"dataset", "config"} if work.endswith("describe") else set())
    assert {name: value for name, value in given.items() if name not in beside} == expected


@pytest.mark.parametrize("command", typer.main.get_command(cli.app).commands)
def test_each_option_of_a_command_is_asked_for(command):
    words = {word for line, _, _ in CASES for word in line.split() if line.split()[0] == command}
    for option in typer.main.get_command(cli.app).commands[command].params:
        if option.param_type_name == "option" and not option.hidden and option.name != "help":
            assert words & {*option.opts, *option.secondary_opts}, option.name
