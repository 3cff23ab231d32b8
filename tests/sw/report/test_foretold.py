"""The pictures of what is foretold: nothing is covered, cut off or in the way where there is but one value."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from sw.report.foretold.pictures import forecast
from sw.report.recalled.pictures import errors


@pytest.fixture
def drawn(monkeypatch) -> list[Figure]:
    """Figures as they are when they are saved."""
    figures, save = [], Figure.savefig

    def kept(figure, path, **how):
        figures.append(figure)
        save(figure, path, **how)

    monkeypatch.setattr(Figure, "savefig", kept)
    return figures


def test_the_legend_of_a_forecast_covers_no_curve(drawn, tmp_path):
    came = np.array([1.0, 9, 9, 9, 9])
    forecast(tmp_path / "f.png", 7, came, came + 0.5, "Foretold")
    above, below = drawn[0].axes
    assert above.get_legend().get_window_extent().y0 >= above.get_window_extent().y1
    assert [line.get_xdata().tolist() for line in above.get_lines()] == [[7, 8, 9, 10, 11]] * 2
    assert [bar.get_height() for bar in below.patches] == [0.5] * 5


def test_a_value_still_to_come_is_drawn_alone(drawn, tmp_path):
    forecast(tmp_path / "f.png", 3, np.array([np.nan]), np.array([2.0]), "Foretold")
    above, _ = drawn[0].axes
    assert (above.get_lines()[1].get_xydata() == [[3, 2]]).all()
    low, high = above.get_xlim()
    assert (low, high) == (2.5, 3.5)
    assert above.get_lines()[1].get_marker() != "None", "a line of one point is none"


def test_a_curve_that_rises_again_stays_within_its_axes(drawn, tmp_path):
    errors(tmp_path / "e.png", {"golden": [0.5, 0.01, 0.2]}, {"no change": 0.3}, "Learning")
    low, high = drawn[0].axes[0].get_ylim()
    assert low < 0.01 and high > 0.5
