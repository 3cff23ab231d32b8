"""The picture of what changes over training: its lines are means over seeds."""

from matplotlib.axes import Axes

from sw.paper.curves import png
from sw.paper.table import Curves

CURVES = Curves("name", "title", "share", {"a": [[0, 1, 2], [2, 1, 4]], "b": [[5, 5]]}, {"a": [[1, 1, 1], [3, 3, 3]]}, 0.9)


def test_it_draws_means_over_seeds_and_dots_what_stands_beside(monkeypatch):
    drawn, across = [], []
    plot, line = Axes.plot, Axes.axhline

    def plotted(self, x, y, **look):
        drawn.append((list(x), list(y), look.get("linestyle")))
        return plot(self, x, y, **look)

    monkeypatch.setattr(Axes, "plot", plotted)
    monkeypatch.setattr(Axes, "axhline", lambda self, y, **look: (across.append(y), line(self, y, **look)))
    assert png(CURVES).startswith(b"\x89PNG")
    assert drawn == [([0, 1, 2], [1, 1, 3], None), ([0, 1, 2], [2, 2, 2], ":"), ([0, 1], [5, 5], None)]
    assert across == [0.9]
