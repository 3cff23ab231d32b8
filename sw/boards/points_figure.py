"""A picture of configurations on boards: LUTs against clocks, a colour a board, with what the boards have."""

from pathlib import Path


def draw(points: list, path: Path) -> None:
    """Writes the picture; hollow marks do not fit, lines join what was estimated with what was really found."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(9, 5.5), layout="constrained")
    boards = list({point.board.name: point.board for point in points}.values())
    for index, board in enumerate(boards):
        colour, capacity = f"C{index}", board.capacity["LUT"]
        axes.axhline(capacity, color=colour, linewidth=1, linestyle=":")
        axes.annotate(
            f"{board.name}: {capacity:,}",
            (0, capacity),
            (4, 3),
            ("axes fraction", "data"),
            "offset points",
            color=colour,
            fontsize=8,
        )
        for point in (point for point in points if point.board.name == board.name):
            clocks, luts = point.clocks.sample, point.resources["LUT"]
            axes.plot(clocks, luts, "o", color=colour, fillstyle="full" if point.fits else "none")
            label = "-".join(map(str, point.config.sizes)) + f", {point.engines}, {point.config.lanes} lanes"
            axes.annotate(label, (clocks, luts), (5, 3), textcoords="offset points", fontsize=7)
            if point.found:
                axes.plot([clocks, point.found.clocks.sample], [luts, point.found.resources["LUT"]], "-x", color=colour)
    axes.set(xscale="log", yscale="log", xlabel="clocks a learned sample", ylabel="LUTs of the core")
    axes.set_title("Estimated (filled: fits); x: really synthesised and simulated")
    axes.grid(alpha=0.3, which="both")
    figure.savefig(path, dpi=120)
    pyplot.close(figure)
