"""C1 to C5 of the integer models that name and that foretell: on a small core, by the rule as it is in this process.

docs/criteria.md says what each check looks at. A core is made anew for each; none needs data.
"""

import itertools
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from golden.config import Config
from golden.criteria.asymmetry import copies
from golden.criteria.check import Verdict, verdict
from golden.criteria.cores import RECOGNITION, new, samples, weights
from golden.criteria.integer_signal import unsigned
from golden.criteria.integer_spikes import spikes_only
from golden.integer import IntegerModel

TAUGHT = ("d", "C", "a", "q", "qr", "e", "g", "X", "G", "after_W", "after_Theta", "after_E", "after_S")
"""What a layer's learning gives, by the contract's names."""


def check(config: Config = RECOGNITION) -> list[Verdict]:
    """All five, of a core of this configuration: small, of four layers, blocks of three samples, with layer 0."""
    codings = ("direct", "rate") if config.task == "recognition" else ("direct",)
    crossing = itertools.chain(*(spikes_only(config.replace(coding=coding)) for coding in codings))
    return [
        verdict("C1", asymmetric(config), "W and Theta are apart; what is recalled knows no W"),
        verdict("C2", local(config), "each layer learns the same whatever all others remember"),
        verdict("C3", at_once(config), "the layers learn in any order, from what was recalled before the sample came"),
        verdict("C4", crossing, "each layer is what spikes, its own memories and the label make it"),
        verdict("C5", unsigned(config), "a distance to the own concept teaches, and no difference to it"),
    ]


def asymmetric(config: Config) -> Iterator[str]:
    """C1: what breaks it. W and Theta share no memory, and none is another's copy or transpose, before learning and after;
    Theta stays where it is not to learn, and W learns all the same; what is recalled is the same when W is another.
    """
    x, y = samples(config, 30)
    model, fixed = new(config), new(config.replace(learn_theta=False))
    yield from copies(weights(model))
    before = fixed.state()
    model.train(x, y)
    fixed.train(x, y)
    state, after = model.state(), fixed.state()
    yield from copies(weights(model))
    for i in range(config.layers):
        if not np.array_equal(after[f"Theta{i}"], before[f"Theta{i}"]):
            yield f"Theta{i} changes where only W is to learn"
        if np.array_equal(after[f"W{i + 1}"], before[f"W{i + 1}"]):
            yield f"W{i + 1} does not learn where Theta stays"
    recalled = []
    for seed in (1, 2):
        model.load(state | {name: array for name, array in new(config, seed).state().items() if name.startswith("W")})
        model.recall()
        recalled.append(model.state())
    for name in recalled[0]:
        if name.startswith(("h", "m")) and not np.array_equal(recalled[0][name], recalled[1][name]):
            yield f"{name}, which Theta recalls, is another with another W"


def local(config: Config) -> Iterator[str]:
    """C2: what breaks it. A layer learns the same, W of a sample and Theta at a block's end, when all that other layers
    remember is drawn anew: all but W below it, through which its spikes come, and the recalled counts above it.
    """
    (x, y), learned, drawn = samples(config, 9), set(), new(config, 2).state()
    random = np.random.default_rng(0)
    drawn |= {name: random.integers(0, config.steps + 1, drawn[name].shape) for name in drawn if name[0] == "h"}
    drawn |= {name: random.integers(-31, 32, drawn[name].shape) for name in drawn if name[0] == "m"}
    lateral = torch.from_numpy(random.integers(0, config.steps + 1, config.sizes[1]))
    model = new(config, 1)
    model.train(x[:6], y[:6])
    for count in (7, 8):  # the sample behind 8 ends a block
        model.train(x[count - 1 : count], y[count - 1 : count])
        state = model.state()
        for layer in range(config.layers + 1):
            own = [f"{name}{layer}" for name in ("Theta", "h", "m", "E", "S")] + [f"W{i}" for i in range(1, layer + 1)]
            own = [name for name in (*own, f"h{layer + 1}", "samples", "position") if name in state]
            changed = drawn | {name: state[name] for name in own}
            first, other = (after(model, one, lateral, x[count], y[count]) for one in (state, changed))
            for key in (f"{name}{layer}" for name in TAUGHT):
                if key in first and not np.array_equal(first[key], other[key]):
                    yield f"{key} is another when other layers remember something else"
            learned |= {name for name in own if not np.array_equal(first[f"after_{name}"], state[name])}
        model.load(state)
    for name in weights(model):
        if name not in learned:
            yield f"{name} does not learn"


def after(model: IntegerModel, state: dict, lateral: Tensor, x: np.ndarray, y: int) -> dict[str, np.ndarray]:
    """The trace of a sample, from this state and, of a recurrent core, these last counts of layer 1."""
    model.load(state)
    if model.config.recurrent:
        model.memories.lateral.copy_(lateral)
    return model.trace(x, y)


def at_once(config: Config) -> Iterator[str]:
    """C3: what breaks it. The layers learn the same in any order; what teaches a sample was recalled before it came."""
    pixels, labels = (torch.from_numpy(array) for array in samples(config, 4, seed=4))
    states = []
    for order in itertools.permutations(range(config.layers + 1)):
        model = new(config, 2)
        untaught = model.state()
        for x, label in zip(pixels.to(torch.int32), labels, strict=True):
            templates = [template.clone() for template in model.memories.m]
            trace = model.rule.observe(model.memories, x)
            model.memories.next.gain.fill_(16)
            model.memories.next.bases.fill_(9)
            for layer in order:
                model.rule.teach_layer(layer, model.memories, label, trace)
            for layer, template in enumerate(templates):
                if not torch.equal(trace[f"m{layer}"], template):
                    yield f"layer {layer} is taught by what was recalled after its sample had come"
        states.append(model.state())
    for name in untaught:
        if name[0] in "WE" and np.array_equal(states[0][name], untaught[name]):
            yield f"{name} does not learn"
        if any(not np.array_equal(state[name], states[0][name]) for state in states[1:]):
            yield f"{name} depends on the order in which the layers learn"
