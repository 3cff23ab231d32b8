"""A network's state as arrays by name: what golden keeps of it, and the copies that the chip keeps beside it."""

import re

import numpy as np

from golden.config import Config

STATE = re.compile(r"(W|Theta|m|h|E|S|N|samples(W|Theta)?)\d+|samples|position")
"""Names of the regions that a network's state is made of, its copies on the chip included."""


def with_copies(state: dict[str, np.ndarray], config: Config) -> dict[str, np.ndarray]:
    """A golden state and what the chip keeps beside it: N_l of the templates, the codes h_L, and every layer's samples in
    place of `samples`, where it has them; of an auto-encoder every network's samples at every layer.
    """
    full = {name: np.asarray(value) for name, value in state.items() if STATE.fullmatch(name)}
    if config.task == "autoencoder":
        samples = full.pop("samples", None)
        return full | {f"samples{name}": samples for name in list(full) if config.learn and samples is not None}
    for name in [n for n in full if re.fullmatch(r"m\d+|h0", n)]:
        full[f"N{int(name[1:])}"] = (full[name].astype(np.int64) ** 2).sum(1)
    samples = full.pop("samples", None)
    full[f"h{config.layers}"] = config.steps * np.eye(config.classes, dtype=np.int64)
    layers = range(config.lowest, config.layers + 1) if samples is not None else ()
    return full | {f"samples{layer}": samples for layer in layers}


def on_chip(state: dict[str, np.ndarray], config: Config) -> dict[str, np.ndarray]:
    """Of a golden state what the chip has: an inference-only core has few memories, that of recognition W alone."""
    full = with_copies(state, config)
    return full if config.has_backward else {name: value for name, value in full.items() if name[0] == "W"}


def without_copies(state: dict[str, np.ndarray], config: Config) -> dict[str, np.ndarray]:
    """The golden part of what `with_copies` gives."""
    own = {name: value for name, value in state.items() if not re.fullmatch(r"(N|samples|samples(W|Theta))\d+", name)}
    if config.task == "autoencoder":
        return own | {"samples": state["samplesW1"]} if config.learn else own
    own = {name: value for name, value in own.items() if name != f"h{config.layers}"}
    return own | {"samples": state["samples1"]} if config.learn else own
