"""A network's state as arrays by name: what golden keeps of it, and the copies that the chip keeps beside it."""

import re

import numpy as np

STATE = re.compile(r"(W|Theta|h|flags|E|S|N|apical)\d+|samples|position")
"""Names of the regions that a network's state is made of, its copies on the chip included."""


def with_copies(state: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """A golden state and what the chip keeps beside it: N_l = sum of h_l^2, and apical_l, the copy of h_l below, l >= 1."""
    full = {name: np.asarray(value) for name, value in state.items() if STATE.fullmatch(name)}
    for name in [n for n in full if re.fullmatch(r"h\d+", n)]:
        layer = int(name[1:])
        full[f"N{layer}"] = (full[name].astype(np.int64) ** 2).sum(1)
        if layer:
            full[f"apical{layer}"] = full[name]
    return full


def without_copies(state: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The golden part of what `with_copies` gives."""
    return {name: value for name, value in state.items() if not re.fullmatch(r"(N|apical)\d+", name)}
