"""C1 to C5 of the integer auto-encoder, on a small one. It keeps C1, C2 and C4 (docs/criteria.md)."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from golden.autoencoder import Autoencoder
from golden.config import Config
from golden.config_tasks import AUTOENCODER
from golden.criteria.asymmetry import copies
from golden.criteria.check import Verdict, verdict
from golden.neuron import soma

SMALL = Config(sizes=(37, 19, 7), lanes=4, threshold=24, **AUTOENCODER)
"""A threshold at which so few neurons spike enough."""


def check(config: Config = SMALL) -> list[Verdict]:
    """All five."""
    return [
        verdict("C1", asymmetric(config), "W and Theta are apart; what is recalled of a code knows no W"),
        verdict("C2", local(config), "each layer learns the same whatever all others are and do"),
        verdict("C3", at_once(config), "no layer sees a sample twice"),
        verdict("C4", spikes_only(config), "each layer is what spikes of its neighbours and its own weights make it"),
        verdict("C5", unsigned(config), "no difference teaches that may be of either sign"),
    ]


def samples(config: Config, count: int) -> np.ndarray:
    """Pixels 0..15, more than a third of them 0."""
    random = np.random.default_rng(0)
    return random.integers(0, 16, (count, config.sizes[0])) * (random.random((count, config.sizes[0])) < 0.6)


def asymmetric(config: Config) -> Iterator[str]:
    """C1: what breaks it. W and Theta share no memory, and none is another's copy or transpose, before learning and after;
    each learns where the other stays; what is recalled of a code is the same when W is another.
    """
    x = samples(config, 10)
    model, one, other = (
        Autoencoder(config),
        Autoencoder(config.replace(learn_theta=False)),
        Autoencoder(config, learn_w=False),
    )
    yield from copies(model.memories.tensors())
    before = model.state()
    for each in (model, one, other):
        each.train(x)
        each.finish()
    yield from copies(model.memories.tensors())
    for name in model.memories.tensors():
        learns, stays = (one, other) if name.startswith("W") else (other, one)
        if np.array_equal(learns.memories.tensors()[name], before[name]):
            yield f"{name} does not learn where the other network stays"
        if not np.array_equal(stays.memories.tensors()[name], before[name]):
            yield f"{name} changes where it is not to learn"
    for name in model.memories.tensors():
        if np.array_equal(model.memories.tensors()[name], before[name]):
            yield f"{name} does not learn"
    code = np.arange(config.sizes[-1])[None] % (config.steps + 1)
    recalled = model.draw(code).recalled
    model.load(model.state() | {name: array for name, array in before.items() if name.startswith("W")})
    if not np.array_equal(model.draw(code).recalled, recalled):
        yield "what is recalled of a code is another with another W"


def taught(config: Config) -> Iterator[tuple[dict[str, np.ndarray], dict[str, np.ndarray], Tensor, Tensor]]:
    """Of some samples: the state before, the trace, and the gains and noise bases of the sample's updates."""
    model = Autoencoder(config)
    for x in samples(config, 4):
        before = model.state()
        yield before, model.trace(x), model._gain(), model._bases(1)[0]
        model.train(x[None])


def lesson(config: Config, layer: int, state: dict, values: dict[str, np.ndarray], gain: Tensor, bases: Tensor) -> dict:
    """The state of a core that has these weights of the layer and others elsewhere, once these counts and voltages have
    taught it; what `values` has not is drawn.
    """
    stranger, random = Autoencoder(config.replace(seed=1)), np.random.default_rng(layer)
    drawn, n = {}, config.sizes
    for i in range(config.layers + 1):
        drawn |= {f"{name}{i}": random.integers(0, config.steps + 1, n[i]) for name in ("r", "rh", "r2_")}
        drawn |= {f"{name}{i}": random.integers(-300, 300, n[i]) for name in ("Vh", "V2_")}
    own = {name: state[name] for name in (f"W{layer}", f"Theta{layer}") if name in state}
    stranger.load(stranger.state() | own)
    trace = {name: torch.from_numpy(value.astype(np.int32)) for name, value in (drawn | values).items()}
    stranger.rule.teach(stranger.memories, gain, bases, trace)
    return stranger.state()


