"""What `bispike info` counts and estimates."""

from functools import cache

import pytest
from rich.console import Console

from golden.config import Config
from sw import cli
from sw.design import inventory

SMALL = Config(name="small", sizes=(9, 8, 5, 3), lanes=4, weight_bits=12)

COUNT = cache(inventory.count)


@pytest.fixture(autouse=True)
def counted_once(monkeypatch):
    """Elaborating a core takes seconds: whatever counts one here counts it once."""
    monkeypatch.setattr(inventory, "count", COUNT)


@pytest.mark.long
def test_weights_in_several_banks_are_shown_together():
    config = SMALL.replace(name="wide", sizes=(300, 16, 2), lanes=2)
    banks = [
        memory for memory in inventory.count(config)["engine0.neurons.synapses"].memories if memory.startswith("weights")
    ]
    assert banks == ["weights0", "weights1", "weights2"]
    console = Console(record=True, width=140)
    inventory.show(console, config, 0.5)
    assert f" {16 * 2 * (300 + 2) * config.weight_bits:,} " in console.export_text()


@pytest.mark.parametrize(
    "change, words",
    [
        ({"block": 192}, "in training, recall included, "),
        ({"block": 193}, "in training, no recall among them, "),
        ({"learn_theta": False}, "in training, no recall among them, "),
        ({"learn": False}, "predicted: "),
    ],
)
def test_a_recall_is_said_to_be_in_the_clocks_where_a_block_ends_within_them(change, words):
    config = Config(name="small", sizes=(6, 4, 2), lanes=2).replace(**change)
    console = Console(record=True, width=140)
    inventory._show_clocks(console, config, None)
    assert words in console.export_text()


@pytest.mark.parametrize("lanes", [4, 1])
def test_an_engine_is_counted_by_its_blocks(lanes):
    """Weights of all layers in one memory, words of a weight a lane; a multiplier a lane for updates, one for sums. One lane
    has few registers: what is read in several places must not be computed in each."""
    parts = inventory.count(SMALL.replace(lanes=lanes))
    groups = [-(-size // lanes) for size in SMALL.sizes]
    below = sum(groups[i] * SMALL.sizes[i - 1] for i in (1, 2, 3))
    above = sum(groups[i] * SMALL.sizes[i + 1] for i in (0, 1, 2))
    assert parts["engine0.neurons.synapses"].memories == {"weights": (below + above) * lanes * SMALL.weight_bits}
    words = SMALL.classes * sum(groups)
    vector = parts["engine0.learner.vector"].memories
    assert (vector["templates"], vector["sums"]) == (words * lanes * 6, words * lanes * 24)
    several = {name: sum(part.multipliers.values()) for name, part in parts.items() if part.multipliers}
    expected = {"neurons.synapses": lanes, "learner.vector": lanes, "learner.scalars": 1}
    assert several == {f"engine0.{name}": number for name, number in expected.items()}
    assert list(parts)[-1] == "core" and {"engine0.rows", "engine0.counters", "engine0.neurons.errors"} < set(parts)


@pytest.mark.long
def test_an_engine_without_learning_has_no_learner_and_no_multiplier():
    parts = inventory.count(SMALL.replace(learn=False))
    assert not [name for name in parts if "learner" in name]
    assert not any(part.multipliers for part in parts.values())


def test_the_command_shows_blocks_and_layers(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("COLUMNS", "140")
    (tmp_path / "small.toml").write_text(SMALL.to_toml())
    assert cli.main(["info", "--config", str(tmp_path / "small.toml")]) == 0
    shown = capsys.readouterr().out
    assert "small: 9 - 8 - 5 - 3, T = 4, 1 engine of 4 lanes" in shown
    assert "engine0.neurons.synapses" in shown and "layers work in turns on their engine" in shown
    assert "words walked a sample" in shown and "clocks a sample, predicted: " in shown
    assert "clocks are means over the first 192 samples learned from initial weights" in shown
    assert [f"layer {i}" in shown for i in range(5)] == [False, True, True, True, False]
    assert "bits of memory" in shown


def test_an_auto_encoder_is_counted_layer_0_among_those_that_walk(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("COLUMNS", "140")
    config = Config.from_dict({"task": "autoencoder", "name": "small", "sizes": [7, 5, 3], "lanes": 2, "weight_bits": 12})
    (tmp_path / "small.toml").write_text(config.to_toml())
    assert cli.main(["info", "--config", str(tmp_path / "small.toml")]) == 0
    shown = capsys.readouterr().out
    # W: 5 posts in 3 words of 2 lanes, of 7 rows, and 3 in 2 of 5; Theta: 7 in 4, of 5 rows, and 5 in 3 of 3.
    assert f"engine0.neurons.synapses {(3 * 7 + 2 * 5 + 4 * 5 + 3 * 3) * 2 * 12:,} " in " ".join(shown.split()).replace(
        "  ", " "
    )
    assert "engine0.differences" in shown and "2 of 18 x 7" in shown
    assert [f"layer {i}" in shown for i in range(4)] == [True, True, True, False]
    assert "recall" not in shown and "a whole training takes fewer" not in shown


def test_a_density_that_is_none_is_refused(capsys):
    assert cli.main(["info", "--density", "1.5"]) == 2
    assert capsys.readouterr().err == "bispike: --density: found 1.5; allowed is 0 to 1\n"
