"""`forecast`: which moments a trained network foretells, in which rows, of own and other data; by golden and a chip."""

import csv
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from rich.status import Status

from cosim.checkpoint import Checkpoint
from cosim.job import take
from golden.config import Config
from golden.sequence import Foreteller
from sw import cli
from sw.data import foretold
from sw.data.foretold import Reading
from sw.training import asked, history
from sw.training.golden_backend import GoldenNetwork
from tests.sw.driver.model_board import ModelBoard

CONFIG = Config.from_dict(
    {"task": "sequence", "name": "small", "sizes": [72, 5, 6], "lanes": 5, "block": 4, "recurrent": True, "epochs": 1}
)
WORDS = CONFIG.replace(name="words", sizes=(32, 5, 32), neighbours=0, lanes=5)
VALUES = 20 + 5 * np.sin(np.arange(50) / 3)
"""40 are learned."""


def write_csv(name: str, values: np.ndarray, column: str) -> None:
    Path(name).write_text(f"time,{column}\n" + "".join(f"{i},{float(value)!r}\n" for i, value in enumerate(values)))


def learned(config: Config, data: str, reading: Reading, folder: str) -> Checkpoint:
    """Kept as FOLDER/weights.npz."""
    dataset, network = foretold.load(data, config, reading), GoldenNetwork(config)
    network.learn(dataset.training, 0)
    about = history.about(data, 0, dataset, "golden", False) | history.of_course(dataset.course, reading)
    kept = Checkpoint(config, network.model.state(), about)
    Path(folder).mkdir()
    kept.save(Path(folder) / "weights.npz")
    return kept


@pytest.fixture
def run(tmp_path, monkeypatch) -> Checkpoint:
    """An empty folder with own.csv and a network that learned a column of it, as run/weights.npz."""
    monkeypatch.chdir(tmp_path)
    write_csv("own.csv", VALUES, "load")
    return learned(CONFIG, "own.csv", Reading("load"), "run")


def ask(capsys, *arguments: str) -> str:
    assert cli.main(["forecast", "--from", "run", *arguments]) == 0
    return capsys.readouterr().out


def rows(path: str) -> list[list[str]]:
    with open(path, newline="") as file:
        head, *found = csv.reader(file)
    assert head == ["moment", "came", "foretold"]
    return found


def by_golden(kept: Checkpoint, values: np.ndarray, first: int) -> np.ndarray:
    """The values that follow those at `first` .. the end, foretold one by one."""
    coding, model, found = history.coding(kept), Foreteller(kept.config), []
    model.load(kept.state)
    for now in range(first, len(values)):
        element = coding.elements(np.append(values[: now + 1], 0))[now - coding.first :]
        said = model.train(element.x, [0], learn=False)
        found.append(float(coding.unscaled(element.now + coding.changes.values(said.voltages))[0]))
    return np.array(found)


def test_of_its_own_data_the_test_part_is_foretold_and_what_comes_behind_it(run, capsys):
    said = ask(capsys)
    found = rows("run/forecast.csv")
    assert [int(row[0]) for row in found] == list(range(41, 51))
    assert [float(row[1]) for row in found[:-1]] == pytest.approx(VALUES[41:]), "the file's rows, counted from 0"
    assert found[-1][1] == "", "not yet known"
    expected = by_golden(run, VALUES, 40)
    assert [float(row[2]) for row in found] == pytest.approx(expected, rel=1e-8)
    wrong = (expected[:-1] - VALUES[41:]) / VALUES[:40].std()
    plain = np.diff(VALUES[40:]) / VALUES[:40].std()
    error = f"mean squared error {(wrong**2).mean():.5f} of 9 values foretold (no change {(plain**2).mean():.5f})"
    assert said == f"{error}: run/forecast.csv, run/forecast.png\n"
    assert Path("run/forecast.png").read_bytes()[:4] == b"\x89PNG"
    assert ask(capsys, "--data", "./own.csv", "--column", "load").startswith(error), "it is the same file"


