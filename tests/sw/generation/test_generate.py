"""`bispike generate`: what it draws is what the network recalls of these codes; what it writes, says and refuses."""

import re
from pathlib import Path

import numpy as np
import pytest

from cosim.checkpoint import Checkpoint
from golden.config import NAMED
from rtl.interface.results import result_parts
from sw import cli
from sw.design import verilog


def test_images_are_what_the_network_recalls_of_codes_of_the_class(trained, network, capsys):
    model, dataset = network
    assert cli.main(["generate", "--from", str(trained), "--count", "20", "--output", "out/sheet.png"]) == 0
    with np.load("out/sheet.npz") as file:
        found = dict(file)
    assert found["labels"].tolist() == [0] * 20 + [1] * 20 + [2] * 20
    assert np.array_equal(found["recalled"], model.draw(found["codes"]).recalled)
    codes = model.train(dataset.x_train, learn=False).code
    for k in range(3):
        own = codes[dataset.y_train == k]
        for code in found["codes"][found["labels"] == k]:
            assert (own == code).any(0).all(), "a count that no sample of the class has"
    nearest = {int(place): row for row, place in enumerate(dataset.places)}
    x = dataset.x_train[[nearest[int(place)] for place in found["nearest"]]] / 16
    assert found["nearest_distance"] == pytest.approx(((found["recalled"] / 8 - x) ** 2).mean(1))
    said = capsys.readouterr().out
    assert "cow" in said
    assert said.splitlines()[-1].startswith("60 images of 3 classes, ")
    assert said.splitlines()[-1].endswith("taken for their class: out/sheet.png (the first 12 of each), out/sheet.npz")
    assert Path("out/sheet.png").read_bytes()[:4] == b"\x89PNG"


def test_a_place_that_takes_no_file_is_refused_before_the_work(trained, network, capsys, monkeypatch):
    monkeypatch.setattr("sw.generation.generate.asked", None)
    Path("taken").touch()
    assert cli.main(["generate", "--from", str(trained), "--output", "taken/new.png"]) == 2
    assert capsys.readouterr().err == "bispike: taken: cannot write: found a file; allowed is a folder\n"


@pytest.mark.parametrize(("count", "told"), [(72, ""), (73, " (the first 72)")])
def test_a_sheet_that_shows_a_part_of_one_class_says_so(trained, network, capsys, count, told):
    cli.main(["generate", "--from", str(trained), "--count", str(count), "--class", "1", "--output", "one.png"])
    assert capsys.readouterr().out.splitlines()[-1].endswith(f"class: one.png{told}, one.npz")


def test_one_class_is_the_same_alone_by_name_and_by_number(trained, network):
    for name, options in {"all": [], "name": ["--class", "cow"], "number": ["--class", "1"]}.items():
        cli.main(["generate", "--from", str(trained), "--count", "5", "--output", f"{name}.png", *options])
    cli.main(["generate", "--from", str(trained), "--count", "5", "--output", "other.png", "--class", "1", "--seed", "1"])
    found = {name: np.load(f"{name}.npz")["recalled"] for name in ("all", "name", "number", "other")}
    assert np.array_equal(found["name"], found["number"])
    assert np.array_equal(found["all"][5:10], found["name"])
    assert not np.array_equal(found["other"], found["name"])


def test_the_way_between_two_samples_leads_from_one_code_to_the_other(trained, network, capsys):
    model, dataset = network
    assert cli.main(["generate", "--from", str(trained), "--between", "4", "80", "--count", "7"]) == 0
    with np.load(trained / "between.npz") as file:
        found = dict(file)
    x = np.concatenate([dataset.x_train, dataset.x_test])[np.argsort(dataset.places)]
    codes = model.train(x[[4, 80]], learn=False).code
    assert found["codes"][[0, -1]].tolist() == codes.tolist()
    assert np.array_equal(found["recalled"], model.draw(found["codes"]).recalled)
    assert found["samples"].tolist() == [4, 80] and len(found["codes"]) == 7
    assert "7 images from sample 4 to 80: " in capsys.readouterr().out
    assert (trained / "between.png").exists()


ON_CHIP = ["--count", "2", "--backend", "sim", "--simulator", "icarus", "--output", "chip.png"]


def test_the_chip_draws_what_golden_draws(trained, network, capsys):
    model, _ = network
    config = model.config
    assert cli.main(["generate", "--from", str(trained), "--class", "cow", *ON_CHIP]) == 0
    said = capsys.readouterr().out.splitlines()[-1]
    cli.main(["generate", "--from", str(trained), "--class", "cow", "--count", "2", "--output", "golden.png"])
    with np.load("chip.npz") as chip, np.load("golden.npz") as golden:
        assert chip.files == golden.files
        for name in chip.files:
            assert np.array_equal(chip[name], golden[name]), name
        assert chip["recalled"].any()
    # Of each image all that the chip says; W, Theta and the counts of samples once.
    values = 2 * sum(part.count for part in result_parts(config)) + sum(array.size for array in model.state().values())
    compared = int(re.search(r"chip\.npz; ([\d,]+) values compared, 0 mismatches$", said)[1].replace(",", ""))
    assert values <= compared < values + 10


