"""The planner: the fastest mapping that fits, or the smallest that is fast enough; what cannot be is named."""

from dataclasses import replace
from fractions import Fraction

import pytest
from rich.console import Console

from golden.config import Config
from sw.boards import plan
from sw.boards.catalogue import BOARDS
from sw.boards.points import Point
from sw.common.errors import CheckError
from sw.design.clocks import PredictedClocks

ULX3S = replace(BOARDS["ulx3s-85f"], megahertz=Fraction(40))
SMALL = replace(ULX3S, name="small board", capacity={"LUT": 9000, "BRAM": 30})
SHORT = replace(SMALL, capacity={"LUT": 9000, "BRAM": 10})
BASE = Config(name="small", sizes=(64, 32, 16, 4), lanes=4)


@pytest.fixture
def figures(monkeypatch):
    """Resources and clocks that go up and down with engines and lanes in place of syntheses and golden runs."""

    def predict(config, *_):
        clocks = 4000 / config.lanes / max(1, len(config.engines)) + 100
        return PredictedClocks(clocks, clocks * 0.9, 192, 50, "random", (0.0, 30.0, 60.0, 10.0), (0.0,) * 4)

    class Found:
        def __init__(self, config):
            self.resources = {"LUT": 3000.0 + 1000 * config.lanes * max(1, len(config.engines)), "BRAM": 20.0}

    monkeypatch.setattr(plan, "predict", predict)
    monkeypatch.setattr(plan, "estimate", lambda config, _family: Found(config))


def best(goal: plan.Goal, config: Config = BASE) -> Point:
    return goal.best([point for one in plan.mappings(config) for point in plan.search(one, goal)])


def test_layers_that_walk_most_have_an_engine_of_their_own_first(figures):
    engines = [config.engines for config in plan.mappings(BASE)]
    assert engines == [(), ((2,), (0, 1, 3)), ((2,), (1,), (0, 3)), ((2,), (1,), (3,), (0,))]
    own = BASE.replace(engines=((1, 2), (0, 3)))
    assert plan.mappings(own) == [own]


@pytest.mark.parametrize(
    ("goal", "engines", "lanes"),
    [
        (plan.Goal(ULX3S), 1, 64),  # 67,000 LUTs; more engines have 32 lanes at most, which is no faster
        (plan.Goal(ULX3S, 30.0), 1, 4),  # 1,100 clocks at 40 MHz
        (plan.Goal(ULX3S, 5.0), 3, 16),  # 183 clocks: 48 lanes in all, 51,000 LUTs
        (plan.Goal(SMALL), 1, 4),  # 7,000 LUTs of 8,100
        (plan.Goal(SMALL, 60.0), 1, 2),
    ],
    ids=lambda value: str(getattr(value, "microseconds", value)),
)
def test_the_fastest_that_fits_or_the_smallest_that_is_fast_enough(figures, goal, engines, lanes):
    every = [plan._point(one, count, goal.board) for one in plan.mappings(BASE) for count in plan.LANES]
    found, wanted = best(goal), goal.best(every)
    assert goal._cost(found) == goal._cost(wanted) and goal.good(found)
    assert (max(1, len(found.config.engines)), found.config.lanes) == (engines, lanes)


def test_what_cannot_be_is_named_with_the_nearest(figures):
    with pytest.raises(CheckError, match=r"ulx3s-85f: no mapping takes 2 us a sample; the fastest that fits takes 4"):
        best(plan.Goal(ULX3S, 2.0))
    with pytest.raises(CheckError, match=r"no mapping fits; the smallest, one engine, 1 lane, takes BRAM 20 of 10$"):
        best(plan.Goal(SHORT))


@pytest.mark.boards
def test_a_plan_is_shown_and_kept_and_its_file_is_a_configuration(tmp_path):
    console = Console(record=True, width=80)
    config = Config(name="small", sizes=(6, 4, 2), lanes=2)
    found = plan.run(config, plan.Goal(ULX3S, 3.0), tmp_path / "plan", 1, console)
    said = console.export_text()
    assert "the smallest with 3 us or less" in said and "fullest" in said
    assert Config.load(tmp_path / "plan" / "small.toml") == found.config
    assert (tmp_path / "plan" / "plan.png").stat().st_size > 10_000
    assert (tmp_path / "plan" / "plan.csv").read_text().count("\n") > 2
