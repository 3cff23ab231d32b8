"""`bispike paper`: what it runs, keeps, prints and writes; trials are replaced by round numbers."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.console import Console

from sw import cli
from sw.common.errors import CheckError, UserError
from sw.paper import needs, run
from sw.paper.page import PICTURES
from sw.paper.plan import Plan
from sw.paper.stamp import stamp
from sw.paper.table import Curves, Row, Section, of_seeds, spread
from sw.trials import kept
from sw.trials.provenance import Provenance
from sw.trials.trial import Trial, seeds

FULL = Plan(quick=False, seeds=2)


@dataclass
class Question:
    """One whose trials are done in this process by `run.run_all`'s stand-in."""

    KEY: str
    least: float = 0.5
    curves: Curves | None = None

    @property
    def TITLE(self):
        return f"Is {self.KEY} so?"

    def trials(self, plan):
        return seeds(Trial("none", self.KEY), plan.seeds)

    def section(self, plan, found):
        values = of_seeds(found, self.trials(plan), "accuracy")
        target = plan.target(f">= {self.least}", sum(values) / len(values) >= self.least)
        return Section(
            self.KEY,
            self.TITLE,
            [Row(f"row of {self.KEY}", spread(values), values, "0.9", *target, "so")],
            curves=self.curves,
        )


@pytest.fixture
def ran(tmp_path, monkeypatch):
    """The names of trials that were run, in an empty folder; they give 0.25 and 0.75."""
    names = []

    def instead(tasks, address, workers, doing, console, came):
        for name in tasks:
            if "bad" in name:
                raise KeyboardInterrupt
            names.append(name)
            came(name, {"accuracy": 0.25 + 0.5 * name.endswith("1")})

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(run, "run_all", instead)
    monkeypatch.setattr(run, "QUESTIONS", (Question("one"), Question("two", least=0.5)))
    return names


def measure(plan=FULL, only=(), again=False):
    return run.paper(plan, only, again, Path("paper.json"), Path("docs/results.md"), None, None, Console(width=200))


def test_all_is_run_once_and_then_kept(ran):
    first = measure()
    assert ran == [f"none.{key} seed={seed}" for key in ("one", "two") for seed in (0, 1)]
    assert measure() == first and len(ran) == 4
    measure(only=["two"], again=True)
    assert ran[4:] == ["none.two seed=0", "none.two seed=1"]


def test_the_page_and_the_json_say_what_is_reached(ran, capsys):
    measure()
    said, page, written = (
        capsys.readouterr().out,
        Path("docs/results.md").read_text(),
        json.loads(Path("paper.json").read_text()),
    )
    assert "50.00 ± 35.36 %" in said and "2 of 2 targets are reached" in said
    assert "| row of one | **50.00 ± 35.36 %** | 0.9 | >= 0.5 | yes | so |" in page
    assert "| row of two | **50.00 ± 35.36 %** | 0.9 | >= 0.5 | yes | so |" in page
    assert [section["rows"][0]["values"] for section in written["sections"]] == [[0.25, 0.75]] * 2


def test_one_part_alone_leaves_the_others_to_be_measured(ran):
    one, two = measure(only=["one"])
    assert one.measured and not two.measured and len(ran) == 2
    words = "Not measured with this code: `bispike paper --seeds 2 --only two --page docs/results.md`"
    assert words in Path("docs/results.md").read_text()


def test_what_an_earlier_state_gave_stays_on_the_page_and_says_so(ran, monkeypatch):
    for name, value in (("state", "commit 0123456789"), ("machine", "2 cores"), ("today", "2001-02-03")):
        monkeypatch.setattr(kept, name, lambda value=value: value)
    measure()
    path = Path("docs/results.md")
    first, stamp = path.read_text(), "*Measured on 2001-02-03, 2 seeds, of commit 0123456789, on 2 cores.*"
    assert first.count(stamp) == 2 and "changed" not in first
    for file in Path("build/paper").iterdir():
        file.unlink()
    monkeypatch.setattr(kept, "state", lambda: "commit 9")
    for _ in range(2):  # twice: it is said once
        measure(only=["two"])
        one, two = path.read_text().split("\n## ")[1:]
        assert one.count(stamp) == 1 and "| row of one | **50.00 ± 35.36 %**" in one
        assert one.count("The code has changed since: `bispike paper --seeds 2 --only one --page docs/results.md`.") == 1
        assert "of commit 9, on" in two and "changed" not in two
    assert "2 of 2 targets are reached" in path.read_text()


