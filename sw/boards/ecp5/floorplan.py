"""Where the multipliers of an ECP5 go: those of a layer side by side, layer after layer, with room for the layer's logic.

nextpnr's `static` placer sees three rows of them, each as wide as the device, and spreads a layer's along them: its logic
follows, over the whole width. Given their places, the rest needs a sixth less wire (`digits`: 306,000 to 314,000 from three
seeds, before 365,000 to 413,000), and what it expects of the clock depends less on the seed. The places that are left over
lie between those of the layers with much logic for each multiplier, as wires crowd there: `image` had 2,900 to 3,100 wires
too many at best in the middle of its layer 1, with the left over ones at the device's end, and no way.
"""

import re
from collections import Counter
from collections.abc import Collection
from fractions import Fraction
from itertools import accumulate, chain, groupby

DEVICE = "--85k"
ROWS = (10, 34, 58)
COLUMNS = tuple(x for x in range(4, 115) if (x < 59 and x % 9 == 4) or (x >= 69 and x % 9 == 6))
"""Of an LFE5U-85F: its rows of multipliers, and the first column of each block of four."""
BLOCK = ((0, 0), (1, 1), (4, 4), (5, 5))
"""Of a block: columns from its first one, and nextpnr's number of the multiplier."""
LOGIC = {"LUT4": 1, "CCU2C": 2, "TRELLIS_DPR16X4": 4}
"""LUTs that a cell takes."""
LUTS_PER_PLACE = 180
"""So many places of the device do that there is one for so many LUTs: `digits` and `image` take all of it, a small core what
lies side by side."""
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


def layer_of(cell: str) -> int | None:
    """The number of the layer that a cell belongs to by its name, None: what is outside of them."""
    found = re.search(r"\.layer(\d+)\.", cell)
    return int(found[1]) if found else None


def order(cell: str) -> tuple:
    """Sorts cells by layer, by block, by number."""
    layer = layer_of(cell)
    parts = tuple((int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", cell))
    return (layer is None, layer, parts)


def spread(needs: list[int], weights: list[int], places: int) -> list[list[int]]:
    """Shares out places in a row.

    Args:
        needs: places that each takes, in all not more than there are. weights: by which all are shared, as far as needs
            let.

    Returns:
        For each, the numbers of its places, ascending and evenly within its share.
    """
    shares = [Fraction(need) for need in needs]
    # By weight, and whose weight is too small for its needs has these, and takes no part: until nobody's is.
    left, taking = places, set(range(len(needs)))
    while taking:
        part = Fraction(left, sum(weights[i] for i in taking) or 1)
        short = {i for i in taking if weights[i] * part < needs[i]}
        if not short:
            shares = [weights[i] * part if i in taking else share for i, share in enumerate(shares)]
            break
        taking, left = taking - short, left - sum(needs[i] for i in short)
    starts = accumulate(shares, initial=Fraction(0))
    return [
        [int(start + (2 * i + 1) * share / (2 * need)) for i in range(need)]
        for start, share, need in zip(starts, shares, needs, strict=False)
    ]


def floorplan(cells: dict[str, dict], device: Collection[str] = (DEVICE,)) -> dict[str, str]:
    """A place for each multiplier of a netlist's cells (yosys' JSON), by the cell's name.

    None where there are too many, or the place and route tool's options for the `device` name another one.
    """
    names = sorted((name for name, cell in cells.items() if cell["type"] == MULTIPLIER), key=order)
    places, logic = sites(), Counter()
    if DEVICE not in device or len(names) > len(places):
        return {}
    for name, cell in cells.items():
        logic[layer_of(name)] += LOGIC.get(cell["type"], 0)
    layers = {layer: list(group) for layer, group in groupby(names, layer_of)}
    wanted = max(len(names), logic.total() // LUTS_PER_PLACE)
    needs, weights = [len(group) for group in layers.values()], [logic[layer] for layer in layers]
    taken = spread(needs, weights, min(wanted, len(places)))
    return dict(zip(names, (places[place] for place in chain(*taken)), strict=True))