@pytest.mark.long
def test_a_chip_that_draws_something_else_ends_with_1_and_nothing_is_written(
    trained, network, capsys, monkeypatch, tmp_path
):
    right = verilog.core_verilog
    monkeypatch.setattr(verilog, "core_verilog", lambda config, **how: right(config.replace(leak=1), **how))
    assert cli.main(["generate", "--from", str(trained), "--class", "cow", *ON_CHIP]) == 1
    error = capsys.readouterr().err
    assert re.match(r"bispike: mismatch at sample \d, layer \d.*: \w+ expected \d+, got \d+", error)
    assert error.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "options, said",
    [
        (["--class", "pig"], "--class: found 'pig'; allowed is one of cat, cow, dog"),
        (["--class", "3"], "--class: found '3'; allowed is one of cat, cow, dog"),
        (["--count", "0"], "--count: found 0; allowed is 1 to 10,000"),
        (["--between", "0", "1", "--count", "1"], "--count: found 1; allowed is 2 to 10,000"),
        (["--between", "0", "90"], "--between: found sample 90; allowed is 0 to 89, of animals"),
        (["--between", "0", "1", "--class", "cat"], "--class: found with --between; allowed is one of them"),
        (["--between", "0", "1", "--seed", "0"], "--seed: found with --between; allowed is one of them"),
        (["--seed", "-1"], "--seed: found -1; allowed is a whole number from 0 to 2147483647"),
        (
            ["--backend", "serial"],
            "--port: found none; with --backend serial it must be the board's, as /dev/ttyUSB0; there is",
        ),
        (["--backend", "serial", "--port", "/nowhere"], "/nowhere: cannot open it: No such file or directory; there is"),
        (["--port", "/nowhere"], "--port: found with --backend golden; allowed with --backend serial"),
        (["--simulator", "icarus"], "--simulator: found with --backend golden; allowed with --backend sim"),
        (["--backend", "sim", "--simulator", "modelsim"], "simulator: found 'modelsim'; allowed is"),
        (["--output", "sheet.jpg"], "--output: found sheet.jpg; allowed is a name that ends in .png"),
        (["--data", "digits"], "data digits: found 64 pixels a sample; allowed is 9"),
    ],
)
def test_what_is_wrong_is_named(trained, network, capsys, tmp_path, options, said):
    assert cli.main(["generate", "--from", str(trained), *options]) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith(f"bispike: {said}") and captured.err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_no_file_of_somebody_else_is_overwritten(trained, network, capsys, tmp_path):
    """FILE.npz is written beside FILE.png: it may be training data, the trained network, or anything else."""
    x, y = network[1].x_train, network[1].y_train
    np.savez("mine.npz", x=x, y=y)
    Path("other.npz").write_bytes(b"no arrays")
    sheet = trained / "weights.png"
    Path("own.npz").write_bytes((trained / "weights.npz").read_bytes())
    Path("generated.png").write_bytes(b"a picture")
    drawing, picture = ("which is no earlier " + kind + "; allowed is a new name" for kind in ("drawing", "picture"))
    for source, more, output, words in (
        (trained, ["--output", "mine.png"], "mine.npz", drawing),
        (trained, ["--output", "other.png"], "other.npz", drawing),
        (trained, ["--output", str(sheet)], trained / "weights.npz", drawing),
        ("own.npz", ["--output", "own.png"], "own.npz", drawing),
        ("own.npz", [], "generated.png", picture),
        (
            trained,
            ["--data", "mine.npz", "--output", "mine.png"],
            "mine.png",
            "and mine.npz is of the data mine.npz; allowed is another name",
        ),
    ):
        before = {path: path.read_bytes() for folder in (tmp_path, trained) for path in folder.iterdir()}
        assert cli.main(["generate", "--from", str(source), "--count", "1", *more]) == 2
        assert capsys.readouterr().err == f"bispike: --output: found {output}, {words}\n"
        assert {path: path.read_bytes() for folder in (tmp_path, trained) for path in folder.iterdir()} == before


def test_what_generate_wrote_is_written_anew(trained, network):
    for seed in ("0", "1"):
        again = ["generate", "--from", str(trained), "--count", "2", "--output", "sheet.png", "--seed", seed]
        assert cli.main(again) == 0
        found = np.load("sheet.npz")["codes"]
        if seed == "0":
            first = found
    assert not np.array_equal(found, first)


def test_a_network_that_names_samples_draws_nothing(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Checkpoint(NAMED["tiny"], {}, {"data": "digits", "split": 0}).save(tmp_path / "names.npz")
    assert cli.main(["generate", "--from", "names.npz"]) == 2
    allowed = "allowed is an auto-encoder: what this one remembers shows bispike recall"
    assert capsys.readouterr().err == f"bispike: names.npz: found a network of task recognition; {allowed}\n"
