"""What is kept is found again, by the same trial and the same code only."""

import json

import pytest

from cosim import simulators
from sw.boards import tools
from sw.common.errors import UserError
from sw.trials import kept
from sw.trials.kept import Kept
from sw.trials.provenance import Provenance
from sw.trials.trial import Trial

TRIAL = Trial("trials.integer", "recognition", {"source": "digits", "sizes": [64, 10], "epochs": 1, "samples": None}, 3)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A tree of two rooms that count and one that does not."""
    monkeypatch.setattr(kept, "ROOT", tmp_path)
    for name, text in {
        "sw/trials/integer.py": "from golden import rule\nfrom sw import shown\n",
        "golden/__init__.py": "",
        "golden/rule.py": "def late():\n    import golden.deep\n",
        "golden/deep.py": "import numpy\n",
        "golden/apart.py": "",
        "sw/shown.py": "",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    yield tmp_path


def test_a_result_is_found_by_its_trial(folder):
    results = Kept(folder / "kept")
    assert results.find(TRIAL) is None
    results.keep(TRIAL, {"accuracy": 0.5})
    assert results.find(TRIAL) == {"accuracy": 0.5}
    assert results.find(Trial(TRIAL.module, TRIAL.function, TRIAL.settings, 4)) is None
    assert results.find(Trial(TRIAL.module, TRIAL.function, {**TRIAL.settings, "epochs": 2}, 3)) is None


@pytest.mark.parametrize("file, lost", [
    ("sw/trials/integer.py", True), ("golden/rule.py", True), ("golden/deep.py", True), ("golden/apart.py", False),
    ("sw/shown.py", False),
])  # fmt: skip
def test_a_change_of_the_code_that_it_came_from_loses_it(folder, file, lost):
    results = Kept(folder / "kept")
    results.keep(TRIAL, {"accuracy": 0.5})
    with (folder / file).open("a") as changed:
        changed.write("another = 1\n")
    assert (Kept(results.folder).find(TRIAL) is None) == lost


def test_other_words_about_the_same_code_lose_nothing(folder):
    results = Kept(folder / "kept")
    results.keep(TRIAL, {"accuracy": 0.5})
    text = '"""A rule."""\n# A line.\ndef late():\n    """Late."""\n    import golden.deep\n    "Later."\n'
    (folder / "golden/rule.py").write_text(text)
    assert Kept(results.folder).find(TRIAL) == {"accuracy": 0.5}


def test_half_a_file_is_no_result(folder):
    results = Kept(folder / "kept")
    results.keep(TRIAL, {"accuracy": 0.5})
    (file,) = (folder / "kept").iterdir()
    file.write_text(json.dumps({"trial": TRIAL.key, "result": {}})[:20])
    assert results.find(TRIAL) is None


def test_code_that_changes_while_it_is_measured_is_of_no_result(folder):
    results = Kept(folder / "kept")
    assert results.find(TRIAL) is None  # as each run begins
    (folder / "sw/trials/floating.py").write_text("from golden import rule\n")
    other = Trial("trials.floating", "recognition")
    assert results.find(other) is None
    (folder / "golden/rule.py").write_text("other = 1\n")
    for trial in (TRIAL, other, TRIAL):  # the second time, too: what runs is the code that this run began with
        with pytest.raises(UserError, match="its code has changed while it was measured"):
            results.keep(trial, {"accuracy": 0.5})
    assert Kept(results.folder).find(TRIAL) is None


def test_a_result_of_another_library_is_none(folder, monkeypatch):
    results = Kept(folder / "kept")
    results.keep(TRIAL, {"accuracy": 0.5})
    monkeypatch.setattr(kept, "version", lambda library: "0.1")
    assert results.find(TRIAL) is None


def test_a_result_of_the_chip_made_with_another_tool_is_none_and_no_other_is_lost(folder, monkeypatch):
    chip = Trial("paper.chip", "logic", {"name": "digits"})
    results = Kept(folder / "kept")
    for trial in (TRIAL, chip):
        results.keep(trial, {"luts": 1})
    monkeypatch.setattr(kept, "_tools", lambda: ["0.1"])
    assert (results.find(TRIAL), results.find(chip)) == ({"luts": 1}, None)


def test_the_tools_of_the_chip_are_those_that_are_here():
    amaranth, _, yosys, verilator = kept._tools()
    assert amaranth and yosys == tools.version("yosys") and verilator == simulators.version("verilator")


def test_a_result_says_where_it_is_from(folder, monkeypatch):
    for name, value in (("state", "commit 1"), ("machine", "2 cores"), ("today", "2001-02-03")):
        monkeypatch.setattr(kept, name, lambda value=value: value)
    first = Kept(folder / "kept")
    monkeypatch.setattr(kept, "state", lambda: "commit 2")
    first.keep(TRIAL, {"accuracy": 0.5})  # of the state that the run began with
    monkeypatch.setattr(kept, "today", lambda: "2002-02-02")
    assert Kept(first.folder).provenance(TRIAL) == Provenance("2001-02-03", "commit 1", "2 cores")
    assert first.provenance(Trial(TRIAL.module, TRIAL.function, {}, 9)) is None
    Kept(first.folder, "elsewhere").keep(TRIAL, {"accuracy": 0.5})
    assert first.provenance(TRIAL) == Provenance("2002-02-02", "commit 2", "elsewhere")


def test_a_result_may_be_kept_again_under_other_code_with_what_it_said_of_itself(folder):
    old = Provenance("2001-02-03", "commit 1", "2 cores")
    results = Kept(folder / "kept")
    results.keep_as(TRIAL, {"accuracy": 0.5}, old)
    (folder / "golden/rule.py").write_text("other = 1\n")
    after = Kept(results.folder)
    assert after.find(TRIAL) is None
    after.keep_as(TRIAL, results.find(TRIAL), results.provenance(TRIAL))
    assert (after.find(TRIAL), after.provenance(TRIAL)) == ({"accuracy": 0.5}, old)


def test_a_file_that_does_not_say_where_it_is_from_is_no_result(folder):
    results = Kept(folder / "kept")
    results.keep(TRIAL, {})
    (file,) = results.folder.iterdir()
    file.write_text(json.dumps({"trial": TRIAL.key, "result": {"accuracy": 0.5}}) + "\n")
    assert (results.find(TRIAL), results.provenance(TRIAL)) == (None, None)


@pytest.mark.parametrize("module, file", [
    ("trials.integer", "golden/rule.py"), ("trials.integer", "sw/training/golden_backend.py"),
    ("trials.integer", "cosim/account.py"), ("trials.floating", "golden/learners/bsd.py"),
    ("paper.around", "sw/related/sums.py"), ("paper.chip", "rtl/engine/core.py"), ("paper.chip", "cosim/compare.py"),
    ("paper.chip", "cosim/training_bench.py"), ("paper.chip", "cosim/golden_worker.py"), ("paper.chip", "cosim/chip.py"),
    ("paper.chip", "cosim/bits.py"), ("paper.chip", "sw/boards/synthesis.py"), ("paper.chip", "sw/figures/chip_figures.py"),
])  # fmt: skip
def test_the_code_of_the_real_trials_is_what_they_run(module, file):
    assert kept.ROOT / file in kept.files(f"sw.{module}")
    assert kept.ROOT / "rtl/engine/core.py" not in kept.files("sw.trials.integer")


def test_all_of_the_core_and_its_simulation_counts_for_the_chip():
    every = {path for room in ("rtl", "cosim") for path in (kept.ROOT / room).rglob("*.py")}
    assert len(every) > 60 and every <= set(kept.files("sw.paper.chip"))
