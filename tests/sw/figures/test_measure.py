"""The bench: what its figures are made of, that it prints and writes all of them, and that a missed target shows."""

import json
import re
import subprocess
import time
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cosim import account
from cosim.checkpoint import Checkpoint
from cosim.compare import Mismatch
from cosim.watch import TrainingResult
from golden.config import NAMED, Config
from sw import cli
from sw.common.errors import DataError
from sw.common.local_workers import background
from sw.data.synthetic import random_dataset
from sw.figures import board_figures, chip_figures, golden_figures, measure, publish
from sw.figures.figure import Figure
from sw.trials import provenance
from tests.sw.figures.pool import Inline, by_name


def training(clocks: float = 430.0, values_differ: int = 0, name: str = "digits") -> TrainingResult:
    """A result of a training on digits in one epoch, with round numbers: so many clocks a learned sample."""
    counters = [[80000, 40000, 0, 9], [20000, 10000, 0, 9], [5000, 100, 0, 9]]
    learned = account.totals(3, samples=200, correct=190, seconds=0.5, clocks=200 * clocks, counters=counters)
    tested = account.totals(3, samples=100, correct=97, seconds=0.1, clocks=100 * 400.0)
    kept = Checkpoint(NAMED["digits"].replace(name=name), epochs=[account.epoch(learned, tested, 1000, values_differ)])
    return TrainingResult("verilator", kept, 1000, values_differ, 0.7)


def test_the_chips_figures_follow_from_its_counters():
    found = by_name(chip_figures.training_figures(training(), training(320.0)))
    assert found["chip against golden, mismatches"].how.endswith("one engine and two: 2,000 compared")
    one = found["clocks a sample, training / inference, one engine"]
    assert (one.text, one.target, one.reached) == ("430 / 400 = 1.07", "<= 480; <= 1.10", True)
    assert not chip_figures.clocks_figure("slow", training(450.0), 480, 1.1).reached
    assert not chip_figures.clocks_figure("slow", training(490.0), 480).reached
    assert found["clocks a sample, training / inference, two engines"].text == "320 / 400 = 0.80"
    assert not found["clocks a sample, training / inference, two engines"].reached
    assert found["synapses visited a clock"].value == (80000 * 128 + 20000 * 64 + 5000 * 10) / (430 * 200)
    assert found["samples/s, every one compared"].value == 400


def recirculation(clocks: float = 1000.0, values_differ: int = 0) -> TrainingResult:
    """The same of an auto-encoder, with a test error of 0.01."""
    learned = account.recalled_totals(2, samples=200, pixels=12800, squared_error=50000, seconds=1.0, clocks=200 * clocks)
    tested = account.recalled_totals(2, samples=100, pixels=6400, squared_error=16384, seconds=0.1, clocks=100 * 700.0)
    kept = Checkpoint(NAMED["autoencoder"], epochs=[account.epoch(learned, tested, 500, values_differ)])
    return TrainingResult("verilator", kept, 500, values_differ, 1.1)


def test_the_auto_encoders_figures_stand_beside_recognitions():
    found = by_name(chip_figures.autoencoder_figures(recirculation(), training()))
    assert found["auto-encoder, chip against golden, mismatches"].how.endswith("500 values compared")
    assert found["auto-encoder, test error"].text == "0.0100"
    clocks = found["auto-encoder, clocks a sample, training / inference"]
    assert (clocks.text, clocks.reached) == ("1,000 / 700; 2.3 times recognition", True)
    slow = by_name(chip_figures.autoencoder_figures(recirculation(2000.0), training()))
    assert not slow["auto-encoder, clocks a sample, training / inference"].reached
    (figure,) = chip_figures.autoencoder_figures(recirculation(values_differ=1), training())
    assert (figure.text, figure.reached) == ("1", False)


def test_what_was_compared_is_summed_over_trainings_and_a_value_that_differs_is_too_many():
    many = [replace(training(), values_compared=10_000_000), replace(recirculation(), values_compared=10_000_000)]
    found = chip_figures.exact_figure(many)
    assert (found.text, found.reached) == ("20,000,000 compared, 0 differ", True)
    assert found.how == "digits on 1 x 16 lanes: 10,000,000; autoencoder on 1 x 16 lanes: 10,000,000"
    assert not chip_figures.exact_figure([*many, training(values_differ=1)]).reached
    assert not chip_figures.exact_figure(many[:1]).reached


