"""What is foretold beside what came."""

from pathlib import Path

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

from sw.common.own import DRAWN
from sw.report.pictures import BACKWARD, FORWARD, MUTED, STYLE, finish


def forecast(path: Path, first: int, came: np.ndarray, foretold: np.ndarray, title: str, unit: str = "") -> None:
    """Values that came (N,) and those foretold a moment before (N,); below, by how much they were missed.

    Args:
        first: the number of the first one in its series. A last value foretold may be NaN in `came`: it is still to come.
    """
    with rc_context(STYLE):
        figure = Figure(figsize=(10.4, 5), layout="constrained", dpi=160)
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
        moments = first + np.arange(len(came))
        alone = {"marker": "o"} if len(came) < 3 else {}  # a line of one point is none, and one may be still to come
        above.plot(moments, came, color=MUTED, linewidth=3.2, alpha=0.55, label="came", **alone)
        above.plot(moments, foretold, color=FORWARD, linewidth=1.2, label="foretold a moment before", **alone)
        beside_title = {"loc": "lower right", "bbox_to_anchor": (1, 1), "borderaxespad": 0.2}  # where no curve is
        above.legend(frameon=False, ncols=2, labelcolor="linecolor", **beside_title)
        below.bar(moments, foretold - came, color=BACKWARD, width=0.9)
        below.axhline(0, color=MUTED, linewidth=0.8)
        above.set_ylabel(unit)
        below.set(xlabel="moment of the series", ylabel="error", xlim=(moments[0] - 0.5, moments[-1] + 0.5))
        for axes, text in ((above, title), (below, "")):
            finish(axes, text)
        figure.savefig(path, format="png", metadata=DRAWN)
