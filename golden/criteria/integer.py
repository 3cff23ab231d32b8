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
from golden.integer import IntegerModel
from golden.neuron import soma
from golden.sequence import Foreteller

SMALL = {"sizes": (37, 19, 7, 3), "lanes": 4, "block": 3, "rate": -6}
"""No size is a multiple of the lanes, none a power of two; rates below 0, where the rounding noise decides, too."""
RECOGNITION = Config(**SMALL)
SEQUENCE = Config(**SMALL, task="sequence", recurrent=True, neighbours=0)
"""No neighbours: a label is a choice among concepts, as in recognition."""
TAUGHT = ("d", "C", "a", "q", "qr", "e", "g", "X", "G", "after_W", "after_Theta", "after_E", "after_S")
"""What a layer's learning gives, by the contract's names."""
REACH = 0.3
"""Random memories are up to this part of their range."""


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


def weights(model: IntegerModel) -> dict[str, Tensor]:
    """Both networks'."""
    return {name: tensor for name, tensor in model.memories.tensors().items() if name.startswith(("W", "Theta"))}


def new(config: Config, seed: int | None = None) -> IntegerModel:
    """A core; with a seed, one of random memories."""
    model = (Foreteller if config.task == "sequence" else IntegerModel)(config, fast=False)
    if seed is not None:
        random, state = np.random.default_rng(seed), model.state()
        ends = {"W": 1 << (config.weight_bits - 1), "T": 1 << (config.weight_bits - 1), "E": 1 << 23, "S": 1 << 23}
        for key, array in state.items():
            if key[0] in ends:
                state[key] = (random.integers(-ends[key[0]], ends[key[0]], array.shape) * REACH).astype(np.int32)
        model.load(state)
        model.recall()
    return model