def test_a_mismatch_leaves_no_other_figure_of_the_chip():
    (figure,) = chip_figures.training_figures(training(values_differ=1), training())
    assert (figure.text, figure.reached) == ("1", False)


def test_a_training_with_a_mismatch_in_its_first_epoch_is_a_figure_that_is_missed():
    """No epoch is kept, so nothing but the mismatch is known of it."""
    first = Mismatch("voltages", 3, 4, 1, 0)
    broken = {
        name: TrainingResult("verilator", Checkpoint(NAMED[name]), 9, 1, 0.1, first) for name in ("digits", "electricity")
    }
    missed = [
        chip_figures.clocks_figure("an engine a layer", broken["digits"], 180),
        chip_figures.foretold_figure(broken["electricity"]),
        chip_figures.autoencoder_figures(recirculation(), broken["digits"])[-1],
    ]
    assert [(figure.value, figure.reached) for figure in missed] == [(None, False)] * 3
    assert [figure.text for figure in missed] == [str(first), str(first), f"recognition: {first}"]
    (figure,) = chip_figures.training_figures(broken["digits"], training())
    assert not figure.reached
    assert not chip_figures.exact_figure(list(broken.values())).reached


def test_the_probe_counts_clocks_and_more_input_takes_more():
    config = Config(sizes=(48, 3, 2), lanes=3, block=4)
    x = np.zeros((2, 6, 48), np.uint8)
    x[1] = 7
    silent, busy = chip_figures.probe(config, "icarus", x, np.tile([0, 1, 0, 1, 0, 1], (2, 1)))
    assert 0 < silent["clocks"] < busy["clocks"]
    assert busy["seconds"] > 0


@pytest.mark.long
def test_a_whole_training_gives_what_the_figures_read(monkeypatch):
    """The simulated core itself, where everything else here is made of numbers."""
    config = Config(sizes=(9, 8, 2), lanes=4, block=4, epochs=1)
    few = random_dataset("few", config.sizes, learned=8, tested=4, density=0.5, seed=0)
    told = []
    result = chip_figures.whole_training(config, few, "icarus", told.append)
    found = chip_figures.training_figures(result, result)
    assert (len(found), found[0].text) == (5, "0")
    assert "16 samples learned" in found[0].how
    assert any("epoch 1 of 1" in words for words in told)


