"""Clocks a sample from what the golden model counts: which layer walks how many rows, on real samples."""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from golden.config import Config
from sw.design.clocks import samples
from sw.design.inventory import recall_words

PASS, VERDICT = 8, 80
"""What a sample takes beyond its rows in inference, and what the verdicts that are waited for add in training
(docs/hardware.md): 63 to 117 in `tiny`, `digits`, `image` and 64-32-10 at 4 lanes."""

NEURON, TEACHING = 30, 7
"""Folded: clocks of a neuron beside its rows, and clocks of a neuron and concept in a learned sample (fitted to `micro`)."""


@dataclass(frozen=True)
class Activity:
    """Means over samples: clocks of a learned sample, None for an inference-only core, and of another one."""

    training: float | None
    inference: float


@cache
def activity(config: Config) -> Activity:
    """Golden learns and infers the samples that `sw.design.clocks.measure` simulates; the busiest layer sets the pace."""
    from golden.integer import IntegerModel

    if config.folded:
        return _folded(config)
    dataset, model = samples(config), IntegerModel(config)
    training = None
    if config.learn:
        rows = model.train(dataset.x_train, dataset.y_train).counters[:, :, 0].mean(0)
        recall = sum(recall_words(config, layer) for layer in range(config.layers))
        training = _pace(config, rows.tolist()) + VERDICT + recall
    rows = model.train(dataset.x_test, dataset.y_test, learn=False).counters[:, :, 0].mean(0)
    return Activity(training, _pace(config, rows.tolist()))


def _folded(config: Config) -> Activity:
    """The folded engine walks every row, silent or not; teaching looks at each neuron once a concept (docs/hardware.md)."""
    sizes = config.sizes
    perceiving = sum(posts * (pres + NEURON) for pres, posts in pairwise(sizes))
    return Activity(perceiving + TEACHING * config.classes * sum(sizes) if config.learn else None, perceiving)


def _pace(config: Config, rows: list[float]) -> float:
    return max(rows) + PASS
