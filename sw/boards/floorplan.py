"""Where the multipliers of an ECP5 go: those of a layer side by side, layer after layer.

nextpnr's `static` placer sees three rows of them, each as wide as the device, and spreads a layer's along them: its logic
follows, over the whole width. Given their places, the rest needs a sixth less wire (`digits`: 314,000 from either of two
seeds, before 365,000 to 413,000), and what it expects of the clock depends less on the seed.
"""

import re
from collections.abc import Collection

DEVICE = "--85k"
ROWS = (10, 34, 58)
COLUMNS = tuple(x for x in range(4, 115) if (x < 59 and x % 9 == 4) or (x >= 69 and x % 9 == 6))
"""Of an LFE5U-85F: its rows of multipliers, and the first column of each block of four."""
BLOCK = ((0, 0), (1, 1), (4, 4), (5, 5))
"""Of a block: columns from its first one, and nextpnr's number of the multiplier."""
STRIPS = 3
"""Parts of the device's width that are filled one after another, down its rows and up again."""
MULTIPLIER = "MULT18X18D"


def sites() -> list[str]:
    """nextpnr's names of all multipliers of the device, each near the one before it."""
    per_strip, found = -(-len(COLUMNS) // STRIPS), []
    for strip in range(STRIPS):
        columns = COLUMNS[per_strip * strip : per_strip * (strip + 1)]
        for row in ROWS if strip % 2 == 0 else ROWS[::-1]:
            found += [f"X{x + dx}/Y{row}/MULT18_{number}" for x in columns for dx, number in BLOCK]
    return found


def order(cell: str) -> tuple:
    """Sorts cells by layer, by block, by number."""
    layer = re.search(r"\.layer(\d+)\.", cell)
    parts = tuple((int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", cell))
    return (layer is None, int(layer[1]) if layer else 0, parts)


def floorplan(cells: dict[str, dict], device: Collection[str] = (DEVICE,)) -> dict[str, str]:
    """A place for each multiplier of a netlist's cells (yosys' JSON), by the cell's name.

    None where there are too many, or the place and route tool's options for the `device` name another one.
    """
    names = sorted((name for name, cell in cells.items() if cell["type"] == MULTIPLIER), key=order)
    places = sites()
    return dict(zip(names, places, strict=False)) if DEVICE in device and len(names) <= len(places) else {}
