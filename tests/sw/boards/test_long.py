"""Builds and simulations that take long: what `bispike bench --boards` measures, and the estimate against it."""

from pathlib import Path

import pytest

from golden.config import Config
from sw.boards import baselines
from sw.boards.estimate import estimate
from sw.boards.explore import find_out
from sw.boards.tools import Folder
from sw.design.clocks import predict
from sw.figures import board_figures

pytestmark = [pytest.mark.long, pytest.mark.boards, pytest.mark.timeout(7200)]


@pytest.mark.parametrize("name", ["digits", "image", "icebreaker"])
def test_a_board_reaches_its_clock(name, tmp_path):
    function, arguments = board_figures.tasks(tmp_path)[name]
    result = function(*arguments)
    assert not isinstance(result, str), result
    assert result.meets_timing, result.placed.describe()
    assert any((tmp_path / name / file).exists() for file in ("top.bit", "top.bin"))


@pytest.mark.parametrize(("name", "family"), [("tiny", "ecp5"), ("digits", "ecp5"), ("micro", "ice40")])
def test_a_netlist_says_what_golden_says(name, family, tmp_path):
    proof = board_figures.proven(Config.load(name), tmp_path, family)
    assert not proof.mismatch and proof.values > 5000


@pytest.mark.parametrize("name", ["tiny-ecp5", "digits-ulx3s"])
def test_no_block_grew_past_its_baseline(name, tmp_path):
    assert baselines.grown(baselines.measured(Folder(Path(tmp_path)), name), baselines.load(name)) == []


@pytest.mark.parametrize("family", ["ecp5", "xilinx"])
def test_the_estimate_is_near_what_synthesis_finds(family):
    config = Config.load("tiny")
    guess, real = estimate(config, family).resources, find_out(config, family)
    assert 0.75 < guess["LUT"] / real.resources["LUT"] < 1.25
    assert 0.9 < predict(config).training / real.clocks.training < 1.1