@pytest.fixture
def quick(monkeypatch, tmp_path):
    """The bench with every measurement replaced by round numbers; works in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        chip_figures,
        "whole_training",
        lambda config, dataset, simulator, tell: (
            recirculation() if config.task == "autoencoder" else training(name=config.name)
        ),
    )
    monkeypatch.setattr(measure.foretold_data, "load", lambda source, config: None)
    monkeypatch.setattr(measure.named, "fashion", lambda: None)
    monkeypatch.setattr(chip_figures, "probe", lambda config, *_: [{"clocks": 1000.0}] * len(chip_figures.DENSITIES))
    for module, name in ((chip_figures, "chip alone"), (golden_figures, "golden alone")):
        figure = Figure(name, 500.0, "500", ">= 400", True, "so")
        monkeypatch.setattr(module, "speed_figure", lambda *_, figure=figure: figure)
    monkeypatch.setattr(measure, "background", lambda workers: Inline(lambda trial: 0.98))
    return tmp_path


def test_the_bench_prints_and_writes_every_figure(quick, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    assert cli.main(["bench"]) == 1  # Theta learned is no better than fixed, two engines and the simulator are too slow
    out, err = capsys.readouterr()
    written = json.loads((quick / "bench.json").read_text())
    page = (quick / "docs" / "figures.md").read_text()
    assert len(written["figures"]) == 15
    lines = [line for line in page.splitlines() if line.startswith("| ")][1:]
    for figure, line in zip(written["figures"], lines, strict=True):
        assert figure["name"] in out
        assert figure["text"] in out
        assert [part.strip(" *`") for part in line.strip("|").split(" | ")] == [
            figure["name"], figure["text"], figure["target"], "yes" if figure["reached"] else "no", figure["how"],
            figure["command"],
        ]  # fmt: skip
    missed = [figure["name"] for figure in written["figures"] if not figure["reached"]]
    assert err == f"bispike: {len(missed)} of 15 figures miss their target: {'; '.join(missed)}\n"
    speed = "samples/s, every one compared"
    gains = [f"{name}, learned above fixed random Theta" for name in ("digits", "tiny")]
    assert missed == [*gains, "clocks a sample, training / inference, two engines", speed]


def test_the_full_bench_has_all_tasks_and_784_pixels(quick, capsys):
    assert cli.main(["bench", "--full"]) == 1
    figures = {figure["name"]: figure for figure in json.loads((quick / "bench.json").read_text())["figures"]}
    assert len(figures) == 22
    sequence = figures["electricity-recurrent, clocks a sample, training / inference"]
    assert (sequence["text"], sequence["target"]) == ("430 / 400; accuracy 0.97000", "printed")
    assert figures["clocks a sample, training / inference, an engine a layer"]["target"] == "<= 180"
    assert figures["rtl against golden, whole trainings"]["text"] == "5,500 compared, 0 differ"
    density = figures["image, clocks a training sample at 0%, 5%, 15%, 100% input"]
    assert (density["text"], density["reached"]) == ("1,000, 1,000, 1,000, 1,000", True)


def test_an_interrupt_ends_the_trainings_of_golden(quick, monkeypatch):
    """Those under way, and those that wait for a core; as many run as there are cores for this process."""
    given, asked, whole = [], [], chip_figures.whole_training

    def submitted(pool, *_):
        given.extend(pool.submit(time.sleep, 3) for _ in range(4))

    def interrupted(config, *more):
        if given:
            raise KeyboardInterrupt
        return whole(config, *more)

    monkeypatch.setattr(measure, "cores", lambda: 1)
    monkeypatch.setattr(measure, "background", lambda workers: asked.append(workers) or background(workers))
    monkeypatch.setattr(measure, "GoldenTrainings", submitted)
    monkeypatch.setattr(chip_figures, "whole_training", interrupted)
    assert cli.main(["bench"]) == 130
    assert asked == [1]
    assert len(given) == 4
    assert all(training.cancelled() or training.exception() for training in given)


def test_after_an_interrupt_no_training_of_the_chip_is_done_again_but_the_one_that_is_timed(quick, monkeypatch, capsys):
    done, whole = [], chip_figures.whole_training

    def interrupted(config, *more):
        if config.name == "electricity-recurrent" and done.count("electricity-recurrent") == 0:
            done.append(config.name)
            raise KeyboardInterrupt
        done.append(config.name)
        return whole(config, *more)

    monkeypatch.setattr(chip_figures, "whole_training", interrupted)
    assert cli.main(["bench", "--full"]) == 130
    assert "interrupted: build/paper keeps whole trainings; the same command goes on\n" in capsys.readouterr().out
    first = len(done)
    assert done == ["digits", "digits", "autoencoder", "digits", "electricity", "electricity-recurrent"]
    assert cli.main(["bench", "--full"]) == 1
    assert done[first:] == ["digits", "electricity-recurrent"]


def test_each_step_is_a_line_where_there_is_no_terminal(quick, capsys):
    cli.main(["bench"])
    said = capsys.readouterr().out.splitlines()
    steps = ["digits on the chip, every value compared", "the simulator alone", "golden alone, on one thread"]
    steps += ["digits on two engines", "the auto-encoder on the chip"]
    assert said[: len(steps)] == steps


def test_golden_trainings_are_counted_down():
    jobs, said = [Future() for _ in range(4)], []
    jobs[0].set_result({})

    def begin(words):
        said.append(words)
        jobs[len(said)].set_result({})

    measure._wait(jobs, begin)
    assert said == ["3 golden trainings", "2 golden trainings left", "1 golden trainings left"]


@pytest.mark.parametrize("more", [[], ["--boards"]])
@pytest.mark.parametrize("option, name, what", [
    ("--page", "mine.md", "page of these figures"), ("--output", "mine.json", "file of figures"),
])  # fmt: skip
def test_a_file_of_the_users_is_not_written_over_and_nothing_is_measured(
    quick, capsys, monkeypatch, more, option, name, what
):
    monkeypatch.setattr(chip_figures, "whole_training", None)
    monkeypatch.setattr(board_figures, "run_all", None)
    (quick / name).write_text("# Figures\n\nMy own.")
    assert cli.main(["bench", *more, option, name]) == 2
    assert capsys.readouterr() == (
        "",
        f"bispike: {option}: found {name}, which is no earlier {what}; allowed is a new name\n",
    )
    assert (quick / name).read_text() == "# Figures\n\nMy own."


def test_a_page_is_of_one_state_one_machine_and_one_day_and_keeps_nothing_of_an_earlier_one(quick, monkeypatch):
    """A figure that this bench does not give is not on it."""
    (quick / "docs").mkdir()
    (quick / "docs" / "figures.md").write_text("# Figures\n\n`bispike bench` wrote this page\n\n| fashion | 86.99 % |")
    for name, value in (("state", "commit 0123456789"), ("machine", "2 cores, slow"), ("today", "2001-02-03")):
        monkeypatch.setattr(publish, name, lambda value=value: value)
    cli.main(["bench"])
    title, _, words, *_ = page = (quick / "docs" / "figures.md").read_text().splitlines()
    assert title == "# Figures"
    assert words == "`bispike bench` wrote this page on 2001-02-03, of commit 0123456789, on 2 cores, slow."
    assert not any("86.99" in line for line in page)
    cli.main(["bench", "--page", "elsewhere/page.md"])
    assert (quick / "elsewhere" / "page.md").read_text().splitlines() == page


def test_the_state_is_the_commit_and_says_what_differs(tmp_path, monkeypatch):
    """Pages and JSON files of this command do not count: it writes them itself."""
    for words in (("init",), ("-c", "user.name=n", "-c", "user.email=e@e", "commit", "--allow-empty", "-m", "first")):
        subprocess.run(["git", "-C", tmp_path, *words], check=True, capture_output=True)
    monkeypatch.setattr(provenance, "__file__", str(tmp_path / "sw" / "trials" / "provenance.py"))
    (tmp_path / "docs" / "img").mkdir(parents=True)
    (tmp_path / "docs" / "other.md").touch()
    for words in (("add", "."), ("-c", "user.name=n", "-c", "user.email=e@e", "commit", "-m", "docs")):
        subprocess.run(["git", "-C", tmp_path, *words], check=True, capture_output=True)
    for name in ("bench.json", "docs/img/results-similarity.png"):
        (tmp_path / name).touch()
    assert re.fullmatch("commit [0-9a-f]{10}", provenance.state())
    (tmp_path / "core.py").touch()
    assert provenance.state().endswith(" with 1 files changed")


def test_the_boards_have_a_page_of_their_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    clocks = Figure("clock", 99.0, "99.0 MHz", ">= 100 MHz", False, "so", board_figures.WITH_BOARDS)
    monkeypatch.setattr(board_figures, "run_all", lambda *_: {})
    monkeypatch.setattr(board_figures, "figures", lambda found: [clocks])
    assert cli.main(["bench", "--boards"]) == 1
    page = Path("docs/figures-boards.md").read_text()
    assert "# Figures of the boards" in page
    assert "| clock | **99.0 MHz** | >= 100 MHz | **no** | so | `bispike bench --boards` |" in page
    assert not Path("docs/figures.md").exists()


def test_a_place_that_takes_no_file_is_refused_before_anything_is_measured(quick, capsys):
    (quick / "file").write_text("in the way")
    assert cli.main(["bench", "--output", "file/bench.json"]) == 2
    assert capsys.readouterr().err == "bispike: file: cannot write: found a file; allowed is a folder\n"


@pytest.mark.parametrize(("module", "function"), [("named", "fashion"), ("foretold_data", "load")])
def test_missing_data_of_the_full_bench_is_told_before_anything_is_measured(quick, capsys, monkeypatch, module, function):
    def missing(*_):
        raise DataError("data: found none; allowed is to fetch it")

    monkeypatch.setattr(getattr(measure, module), function, missing)
    monkeypatch.setattr(chip_figures, "whole_training", None)
    assert cli.main(["bench", "--full"]) == 2
    assert capsys.readouterr().err == "bispike: data: found none; allowed is to fetch it\n"