def test_what_is_kept_keeps_its_day_its_state_and_its_machine(ran, monkeypatch):
    """Whatever these are when the page is written again; and where a part is of several, it says so."""

    def here(day, state):
        for name, value in (("state", f"commit {state}"), ("machine", "2 cores"), ("today", f"2001-02-0{day}")):
            monkeypatch.setattr(kept, name, lambda value=value: value)

    path = Path("docs/results.md")
    here(3, 1)
    measure(only=["one"])
    here(4, 2)
    measure()
    one, two = path.read_text().split("\n## ")[1:]
    assert "*Measured on 2001-02-03, 2 seeds, of commit 1, on 2 cores.*" in one
    assert "*Measured on 2001-02-04, 2 seeds, of commit 2, on 2 cores.*" in two
    here(5, 3)
    with pytest.raises(CheckError):
        measure(plan=Plan(quick=False, seeds=4))
    said = "*Measured from 2001-02-03 to 2001-02-05, 4 seeds, of commit 1 and commit 3, on 2 cores.*"
    assert said in path.read_text() and len(ran) == 8
    sections = json.loads(Path("paper.json").read_text())["sections"]
    assert sections[1]["sources"] == [
        {"date": f"2001-02-0{day}", "state": f"commit {state}", "machine": "2 cores"} for day, state in ((4, 2), (5, 3))
    ]


def test_the_line_of_many_states_names_the_ends():
    sources = [Provenance(f"2001-02-0{day}", f"commit {day}", "2 cores") for day in (4, 3, 5)]
    words = "*Measured from 2001-02-03 to 2001-02-05, 3 seeds, of commit 3 and commit 5 and 1 between them, on 2 cores"
    assert stamp(sources, 3) == f"{words}.*"


@pytest.mark.parametrize("content", ["My notes\n", "\xff", "# Mine\n\n## Is one so?"])
@pytest.mark.parametrize("option, name, what", [
    ("--page", "mine.md", "page of results"), ("--output", "mine.json", "file of results"),
])  # fmt: skip
def test_a_file_of_the_users_is_not_written_over_and_nothing_runs(ran, capsys, option, name, what, content):
    Path(name).write_bytes(content.encode("latin-1"))
    assert cli.main(["paper", option, name]) == 2 and not ran
    assert capsys.readouterr() == (
        "",
        f"bispike: {option}: found {name}, which is no earlier {what}; allowed is a new name\n",
    )
    assert Path(name).read_bytes() == content.encode("latin-1")


def test_a_picture_of_the_users_beside_a_page_is_not_drawn_over_but_that_of_an_earlier_page_is(ran, capsys, monkeypatch):
    drawn = Curves(PICTURES[0], "How it went", "share", {"a": [[0.1, 0.2], [0.1, 0.4]]})
    monkeypatch.setattr(run, "QUESTIONS", (Question("one", curves=drawn),))
    picture = Path(f"img/mine-{drawn.name}.png")
    picture.parent.mkdir()
    picture.write_bytes(b"my picture")
    ask = ["paper", "--seeds", "2", "--page", "mine.md", "--output", "mine.json"]
    assert cli.main(ask) == 2 and not ran
    said = f"bispike: --page: found {picture}, which is no earlier picture; allowed is a new name\n"
    assert capsys.readouterr().err == said
    assert picture.read_bytes() == b"my picture"
    picture.unlink()
    assert cli.main(ask) == 0
    Path("mine.md").unlink()
    assert cli.main(ask) == 0  # by its mark
    picture.write_bytes(b"of a state that left no mark")
    assert cli.main(ask) == 0 and picture.read_bytes().startswith(b"\x89PNG")


def test_an_earlier_page_that_was_cut_off_or_damaged_is_written_anew(ran):
    measure()
    path = Path("docs/results.md")
    whole = path.read_bytes()
    for damaged in (whole[: whole.index(b"one so?") + 7], whole + b"\xff"):
        path.write_bytes(damaged)
        measure()
        assert path.read_bytes() == whole