def local(config: Config) -> Iterator[str]:
    """C2: what breaks it. A layer's own counts and voltages, and what its neighbours have recalled, teach it the same when
    all other counts, voltages and weights are others.
    """
    for before, trace, gain, bases in taught(config):
        for i in range(config.layers + 1):
            own = [f"{name}{i}" for name in ("r", "rh", "r2_", "Vh", "V2_")] + [f"rh{i - 1}", f"rh{i + 1}"]
            values = {name: trace[name] for name in own if name in trace}
            yield from compared(trace, lesson(config, i, before, values, gain, bases), i, "other layers")


def spikes_only(config: Config) -> Iterator[str]:
    """C4: what breaks it. All of a layer, in its three passes, and what it learns come out again from spikes: of the layer
    below, and of what the layers below and above have recalled.
    """
    for before, trace, gain, bases in taught(config):
        for i in range(config.layers + 1):
            values = {}
            if i:
                w8, shift = before[f"W{i}"] >> config.weight_shift, config.scale(i)
                values |= seen(config, trace, (f"V{i}", f"r{i}"), f"s{i - 1}", w8, shift)
                values |= seen(config, trace, (f"V2_{i}", f"r2_{i}"), f"sh{i - 1}", w8, shift)
                values[f"rh{i - 1}"] = trace[f"sh{i - 1}"].sum(0)
            else:
                values["r0"] = trace["s0"].sum(0)
            if i < config.layers:
                w8 = before[f"Theta{i}"] >> config.weight_shift
                values |= seen(config, trace, (f"Vh{i}", f"rh{i}"), f"sh{i + 1}", w8, 0)
                values[f"rh{i + 1}"] = trace[f"sh{i + 1}"].sum(0)
            else:
                values[f"rh{i}"] = values[f"r{i}"]
            for name in values:
                if not np.array_equal(values[name], trace[name]):
                    yield f"{name} is not what spikes make it"
            for name in (f"s{i}", f"sh{i}"):
                if not set(np.unique(trace[name])) <= {0, 1}:
                    yield f"{name} is not 0 or 1"
            yield from compared(trace, lesson(config, i, before, values, gain, bases), i, "more than spikes")


def seen(config: Config, trace: dict, names: tuple[str, str], spikes: str, w8: np.ndarray, shift: int) -> dict:
    """V and r, by these names, of a layer that gets these spikes."""
    v = trace[spikes] @ w8 >> shift
    return dict(
        zip(names, (v.sum(0), soma(torch.from_numpy(v), config.threshold, config.leak)[0].numpy().sum(0)), strict=True)
    )


def compared(trace: dict, after: dict, layer: int, what: str) -> Iterator[str]:
    """Where the layer's weights did not become the same."""
    for name in (f"W{layer}", f"Theta{layer}"):
        if name in after and not np.array_equal(after[name], trace[f"after_{name}"]):
            yield f"{name} learns from {what}"


def at_once(config: Config) -> Iterator[str]:
    """C3: what breaks it. A layer that sees a sample, and then what was recalled of it, learns in a second phase."""
    for _, trace, *_ in taught(config):
        for i in range(1, config.layers + 1):
            if not np.array_equal(trace[f"s{i}"], trace[f"s2_{i}"]):
                yield f"layer {i} sees each sample twice: as it is, and as the layer below recalls it"


def unsigned(config: Config) -> Iterator[str]:
    """C5: what breaks it. An error with the sign of a difference of counts. (What crosses has none: `spikes_only`.)"""
    layers = range(config.layers)
    pairs = [(f"g{i + 1}", f"r{i + 1}", f"r2_{i + 1}") for i in layers] + [(f"gh{i}", f"r{i}", f"rh{i}") for i in layers]
    for _, trace, *_ in taught(config):
        for g, r, other in pairs:
            error, difference = trace[g], trace[r] - trace[other]
            if error.min() < 0 < error.max() and (error * difference >= 0).all():
                yield f"{g} has the sign of {r} - {other}"
