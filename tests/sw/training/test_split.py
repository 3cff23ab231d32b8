"""`--split N`: the N-th draw of data is learned, kept with the network, and tested by all that ask the network later."""

from pathlib import Path

import numpy as np
import pytest

from cosim.checkpoint import Checkpoint
from sw import cli, data
from sw.proof import verify
from sw.report import report, samples
from sw.training import recall

pytestmark = pytest.mark.usefixtures("unpainted")
OTHER = 3
"""Its test part is none of those of splits 0 to 2."""


@pytest.fixture
def run(small, tmp_path):
    """A run folder with a network that learned split 3 of stripes.npz, by command."""
    assert cli.main([*small, "--epochs", "1", "--split", str(OTHER)]) == 0
    return str(tmp_path / "runs" / "small")


def part(split: int) -> data.Dataset:
    return data.load("stripes.npz", split)


def drawn(split: int) -> list[int]:
    """Where its test samples stand in the file."""
    dataset = part(split)
    return dataset.places[len(dataset.x_train) :].tolist()


def test_training_learns_the_split_asked_for_and_keeps_its_number(small, run, tmp_path):
    assert Checkpoint.load(run).about["split"] == OTHER
    assert len({tuple(drawn(split)) for split in range(OTHER + 1)}) == OTHER + 1
    dataset = part(OTHER)
    np.savez("apart.npz", x=dataset.x_train, y=dataset.y_train, x_test=dataset.x_test, y_test=dataset.y_test)
    assert cli.main([*small[:3], "--data", "apart.npz", "--epochs", "1", "--run", "runs/apart"]) == 0
    for name, array in Checkpoint.load("runs/apart").state.items():
        np.testing.assert_array_equal(Checkpoint.load(run).state[name], array, name)


@pytest.mark.parametrize("more", [(), ("--split", str(OTHER))])
def test_predict_names_the_test_part_of_the_networks_own_split_alone(run, more):
    assert cli.main(["predict", "--from", run, *more, "--output", "named.csv"]) == 0
    rows = [line.split(",") for line in Path("named.csv").read_text().splitlines()[1:]]
    assert [int(row[0]) for row in rows] == drawn(OTHER)
    assert [int(row[1]) for row in rows] == part(OTHER).y_test.tolist()
    assert cli.main(["predict", "--from", run, "--split", "2"]) == 2


def test_recall_is_drawn_beside_the_means_of_what_was_learned(run, monkeypatch):
    shown = []
    monkeypatch.setattr(recall.report, "draw_recall", lambda path, recalled, means, *more: shown.append(means))
    assert cli.main(["recall", "--from", run, "--output", "memory.png"]) == 0
    expected, others = (report.class_means(part(split), 2) for split in (OTHER, 0))
    np.testing.assert_array_equal(shown[0], expected)
    assert not np.array_equal(expected, others)


def test_verify_goes_on_with_the_samples_that_were_learned(run, monkeypatch):
    given = []
    monkeypatch.setattr(verify, "_compare", lambda begin, dataset, *more: given.append(dataset) or 1)
    assert cli.main(["verify", "--from", run, "--samples", "5", "--one-shape"]) == 0
    assert given[0].places.tolist() == part(OTHER).places.tolist()


def test_a_run_goes_on_with_its_own_split(run, monkeypatch):
    loaded, load = [], data.load
    monkeypatch.setattr(data, "load", lambda source, split=0, *more: loaded.append(split) or load(source, split, *more))
    assert cli.main(["train", "--resume", "--run", run]) == 0
    assert loaded == [OTHER]


def test_data_shows_the_split_asked_for(small, monkeypatch):
    shown = []
    monkeypatch.setattr(samples, "describe", lambda console, dataset, split, *more: shown.append((dataset, split)))
    assert cli.main(["data", "stripes.npz", "--split", str(OTHER)]) == 0
    assert (shown[0][0].places.tolist(), shown[0][1]) == (part(OTHER).places.tolist(), OTHER)
