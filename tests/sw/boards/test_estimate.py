"""What does not fit a board is named, with what to build in its place."""

import dataclasses

import pytest

from golden.config import Config
from sw.boards import baselines
from sw.boards.catalogue import BOARDS
from sw.boards.estimate import check_fits, estimate
from sw.common.errors import CheckError
from tests.marks import long

pytestmark = pytest.mark.boards  # yosys counts the operations


def test_what_does_not_fit_is_named_with_the_nearest_that_should():
    config = Config(name="small", sizes=(16, 16, 2), lanes=4)
    with pytest.raises(CheckError, match=r"icebreaker: small does not fit: LUT 9,000 of 5,280, BRAM 40 of 30; "):
        check_fits(BOARDS["icebreaker"], config, {"LUT": 9000, "BRAM": 40, "DSP": 8})
    check_fits(BOARDS["icebreaker"], Config.load("tiny"), {"LUT": 5280, "BRAM": 30, "DSP": 8})


def test_what_is_short_of_memory_only_does_with_weights_of_fewer_bits():
    board = dataclasses.replace(BOARDS["ulx3s-85f"], capacity={"LUT": 9000, "BRAM": 36})
    config = Config(name="short", sizes=(200, 64, 4), lanes=4)
    with pytest.raises(CheckError, match=r"BRAM 39 of 36; .*sizes = \[200, 64, 4\], lanes = 4, weight_bits = 1[0-4]$"):
        check_fits(board, config, {"LUT": 9000, "BRAM": 39})


@pytest.mark.parametrize("name", ["small-ecp5", long("tiny-ecp5")])
def test_the_estimate_is_within_15_percent_of_kept_syntheses(name):
    guess, real = estimate(*baselines.CORES[name]).resources["LUT"], baselines.load(name)[""]["LUT"]
    assert guess / real == pytest.approx(1, abs=0.15)


@pytest.mark.parametrize("name", [name for name, board in BOARDS.items() if board.capacity])
def test_what_a_board_builds_where_nothing_is_named_should_fit(name):
    board = BOARDS[name]
    assert board.shortage(estimate(board.own_config(), board.family).resources) == ""
