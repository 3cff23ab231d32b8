"""C5 of the integer models that name and that foretell: what teaches a layer is a distance, never a signed difference.

Looked at are layers 0, 1 and L of one core: all neurons open, four concepts, templates and counts drawn at random.
"""

from collections.abc import Iterator

import numpy as np
import torch

from golden.config import Config
from golden.criteria.cores import new
from golden.integer import IntegerModel

SIZES = (240, 60, 4)
"""Layer 0 is so large that its b1 does not saturate."""
ROUNDS = 20
SAME = 0.99
"""Cosine from which on two directions are one; they are rounded."""


def unsigned(config: Config) -> Iterator[str]:
    """C5: what breaks it. A sample that agrees with its concept teaches a layer nothing, neither W nor Theta; how many
    spikes a sample has turns no error around; which number a label is does not matter.
    """
    model = new(Config(sizes=SIZES, lanes=4, task=config.task, neighbours=0))
    random = np.random.default_rng(0)
    for _ in range(ROUNDS):
        label, order = int(random.integers(4)), random.permutation(4)
        for layer, n in enumerate(SIZES):
            r, m = drawn(layer, label, model, random)
            signal = taught(model, layer, r, m, label)
            a = signal.pop("a")
            if not (a[label] > 0 and np.delete(a, label).max() <= 0 and all(part.any() for part in signal.values())):
                yield f"layer {layer}: the own concept does not pull, or another one does"
            # A label is a choice among concepts: with these in another order it is another number, and teaches the same.
            # In layer L, where neurons are concepts, they change places, too.
            place = order if layer == model.config.layers else np.arange(n)
            other = taught(model, layer, r[place], m[order][:, place], int(np.flatnonzero(order == label)[0]))
            for name, part in signal.items():
                if not np.array_equal(other[name], part[order][:, place] if name == "X" else part[place]):
                    yield f"layer {layer}: {name} depends on which number the label is"
            # Too many spikes or too few of a right pattern are no error, and how many there are turns none around.
            twice = taught(model, layer, 2 * r, m, label)
            for name, part in signal.items():
                if not (twice[name] * part).sum() > SAME * np.linalg.norm(twice[name]) * np.linalg.norm(part):
                    yield f"layer {layer}: {name} turns around with the number of spikes: it is a difference"
            # A template that points where the sample does, at any length: the sample teaches nothing.
            own = (m[label] > 0) * (1 + (r > 0))
            apart = np.where(own > 0, 0, m)
            apart[label] = longest = own * (model.config.steps // own.max())
            for agrees in (own, longest):
                if any(part.any() for part in taught(model, layer, agrees, apart, label).values()):
                    yield f"layer {layer}: a sample that agrees with its concept teaches something"


def drawn(layer: int, label: int, model: IntegerModel, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Counts r (n,) of a sample, 0..2, which is not its concept's, and templates m (K, n); in layer L they are the codes."""
    config, n = model.config, model.config.sizes[layer]
    r = random.integers(0, 3, n)
    if layer == config.layers:
        r[(label + 1) % n] = 2
        return r, model.memories.m[layer].numpy()
    if layer:
        return r, random.integers(-15, 16, (config.classes, n))
    return r, random.integers(0, config.steps + 1, (config.classes, n)) * (random.random((config.classes, n)) < 0.3)


def taught(model: IntegerModel, layer: int, r: np.ndarray, m: np.ndarray, label: int) -> dict[str, np.ndarray]:
    """Coefficients a (K,), and what they make of a layer's counts r (n,) and templates m (K, n): above layer 0 e and g (n,),
    which W learns from, below layer L X (K, n), which Theta does.
    """
    memories, top = model.memories, model.config.layers
    trace = {f"r{layer}": torch.from_numpy(r.astype(np.int32)), "rl": torch.zeros(0, dtype=torch.int32)}
    if layer:
        trace[f"r{layer - 1}"] = torch.ones(SIZES[layer - 1], dtype=torch.int32)
        trace[f"V{layer}"] = torch.full((SIZES[layer],), 100, dtype=torch.int32)
    memories.m[layer].copy_(torch.from_numpy(m))
    if layer < top:
        memories.E[layer].zero_()
        memories.S[layer].zero_()
    model.rule.teach_layer(layer, memories, torch.tensor(label), trace)
    found = {name: trace[f"{name}{layer}"].numpy() for name in "aeg" if f"{name}{layer}" in trace}
    if layer < top:
        found["X"] = (memories.E[layer] - memories.S[layer][:, None] * memories.m[layer]).numpy()
    return found
