"""Pictures on a terminal: shaded blocks, as many pictures side by side as fit."""

from collections.abc import Sequence

import numpy as np
from rich.console import Console

from sw.common.terminal import say

SHADES = " ░▒▓█"


def show_pictures(
    console: Console, pictures: np.ndarray, top: int, shape: tuple[int, int] | None, titles: Sequence[str] | None = None
) -> None:
    """Prints pictures (N, pixels) of 0..top.

    Args:
        shape: (height, width) of each; where None, each is one row.
        titles: above each; its number if None.
    """
    height, width = shape or (1, pictures.shape[1])
    columns = max(1, console.width // (2 * width + 3))
    titles = titles or [str(k) for k in range(len(pictures))]
    for start in range(0, len(pictures), columns):
        band = range(start, min(start + columns, len(pictures)))
        lines = ["   ".join(f"{titles[k][: 2 * width]:<{2 * width}}" for k in band)]
        for row in range(height):
            shades = (pictures[k].reshape(height, width)[row].astype(int) * (len(SHADES) - 1) // top for k in band)
            lines.append("   ".join("".join(2 * SHADES[shade] for shade in picture) for picture in shades))
        say(console, "\n".join(line.rstrip() for line in lines) + "\n")