def test_of_another_file_all_is_foretold_scaled_as_what_was_learned(run, capsys):
    other = VALUES[5:20] * 1.1
    write_csv("new.csv", other, "power")
    ask(capsys, "--data", "new.csv", "--column", "power", "--output", "new/out.csv")
    found = rows("new/out.csv")
    first = history.coding(run).first
    assert [int(row[0]) for row in found] == list(range(first + 1, 16))
    assert [float(row[1]) for row in found[:-1]] == pytest.approx(other[first + 1 :])
    assert [float(row[2]) for row in found] == pytest.approx(by_golden(run, other, first), rel=1e-8)
    assert Path("new/out.png").exists() and not Path("run/forecast.csv").exists()


def test_of_another_column_all_is_foretold(run, capsys):
    lines = Path("own.csv").read_text().splitlines()
    Path("own.csv").write_text("\n".join([lines[0] + ",wind", *(f"{line},{n % 7}" for n, line in enumerate(lines[1:]))]))
    ask(capsys, "--column", "wind")
    assert int(rows("run/forecast.csv")[0][0]) == history.coding(run).first + 1


def test_of_a_file_that_has_changed_since_all_is_foretold_and_that_is_said(run, capsys):
    first = history.coding(run).first
    write_csv("own.csv", np.append(VALUES, VALUES[:9]), "load")
    changed = "own.csv: not the same as when it was learned: all of it is foretold\n"
    for arguments in ((), ("--data", "own.csv")):
        assert ask(capsys, *arguments).startswith(changed)
        assert int(rows("run/forecast.csv")[0][0]) == first + 1
    write_csv("own.csv", VALUES, "load")
    assert changed not in ask(capsys)


def test_the_least_series_has_one_value_foretold(run, capsys):
    first = history.coding(run).first
    write_csv("new.csv", VALUES[: first + 1], "load")
    assert ask(capsys, "--data", "new.csv") == "the next value is foretold: run/forecast.csv, run/forecast.png\n"
    assert [(row[0], row[1]) for row in rows("run/forecast.csv")] == [(str(first + 1), "")]
    assert Path("run/forecast.png").exists()
    write_csv("new.csv", VALUES[:first], "load")
    assert cli.main(["forecast", "--from", "run", "--data", "new.csv"]) == 2
    said = f"new.csv: found {first} values; allowed are {first + 1} or more with the lags that the network learned"
    assert said in capsys.readouterr().err


@pytest.fixture
def words(tmp_path, monkeypatch) -> Checkpoint:
    """An empty folder with words.txt and a network that learned it."""
    monkeypatch.chdir(tmp_path)
    Path("words.txt").write_text("To be, or not to be: that is the question; " * 2)
    return learned(WORDS, "words.txt", Reading(), "run")


def test_of_a_text_characters_are_foretold(words, capsys):
    said = ask(capsys)
    found, text = rows("run/forecast.csv"), Path("words.txt").read_text().lower()
    first = len(text) - (len(text) - 1) // 5
    assert [(int(place), came) for place, came, _ in found] == list(enumerate(text))[first:]
    right = sum(came == foretold for _, came, foretold in found)
    assert said == f"{100 * right / len(found):.2f} % of {len(found)} characters foretold: run/forecast.csv\n"
    assert not Path("run/forecast.png").exists()
    Path("new.txt").write_text("Né, so:\n\nit is")
    ask(capsys, "--data", "new.txt")
    assert [(int(place), came) for place, came, _ in rows("run/forecast.csv")] == list(enumerate("n , so: it is"))[1:]


