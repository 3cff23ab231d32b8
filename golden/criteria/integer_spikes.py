"""C4 of the integer models that name and that foretell: all that a layer does and learns comes out again from spikes.

What may reach a layer: the spikes of the layer below (layer 1 of the direct code: its pixels, 4-bit currents, and where it
is recurrent its own last counts as such), those of the layer above as last recalled, its own memories, and the label.
"""

from collections.abc import Iterator

import numpy as np
import torch

from golden.config import Config
from golden.criteria.cores import new, samples, weights
from golden.fixed import rnd
from golden.integer import IntegerModel
from golden.memories import TEMPLATE
from golden.neuron import soma

KEPT = ("W", "Theta", "E", "S")
"""What a layer keeps of what it has learned."""


def spikes_only(config: Config) -> Iterator[str]:
    """C4: what breaks it. Each layer's voltages, spikes and learning, of W and of Theta, come out again from what may reach
    it; all other memories are others.
    """
    model, stranger, learned = new(config, 6), new(config, 7), set()
    others, lateral = stranger.state(), np.zeros(config.sizes[1] * config.recurrent, np.int64)
    for pixels, label in zip(*samples(config, 8), strict=True):
        before, currents = model.state(), np.minimum(15, lateral * 16 // config.steps)
        if config.recurrent:  # to ask for a state has ended the sequence
            model.memories.lateral.copy_(torch.from_numpy(lateral))
        trace = model.trace(pixels, label)
        yield from perceived_by_spikes(config, before, np.r_[pixels, currents], trace)
        for i in range(config.layers + 1):
            stranger.load(others | own(i, before))
            yield from learned_by_spikes(i, stranger, label, trace | {"rl": currents * config.steps + 8 >> 4})
        yield from recalled_by_spikes(config, trace)
        learned |= {name for name in before if not np.array_equal(trace[f"after_{name}"], before[name])}
        model.train(pixels[None], label[None])
        if config.recurrent:
            lateral = model.memories.lateral.numpy().astype(np.int64)
            if not np.array_equal(lateral, trace["r1"]):
                yield "what comes back to layer 1 is not its own counts"
    for name in weights(model):
        if name not in learned:
            yield f"{name} does not learn"


def own(i: int, state: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Of a state what layer i remembers, how often the layer above spiked when recalled, and how many samples came."""
    names = [f"{name}{i}" for name in (*KEPT, "h", "m")] + [f"h{i + 1}", "samples", "position"]
    return {name: state[name] for name in names if name in state}


def perceived_by_spikes(config: Config, before: dict, x: np.ndarray, trace: dict[str, np.ndarray]) -> Iterator[str]:
    """`spikes_only` on the way up: of the state before, and currents x of all rows of layer 1, 0..15."""
    for i in range(1, config.layers + 1):
        below, w8 = trace[f"s{i - 1}"], before[f"W{i}"] >> config.weight_shift
        if i == 1 and config.coding == "direct":
            v = np.tile(x @ w8 >> (4 + config.scale(1)), (config.steps, 1))
        else:
            v = below @ w8 >> config.scale(i)
        s = soma(torch.from_numpy(v), config.threshold, config.leak)[0].numpy()
        if not set(np.unique(below)) | set(np.unique(trace[f"s{i}"])) <= {0, 1}:
            yield f"s{i - 1} or s{i} is not 0 or 1"
        for name, value in ((f"v{i}", v), (f"s{i}", s)):
            if not np.array_equal(trace[name], value):
                yield f"{name} is not what spikes of layer {i - 1} make it"


def learned_by_spikes(i: int, stranger: IntegerModel, label: int, trace: dict[str, np.ndarray]) -> Iterator[str]:
    """`spikes_only` of what layer i learns: W of the sample, its sums, and Theta from these where the sample ends a block.

    stranger: a core that has the layer's own memories and no others.
    """
    came = {f"r{i}": trace[f"s{i}"].sum(0)}
    if i:
        came |= {f"r{i - 1}": trace[f"s{i - 1}"].sum(0), f"V{i}": trace[f"v{i}"].sum(0), "rl": trace["rl"]}
    came = {name: torch.from_numpy(value.astype(np.int32)) for name, value in came.items()}
    stranger.memories.next.gain.copy_(stranger._forward_gain())
    stranger.memories.next.bases.copy_(stranger._forward_bases(1)[0])
    try:
        stranger.rule.teach_layer(i, stranger.memories, torch.tensor(label), came)
    except KeyError as missing:
        yield f"layer {i} learns from {missing.args[0]}, which does not come to it"
        return
    concepts, state = stranger._advance(stranger.rule.relearn), stranger.state()
    found = {name: state[name] for name in (f"{kept}{i}" for kept in KEPT) if name in state}
    expected = {name: trace[f"after_{name}"] for name in found}
    for name in (f"X{i}", f"G{i}"):
        if name in trace:
            found[name], expected[name] = torch.stack([values[name] for values in concepts]).numpy(), trace[name]
    for name in found:
        if not np.array_equal(found[name], expected[name]):
            yield f"{name} learns from something else than spikes, its own memories and the label"


def recalled_by_spikes(config: Config, trace: dict[str, np.ndarray]) -> Iterator[str]:
    """`spikes_only` on the way down: spikes and what is remembered of them, and voltages of the last concept, which is
    recalled through Theta as it then stays.
    """
    for i in range(config.layers if "sh0" in trace else 0):
        above, v = trace[f"sh{i + 1}"][-1], trace[f"vh{i}"]
        if not set(np.unique(above)) <= {0, 1}:
            yield f"sh{i + 1} is not 0 or 1"
        if not np.array_equal(v[-1], above @ (trace[f"after_Theta{i}"] >> config.weight_shift)):
            yield f"vh{i} is not what spikes of layer {i + 1} make it"
        if not np.array_equal(trace[f"sh{i}"], soma(torch.from_numpy(v), config.threshold, config.leak)[0].numpy()):
            yield f"sh{i} is not what the layer's own voltages make it"
        if not np.array_equal(trace[f"after_h{i}"], trace[f"sh{i}"].sum(1)):
            yield f"h{i} is not how often layer {i} spiked as it was recalled"
        template = rnd(v.sum(1), config.steps.bit_length() + 1).clip(-TEMPLATE, TEMPLATE)
        if i and not np.array_equal(trace[f"after_m{i}"], template):
            yield f"m{i} is not what the layer's own recalled voltages make it"