def samples(config: Config, count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Pixels 0..15, more than a third of them 0, and labels."""
    random = np.random.default_rng(seed)
    x = random.integers(0, 16, (count, config.sizes[0])) * (random.random((count, config.sizes[0])) < 0.6)
    return x, random.integers(0, config.classes, count)


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


def spikes_only(config: Config) -> Iterator[str]:
    """C4: what breaks it. Each layer's voltages, spikes and learning come out again from what may reach it: the spikes of
    the layer below (layer 1 of the direct code: its pixels, 4-bit currents, and where it is recurrent its own last counts
    as such), its own memories, and the label. All other memories are others.
    """
    model, stranger = new(config, 6), new(config, 7)
    others, recalls, written = stranger.state(), 0, 0
    lateral = np.zeros(config.sizes[1] * config.recurrent, np.int64)
    for pixels, label in zip(*samples(config, 8), strict=True):
        before = model.state()
        currents = np.minimum(15, lateral * 16 // config.steps)
        if config.recurrent:  # to ask for a state has ended the sequence
            model.memories.lateral.copy_(torch.from_numpy(lateral))
        trace = model.trace(pixels, label)
        gain, (bases,) = model._forward_gain(), model._forward_bases(1)
        for i in range(1, config.layers + 1):
            below, w8 = trace[f"s{i - 1}"], before[f"W{i}"] >> config.weight_shift
            if i == 1 and config.coding == "direct":
                v = np.tile(np.r_[pixels, currents] @ w8 >> (4 + config.scale(1)), (config.steps, 1))
            else:
                v = below @ w8 >> config.scale(i)
            s = soma(torch.from_numpy(v), config.threshold, config.leak)[0].numpy()
            if not set(np.unique(below)) | set(np.unique(trace[f"s{i}"])) <= {0, 1}:
                yield f"s{i - 1} or s{i} is not 0 or 1"
            for name, value in ((f"v{i}", v), (f"s{i}", s)):
                if not np.array_equal(trace[name], value):
                    yield f"{name} is not what spikes of layer {i - 1} make it"
            own = {f"{name}{i}": before[f"{name}{i}"] for name in ("W", "h", "m", "E", "S") if f"{name}{i}" in before}
            stranger.load(others | own)
            counts = {f"r{i - 1}": below.sum(0), f"r{i}": s.sum(0), f"V{i}": v.sum(0)}
            counts["rl"] = currents * config.steps + 8 >> 4
            alone = {name: torch.from_numpy(value.astype(np.int32)) for name, value in counts.items()}
            stranger.memories.next.gain.copy_(gain)
            stranger.memories.next.bases.copy_(bases)
            stranger.rule.teach_layer(i, stranger.memories, torch.tensor(label), alone)
            stranger.finish()
            if not np.array_equal(stranger.W[i], trace[f"after_W{i}"]):
                yield f"W{i} learns from something else than spikes, its own memories and the label"
            written += int((trace[f"after_W{i}"] != before[f"W{i}"]).sum())
        yield from recalled_by_spikes(config, trace)
        recalls += "sh0" in trace
        model.train(pixels[None], label[None])
        if config.recurrent:
            lateral = model.memories.lateral.numpy().astype(np.int64)
            if not np.array_equal(lateral, trace["r1"]):
                yield "what comes back to layer 1 is not its own counts"
    if not (written and recalls):
        yield "nothing was learned, or nothing recalled"


def recalled_by_spikes(config: Config, trace: dict[str, np.ndarray]) -> Iterator[str]:
    """`spikes_only` on the way down, of the last concept, which is recalled through Theta as it then stays."""
    for i in range(config.layers if "sh0" in trace else 0):
        spikes = trace[f"sh{i + 1}"][-1]
        if not set(np.unique(spikes)) <= {0, 1}:
            yield f"sh{i + 1} is not 0 or 1"
        if not np.array_equal(trace[f"vh{i}"][-1], spikes @ (trace[f"after_Theta{i}"] >> config.weight_shift)):
            yield f"vh{i} is not what spikes of layer {i + 1} make it"


def unsigned(config: Config) -> Iterator[str]:
    """C5: what breaks it. What teaches a hidden layer is a distance, never a signed difference between what it did and what
    it should have done. Looked at in a layer of 60 neurons, all open, with four concepts.
    """
    model = new(Config(sizes=(9, 60, 4), lanes=4, task=config.task, neighbours=0))
    random = np.random.default_rng(0)

    def teach(r: np.ndarray, m: np.ndarray, label: int) -> tuple[np.ndarray, np.ndarray]:
        """a and e of layer 1."""
        model.load(model.state() | {"m1": m})
        trace = {"r0": torch.ones(9, dtype=torch.int32), "V1": torch.full((60,), 100, dtype=torch.int32)}
        trace |= {"r1": torch.from_numpy(r.astype(np.int32)), "rl": torch.zeros(0, dtype=torch.int32)}
        model.rule.teach_layer(1, model.memories, torch.tensor(label), trace)
        return trace["a1"].numpy(), trace["e1"].numpy()

    for _ in range(20):
        m = random.integers(-15, 16, (4, 60))
        r, label = random.integers(0, 3, 60), int(random.integers(4))
        a, e = teach(r, m, label)
        if not (e.any() and a[label] > 0 and np.delete(a, label).max() <= 0):
            yield "the own concept does not pull, or another one does"
        # A label is a choice among concepts: with the concepts in another order it is another number, and teaches the same.
        order = random.permutation(4)
        if not np.array_equal(teach(r, m[order], int(np.flatnonzero(order == label)[0]))[1], e):
            yield "e depends on which number the label is"
        # Too many spikes or too few of a right pattern are no error, and how many there are turns none around.
        twice = teach(2 * r, m, label)[1]
        if not twice @ e > 0.99 * np.linalg.norm(twice) * np.linalg.norm(e):
            yield "e turns around with the number of spikes: it is a difference"
        # A template that points where the sample does, at any length: the sample teaches nothing.
        place = np.arange(60) % 4 == label
        own, apart = r * place, np.where(place, 0, m)
        apart[label] = 3 * own
        for agrees in (own, 2 * own):
            if any(values.any() for values in teach(agrees, apart, label)):
                yield "a sample that agrees with its concept teaches something"