@pytest.mark.parametrize("plan, folder", [(FULL, "docs"), (Plan(quick=True, seeds=2), "build")])
def test_a_picture_is_beside_the_page_and_stays_with_what_an_earlier_state_gave(ran, monkeypatch, plan, folder):
    drawn = Curves("course", "How it went", "share", {"a": [[0.1, 0.2], [0.1, 0.4]]})
    monkeypatch.setattr(run, "QUESTIONS", (Question("one", curves=drawn), Question("two")))
    page, picture = Path(folder) / "other.md", Path(folder) / "img/other-course.png"
    run.paper(plan, (), False, Path("paper.json"), page, None, None, Console(width=200))
    first = picture.read_bytes()
    assert first.startswith(b"\x89PNG")
    written = json.loads(Path("paper.json").read_text())["sections"]
    assert written[0]["curves"]["lines"] == drawn.lines and written[1]["curves"] is None
    said = "\n\n![How it went](img/other-course.png)\n\n*Measured on"
    one, two = page.read_text().split("\n## ")[1:]
    assert said in one and "img/" not in two
    for file in Path("build/paper").iterdir():
        file.unlink()
    run.paper(plan, ["two"], False, Path("paper.json"), page, None, None, Console(width=200))
    assert said in page.read_text() and picture.read_bytes() == first


def test_an_interruption_keeps_what_is_measured(ran, monkeypatch, capsys):
    monkeypatch.setattr(run, "QUESTIONS", (Question("one"), Question("bad")))
    with pytest.raises(KeyboardInterrupt):
        measure()
    assert "interrupted: build/paper keeps what is measured" in capsys.readouterr().out
    assert len(list(Path("build/paper").iterdir())) == 2 and not Path("docs/results.md").exists()


def test_a_taste_has_no_targets_and_files_of_its_own(ran):
    assert cli.main(["paper", "--quick"]) == 0
    assert len(ran) == 2 and not Path("docs/results.md").exists()
    page = Path("build/results-quick.md").read_text()
    assert "| row of one | **25.00 %** | 0.9 |  |  | so |" in page and "`bispike paper --quick`" in page


def test_a_missed_target_is_1_after_all_is_written(ran, monkeypatch):
    monkeypatch.setattr(run, "QUESTIONS", (Question("one"), Question("two", least=0.6)))
    with pytest.raises(CheckError, match="1 targets are missed: row of two"):
        measure()
    assert "| row of two | **50.00 ± 35.36 %** | 0.9 | >= 0.6 | **no** | so |" in Path("docs/results.md").read_text()


@pytest.mark.parametrize("seeds", ["0", "-1", "101"])
def test_no_seeds_at_all_and_too_many_are_refused(ran, capsys, seeds):
    assert cli.main(["paper", "--seeds", seeds]) == 2 and not ran
    assert capsys.readouterr() == ("", f"bispike: --seeds: found {seeds}; allowed is 1 to 100\n")


def test_logic_needs_yosys_before_anything_runs(monkeypatch):
    def missing(tool):
        raise UserError(f"{tool}: not installed")

    monkeypatch.setattr(needs.tools, "version", missing)
    monkeypatch.setattr(needs, "find_simulator", lambda name: name)
    monkeypatch.setattr(needs.series, "electricity", lambda: None)
    needs.check([Trial("paper.chip", "training", {"name": "digits", "epochs": 1})])
    with pytest.raises(UserError, match="yosys: not installed"):
        needs.check([Trial("paper.chip", "logic", {"name": "digits"})])


def test_no_workers_are_refused_before_a_page_is_written(ran, capsys):
    before = [*Path().rglob("*")]
    assert cli.main(["paper", "--workers", "0"]) == 2 and not ran
    assert capsys.readouterr() == ("", "bispike: --workers: found 0; allowed is 1 or more\n")
    assert [*Path().rglob("*")] == before


@pytest.mark.parametrize("options, said", [
    ({"only": ["three"]}, "--only: found three; allowed are one, two"),
    ({"plan": Plan(False, 0)}, "--seeds: found 0; allowed is 1 to 100"),
])  # fmt: skip
def test_bad_input_is_one_line_before_anything_runs(ran, options, said):
    with pytest.raises(UserError, match=said):
        measure(**options)
    assert not ran


def test_the_questions_have_trials_of_different_names_and_keys_of_their_own():
    questions = run.QUESTIONS
    assert len({question.KEY for question in questions}) == len(questions) >= 8
    for plan in (FULL, Plan(quick=True, seeds=1)):
        trials = [trial for question in questions for trial in question.trials(plan)]
        names, keys = {trial.name for trial in trials}, {trial.key for trial in trials}
        assert len({(trial.name, trial.key) for trial in trials}) == len(names) == len(keys)
