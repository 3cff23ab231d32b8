"""`micro` on the iCEBreaker: a bitstream by open tools, within its baseline, and nothing done twice."""

import json
import time
from fractions import Fraction

import pytest
from rich.console import Console

from golden.config import Config
from sw.boards import build as builder
from sw.boards.baselines import grown, load
from sw.boards.catalogue import BOARDS
from sw.design.clocks import MeasuredClocks

pytestmark = pytest.mark.boards
SEED = 3
"""One that reaches the clock, as each takes half a minute."""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder and what was printed; the simulation is other tests' work."""
    folder, console = tmp_path_factory.mktemp("icebreaker"), Console(record=True, width=120)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(builder, "measure", lambda *a: MeasuredClocks(5000.0, 2000.0, 192, 50, "digits", 1, 0.5))
        result = build(folder, console)
    return folder, result, console.export_text()


def build(folder, console):
    board = BOARDS["icebreaker"]
    return builder.build(board, Config.load("micro"), Fraction(21), 1_000_000, folder, SEED, console)


@pytest.mark.timeout(900)
def test_it_fits_and_meets_its_clock(built):
    folder, result, said = built
    assert result.placed.megahertz >= result.megahertz == 21 and result.used("LUT") <= 5280
    assert (folder / "top.bin").stat().st_size > 50_000
    kept = json.loads((folder / "build.json").read_text())
    assert kept["meets_timing"] and kept["resources"]["SPRAM"] >= 1
    assert "5 of 5  pack the bitstream" in said and "Fmax" in said
    assert [step["place"] for step in kept["placed"]["path"]]


def test_no_block_grew_past_its_baseline(built):
    assert grown(built[1].netlist, load("micro-icebreaker")) == []


def written(folder):
    """When each seed's placement and the bitstream were: a clock may be missed from the first seeds."""
    return {path.name: path.stat().st_mtime_ns for path in [*folder.glob("place*"), folder / "top.bin"]}


def test_what_is_built_is_not_built_again(built, monkeypatch):
    monkeypatch.setattr(builder, "measure", lambda *a: MeasuredClocks(5000.0, 2000.0, 192, 50, "digits", 1, 0.5))
    began, before = time.monotonic(), written(built[0])
    again = build(built[0], Console(record=True, width=120))
    assert written(built[0]) == before and f"place{again.placed.seed}.asc" in before
    assert again.placed == built[1].placed and time.monotonic() - began < sum(built[1].seconds.values())