@pytest.mark.parametrize(
    "more, said",
    [
        (
            ("--data", "words.csv"),
            "found 'words.csv' with a network that learned characters; allowed are kjv, or a .txt file",
        ),
        (("--column", "load"), "--column: found load with a network that learned a text; allowed without"),
    ],
)
def test_a_network_of_characters_keeps_to_texts(words, capsys, more, said):
    assert cli.main(["forecast", "--from", "run", *more]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("name", ["words.txt", "digits"])
def test_a_network_of_values_keeps_to_series(run, capsys, name):
    assert cli.main(["forecast", "--from", "run", "--data", name]) == 2
    said = f"data: found '{name}' with a network that learned values; allowed are electricity, or a .csv file"
    assert said in capsys.readouterr().err


def test_a_board_foretells_and_every_value_is_compared(run, capsys):
    golden = ask(capsys, "--output", "golden.csv").split(":")[0]
    said = ask(capsys, "--output", "board.csv", "--backend", "serial", "--port", ModelBoard(CONFIG).port)
    # 10 elements: a prediction, 6 voltages, 2 x 4 counters
    assert said == f"loading the network\n{golden}: board.csv, board.png; {10 * 15} values compared, 0 mismatches\n"
    assert rows("board.csv") == rows("golden.csv")


def test_golden_alone_goes_on_from_part_to_part_and_says_how_far_it_is(run, monkeypatch, capsys):
    """A sequence does not begin anew with a part: what layer 1 said last is kept."""
    ask(capsys, "--output", "whole.csv")
    shown, status = [], Console.status
    monkeypatch.setattr(Console, "status", lambda console, text: shown.append(text) or status(console, text))
    monkeypatch.setattr(Status, "update", lambda status, text: shown.append(text))
    monkeypatch.setattr(asked, "GOLDEN_CHUNK", 4)
    ask(capsys, "--output", "parts.csv")
    assert shown == ["loading the network", *(f"{done} of 10 moments" for done in (4, 8, 10))]
    assert rows("parts.csv") == rows("whole.csv")
    samples = foretold.load("own.csv", CONFIG, Reading("load")).training
    assert len(samples) > 4 and not samples.ends[:-1].any()
    network, alone = asked.Asked(GoldenNetwork(CONFIG, run.state)), GoldenNetwork(CONFIG, run.state)
    parts, whole = network.infer(samples), take(alone.model, samples, False)
    for name, values in whole.arrays().items():
        np.testing.assert_array_equal(parts.arrays()[name], values, name)


@pytest.mark.long
def test_the_simulated_chip_foretells_what_golden_does(run, capsys):
    ask(capsys, "--output", "golden.csv")
    said = ask(capsys, "--output", "chip.csv", "--backend", "sim", "--simulator", "icarus")
    assert said.endswith(f"chip.csv, chip.png; {10 * 15} values compared, 0 mismatches\n")
    assert rows("chip.csv") == rows("golden.csv")


def test_no_file_but_an_earlier_forecast_is_overwritten(run, capsys):
    before = Path("own.csv").read_text()
    assert cli.main(["forecast", "--from", "run", "--data", "own.csv", "--output", "own.csv"]) == 2
    assert capsys.readouterr().err == (
        "bispike: --output: found own.csv, which is no earlier forecast; allowed is a new name\n"
    )
    assert Path("own.csv").read_text() == before
    Path("other.png").write_bytes(b"a picture")
    assert cli.main(["forecast", "--from", "run", "--output", "other.csv"]) == 2
    assert "--output: found other.png, which is no earlier picture" in capsys.readouterr().err
    assert Path("other.png").read_bytes() == b"a picture" and not Path("other.csv").exists()
    for _ in range(2):
        ask(capsys, "--output", "new.csv")
    assert len(rows("new.csv")) == 10
    Path("new.png").write_bytes(b"a picture")  # beside an earlier forecast
    assert cli.main(["forecast", "--from", "run", "--output", "new.csv"]) == 2
    assert "--output: found new.png, which is no earlier picture" in capsys.readouterr().err
    assert Path("new.png").read_bytes() == b"a picture"


def test_a_place_that_takes_no_file_is_refused_before_the_work(run, capsys, monkeypatch):
    monkeypatch.setattr("sw.training.forecast.asked", None)
    Path("taken").touch()
    assert cli.main(["forecast", "--from", "run", "--output", "taken/new.csv"]) == 2
    assert capsys.readouterr().err == "bispike: taken: cannot write: found a file; allowed is a folder\n"


def test_a_network_that_nobody_trained_by_command_has_no_coding(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_csv("own.csv", VALUES, "load")
    Checkpoint(CONFIG, Foreteller(CONFIG).state()).save(Path("net.npz"))
    assert cli.main(["forecast", "--from", "net.npz", "--data", "own.csv"]) == 2
    assert "net.npz: found no record of how its series was read" in capsys.readouterr().err
