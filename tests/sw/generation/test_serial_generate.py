"""`bispike generate --backend serial`: a board draws what golden draws, and what goes wrong is one line."""

import re
from dataclasses import replace

import numpy as np
import pytest

from rtl.interface.results import result_parts
from sw import cli
from tests.sw.driver.model_board import ModelBoard
from tests.sw.driver.transports import board as simulated


def generate(trained, *options):
    return cli.main(["generate", "--from", str(trained), *options])


def at(port):
    return ["--backend", "serial", "--port", port, "--output", "board.png"]


def on(board):
    return at(board.port)


def values(said):
    """That the last line says were compared."""
    return int(re.search(r"board\.npz; ([\d,]+) values compared, 0 mismatches$", said.splitlines()[-1])[1].replace(",", ""))


def after(board, images, change):
    """Lets a board draw so many images as it should; what it says of each later one is what `change(model, said)` gives."""
    model, left = board.chip.model, [images]
    draw = model.draw

    def drawn(code):
        left[0] -= 1
        return draw(code) if left[0] >= 0 else change(model, draw(code))

    model.draw = drawn


@pytest.mark.parametrize("options, images", [(["--class", "cow", "--count", "20"], 20), (["--between", "4", "80"], 10)])
def test_a_board_draws_what_golden_draws(trained, network, capsys, options, images):
    """More than are compared at once, too."""
    model, _ = network
    assert generate(trained, *options, *on(ModelBoard(model.config))) == 0
    said = capsys.readouterr().out
    assert generate(trained, *options, "--output", "golden.png") == 0
    assert "compared" not in capsys.readouterr().out
    with np.load("board.npz") as board, np.load("golden.npz") as golden:
        assert board.files == golden.files and len(board["recalled"]) == images
        for name in board.files:
            assert np.array_equal(board[name], golden[name]), name
        assert board["recalled"].any()
    # Of each image all that the chip says; W, Theta and the count of samples once.
    each, memories = sum(part.count for part in result_parts(model.config)), model.state().values()
    assert values(said) == images * each + sum(array.size for array in memories)


@pytest.mark.long
def test_the_core_at_the_end_of_a_serial_line_draws_what_golden_draws(trained, network, capsys, tmp_path):
    with simulated(network[0].config, tmp_path) as port:
        assert generate(trained, "--class", "cow", "--count", "2", *at(port)) == 0
    assert values(capsys.readouterr().out)


def test_a_board_that_only_infers_draws_too(trained, network, capsys):
    model, _ = network
    assert generate(trained, "--count", "1", *on(ModelBoard(model.config.replace(learn=False)))) == 0
    each, state = sum(part.count for part in result_parts(model.config)), model.state()
    assert values(capsys.readouterr().out) == 3 * each + sum(state[name].size for name in state if name != "samples")


def test_a_wrong_pixel_is_a_mismatch_and_nothing_is_written(trained, network, capsys, tmp_path):
    board = ModelBoard(network[0].config)
    after(board, 17, lambda model, said: replace(said, recalled=(said.recalled + 1) % 9))
    assert generate(trained, "--class", "cow", "--count", "20", *on(board)) == 1
    error = capsys.readouterr().err
    assert re.match(r"bispike: mismatch at sample 17, layer 0, neuron 0: recalled expected (\d), got (?!\1)\d ", error)
    assert error.count("\n") == 1 and not list(tmp_path.iterdir())


def test_a_weight_that_is_another_one_afterwards_is_a_mismatch(trained, network, capsys, tmp_path):
    def change(model, said):
        model.W[1][0, 0] += 1  # that no image comes from
        return said

    board = ModelBoard(network[0].config)
    after(board, 1, change)
    assert generate(trained, "--class", "cow", "--count", "2", *on(board)) == 1
    error = capsys.readouterr().err
    assert re.match(r"bispike: mismatch at layer 1, pre 0, post 0: W1 expected (-?\d+), got (?!\1 )-?\d+ ", error)
    assert error.count("\n") == 1 and not list(tmp_path.iterdir())


def test_a_line_that_goes_dead_is_named(trained, network, capsys, tmp_path):
    def unplug(model, said):
        board.unplug()
        return said

    board = ModelBoard(network[0].config)
    after(board, 5, unplug)
    assert generate(trained, *on(board)) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"bispike: {board.port}: ") and error.endswith("; the chip keeps what it has learned\n")
    assert error.count("\n") == 1 and not list(tmp_path.iterdir())


@pytest.mark.parametrize("changes", [{"sizes": (9, 11, 6)}, {"task": "recognition", "sizes": (9, 12, 3)}])
def test_a_board_with_another_network_is_refused_at_once(trained, network, capsys, tmp_path, monkeypatch, changes):
    """Before the codes of all training samples are computed, which takes minutes where they are many."""
    monkeypatch.setattr("sw.generation.generate._Network.codes", None)
    assert generate(trained, *on(ModelBoard(network[0].config.replace(**changes)))) == 2
    error = capsys.readouterr().err
    assert error.startswith("bispike: chip: found a core with fingerprint ") and error.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_port_where_nobody_is_is_refused(trained, network, capsys, tmp_path):
    assert generate(trained, "--backend", "serial", "--port", "nowhere") == 2
    assert capsys.readouterr().err == "bispike: nowhere: cannot open it: No such file or directory\n"
    assert not list(tmp_path.iterdir())
