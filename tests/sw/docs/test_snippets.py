"""What README and docs/ show in Python does what is said of it: the programs that need no board, and no long training."""

import re
from pathlib import Path

import numpy as np
import pytest

import bispike
from rtl.interface.registers import ADDRESS
from sw.driver.golden import GoldenTransport

ROOT = Path(__file__).parents[3]


def snippet(page: str, word: str) -> str:
    """The one program of a page that has this word."""
    found = re.findall(r"^```python\n(.*?)^```$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    (text,) = (one for one in found if word in one)
    return text


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs a snippet in a folder that has mine.toml; gives the names it leaves."""
    monkeypatch.chdir(tmp_path)
    config = bispike.Config(name="mine", sizes=(12, 8, 4), lanes=4)
    Path("mine.toml").write_text(config.to_toml(), encoding="utf-8")

    def run_one(page: str, word: str) -> dict:
        left = {"__name__": "snippet"}
        exec(compile(snippet(page, word), page, "exec"), left)
        return left

    return run_one


def test_readme_trains_saves_and_asks_and_prints_what_it_says(run, capsys, monkeypatch):
    """Golden is in the simulated chip's place."""
    places, y = [], np.arange(10) % 4
    np.savez("mine.npz", x=np.uint8(15) * (np.arange(144) // 36 == y[:, None]), y=y)
    monkeypatch.setattr(
        bispike.Chip, "_transport", lambda chip, config, *where: places.append(where) or GoldenTransport(config)
    )
    left = run("README.md", "import bispike")
    said = re.findall(r"print\(.*#\s+(\S+)", snippet("README.md", "import bispike"))
    assert len(said) == 2 and [f"{float(word):.2g}" for word in capsys.readouterr().out.split()] == said
    assert places == [("sim", None, 1_000_000)] * 2
    model, chip = bispike.Model.load("mine-network.npz"), left["chip"]
    assert model.accuracy(left["data"].x_test, left["data"].y_test) == 1
    assert all((value == model.state[name]).all() for name, value in chip.state.items())


def test_a_core_behind_a_serial_line_is_one_file_without_assertions(run):
    run("docs/boards.md", "UartCore")
    text = Path("bispike.v").read_text(encoding="utf-8")
    assert "module bispike(" in text and "assert" not in text


@pytest.mark.parametrize("learn", (True, False))
def test_a_table_of_bursts_is_what_a_chip_holds_once_it_has_taken_it(run, learn):
    config = bispike.Config.load("mine.toml").replace(learn=learn)
    Path("mine.toml").write_text(config.to_toml(), encoding="utf-8")
    model = bispike.Model(config)
    model.save("mine-network.npz")
    run("docs/boards.md", "network.h")
    numbers = [int(number) for number in re.findall(r"\d+", Path("network.h").read_text(encoding="utf-8").split("{")[1])]
    chip = bispike.Chip(config)
    chip.load({name: 0 * value for name, value in chip.state.items()})
    while numbers:
        address, count, *numbers = numbers
        chip.transport.write(ADDRESS["WINDOW_ADDRESS"], [address])
        chip.transport.write(ADDRESS["WINDOW_DATA"], numbers[:count])
        numbers = numbers[count:]
    state = chip.state
    assert all((value == model.state[name]).all() for name, value in state.items())
    assert any(value.any() for value in state.values())


def test_a_rule_of_ones_own_keeps_what_it_says_and_learns(run, capsys):
    left = run("docs/learners.md", "class DeltaRule")
    rule = left["rule"]
    kept = {line.split()[0] for line in capsys.readouterr().out.splitlines() if line.split()[1] == "True"}
    assert kept == rule.KEEPS
    assert rule.accuracy(left["x"], left["y"]) > 0.7


def test_a_series_is_learned_sequence_by_sequence(run, capsys):
    left = run("docs/driver.md", "foretold.load")
    assert left["data"].course.last_train[left["at"]].sum() >= 10
    said = [int(number) for number in re.findall(r"\d+", capsys.readouterr().out)]
    assert len(said) == 5 and all(0 <= number < 32 for number in said)
