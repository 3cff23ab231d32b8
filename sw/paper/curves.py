"""The picture of what changes over training."""

import io

from sw.common.own import DRAWN
from sw.paper.table import Curves, mean


def png(curves: Curves) -> bytes:
    """Means over seeds, a colour a line, by epoch from 0; what stands beside each, dotted."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    from sw.report.pictures import BACKWARD, BASELINE, FORWARD, INK, MUTED, STYLE, finish

    colours = (FORWARD, "#66a9b5", "#862e9c", BACKWARD, "#f0a27e", INK)
    with rc_context(STYLE):
        picture = Figure(figsize=(7.6, 4.2), layout="constrained", dpi=160)
        axes = picture.add_subplot()
        for at, (name, courses) in enumerate(curves.lines.items()):
            colour = colours[at % len(colours)]
            axes.plot(range(len(courses[0])), mean(courses), color=colour, linewidth=1.8, label=name)
            if name in curves.beside:
                axes.plot(range(len(courses[0])), mean(curves.beside[name]), color=colour, linestyle=":", linewidth=1.2)
        if curves.level is not None:
            axes.axhline(curves.level, color=BASELINE, linewidth=1.4, linestyle=(0, (4, 2)))
            axes.text(0, curves.level, curves.asked, va="bottom", color=MUTED, fontsize=9)
        axes.set(xlabel="epoch", ylabel=curves.what)
        axes.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
        axes.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
        finish(axes, curves.title)
        written = io.BytesIO()
        picture.savefig(written, format="png", metadata=DRAWN)
    return written.getvalue()
