"""The command: it lists, refuses in one line, and leaves figures and a picture."""

import importlib
import json
import pickle

import pytest

from sw import cli
from sw.related import over_seeds
from sw.related.names import METHODS


def test_without_a_name_all_methods_are_listed_and_each_is_there(capsys):
    assert cli.main(["related"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(METHODS)
    for name in METHODS:
        method = importlib.import_module(f"sw.related.{name}")
        assert callable(method.measure) and callable(method.figures), name


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("dreams",), "NAME: found 'dreams'; allowed is one of refine, chunks, fields, rates, patches, ekdaa, sums"),
        (("--seed", "0"), "--seed: found without NAME; allowed with the name of a method"),
        (("--quick",), "--quick: found without NAME; allowed with the name of a method"),
        (("--output", "/none"), "--output: found without NAME; allowed with the name of a method"),
        (("sums", "--seed", "-1"), "--seed: found -1; allowed is a whole number from 0 to 2147483647"),
    ],
)
def test_bad_input_is_one_line(arguments, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["related", *arguments]) == 2
    assert capsys.readouterr().err == f"bispike: {said}\n"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["sums.json", "sums.png"])
def test_a_file_of_the_users_is_not_written_over_and_nothing_is_measured(name, capsys, tmp_path, monkeypatch):
    monkeypatch.setattr("sw.related.sums.measure", None)
    own = tmp_path / name
    own.write_text("mine")
    assert cli.main(["related", "sums", "-o", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"bispike: --output: found {own}, which is no earlier ") and said.count("\n") == 1
    assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]


def test_what_was_measured_before_is_written_anew(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr("sw.related.sums.measure", lambda seed, quick: seed)
    monkeypatch.setattr("sw.related.sums.figures", lambda results: [])
    monkeypatch.setattr("sw.related.sums.draw", lambda path, results: path.write_text(str(results)))
    for seed in ("3", "4"):
        assert cli.main(["related", "sums", "--seed", seed, "-o", str(tmp_path)]) == 0
        assert json.loads((tmp_path / "sums.json").read_text())["seed"] == int(seed)
        assert (tmp_path / "sums.png").read_text() == f"[{seed}]"


@pytest.mark.long
@pytest.mark.parametrize("name", METHODS)
def test_a_quick_run_leaves_figures_and_what_it_measured_can_travel(name, tmp_path, capsys):
    assert cli.main(["related", name, "--quick", "-o", str(tmp_path)]) == 0
    kept = json.loads((tmp_path / f"{name}.json").read_text())
    assert kept["quick"] and kept["figures"]
    method = importlib.import_module(f"sw.related.{name}")
    assert (tmp_path / f"{name}.png").exists() == hasattr(method, "draw")
    results = [pickle.loads(pickle.dumps(method.measure(seed, True))) for seed in (0, 1)]
    assert all("mean of 2 seeds" in figure.how for figure in method.figures(results))


def test_values_of_seeds_are_said_as_mean_and_range():
    assert over_seeds.said([0.5, 0.7], over_seeds.percent, " %") == "60.0 % (50.0 to 70.0)"
    assert over_seeds.said([0.5], over_seeds.percent, " %") == "50.0 %"
    assert over_seeds.said([-0.01, 0.03], over_seeds.points) == "+1.0 (-1.0 to +3.0)"
