"""C1 to C5 of any learner in floating point, by what crosses between its layers (docs/criteria.md).

A learner is taught some batches first: an optimizer's first step says nothing of how large a gradient is.
"""

import copy
from collections import defaultdict
from collections.abc import Iterator

import torch
from torch import Tensor

from golden.criteria.asymmetry import copies
from golden.criteria.check import Verdict, verdict
from golden.criteria.lessons import Lesson, Replay, layer_of, names, others, teach, unseen, way
from golden.learners.learner import Learner
from golden.learners.wires import Crossing

FEW = 1
"""Samples in which `unseen` looks for a direction that none of them has."""


def check(learner: Learner, x: Tensor, y: Tensor) -> list[Verdict]:
    """All five; the learner stays as it is.

    Args:
        learner: of layers whose neighbours but one have unequal widths, or weight transport may go unseen.
        x, y: (3 B, n_0) stimuli 0..1 and (3 B,) labels: two batches to begin with, and one that is looked at.

    Raises:
        ValueError: fewer than three samples, or labels that are not as many.
    """
    if len(x) < 3:
        raise ValueError(f"x: found {len(x)} samples; allowed are 3 or more, which make three batches")
    if len(y) != len(x):
        raise ValueError(f"y: found {len(y)} labels; allowed are {len(x)}, one a sample")
    warm = copy.deepcopy(learner)
    (a, b, x), (c, d, y) = x.tensor_split(3), y.tensor_split(3)
    with torch.random.fork_rng([]):
        torch.manual_seed(0)
        warm.teach(a, c)
        warm.teach(b, d)
    return [
        verdict(
            "C1", asymmetric(learner, warm, x, y), "no copy, no transpose; no weight that goes up is used on the way down"
        ),
        verdict("C2", local(warm, x, y), "each layer learns the same whatever the weights of all others"),
        verdict("C3", at_once(warm, x, y), "nothing waits for a phase, a second pass or the end of perception"),
        verdict("C4", spikes_only(warm, x, y), "0 or 1 on every wire but the stimulus'"),
        verdict("C5", unsigned(warm, x, y), "no teaching signal of two signs, nothing negative comes down"),
    ]


def upward(crossing: Crossing) -> bool:
    """To a higher layer."""
    return crossing.origin < crossing.target


def asymmetric(new: Learner, taught: Learner, x: Tensor, y: Tensor) -> Iterator[str]:
    """C1: what breaks it. Weights share no memory, and none is another or its transpose, at any scale. No weight transport:
    what comes down, and what the other layers learn, is the same when weights that go up are others where no voltage shows
    it (`unseen`).
    """
    for learner in (new, taught):
        yield from copies(learner.weights())
    x, y = x[:FEW], y[:FEW]
    lesson = teach(taught, x, y)
    for layer in range(1, learner.network.layers + 1):
        change = unseen(lesson, layer, torch.Generator().manual_seed(layer))
        other = teach(taught, x, y, change, Replay(lesson, upward))
        yield from differing(lesson, other, f"what {{}} sends down to {{}} shows the weights that go up to layer {layer}")
        other = teach(taught, x, y, change, Replay(lesson, lambda crossing: True))
        for name in lesson.after:
            if layer_of(name) != layer and not close(lesson.learned(name), other.learned(name)):
                yield f"{name} learns by the weights that go up to layer {layer}"


def close(a: Tensor, b: Tensor) -> bool:
    """Whether they are the same but for rounding: sums of the same numbers in another order."""
    return a.shape == b.shape and torch.allclose(a.double(), b.double(), rtol=1e-3, atol=1e-4 * float(a.abs().max()))


def differing(lesson: Lesson, other: Lesson, fault: str) -> Iterator[str]:
    """Of what came down: where it is not what it was, but for rounding."""
    first, second = ([c for c in one.crossings if c.origin > c.target] for one in (lesson, other))
    if [way(c) for c in first] != [way(c) for c in second]:
        yield fault.format("a layer", "another") + ": it goes other ways"
        return
    for a, b in zip(first, second, strict=True):
        if not close(a.values, b.values):
            yield fault.format(f"layer {a.origin}", f"layer {a.target}")


def local(learner: Learner, x: Tensor, y: Tensor) -> Iterator[str]:
    """C2: what breaks it. A layer's weights become the same, to the bit, when those of all others are others and what came
    to the layer comes again.
    """
    lesson = teach(learner, x, y)
    layers = sorted({layer_of(name) for name in lesson.before})
    if not any(lesson.changed(layer) for layer in layers):
        yield "nothing was learned"
    for layer in layers:
        generator = torch.Generator().manual_seed(layer)
        other = teach(learner, x, y, others(layer, generator), Replay(lesson, lambda c, layer=layer: c.target == layer))
        for name in names(lesson.after, layer):
            if not torch.equal(lesson.after[name], other.after[name]):
                yield f"{name} learns something else when other layers have other weights"


def at_once(learner: Learner, x: Tensor, y: Tensor) -> Iterator[str]:
    """C3: what breaks it. A crossing that says it waits for a phase; a layer that sends another more than once a time step;
    what comes down before the last step but depends on what goes up in the last: it waits for the end of perception, as a
    learning signal does that comes in the last step alone.
    """
    lesson, steps = teach(learner, x, y), learner.network.neuron.steps
    for crossing in lesson.crossings:
        if crossing.phase > 0:
            yield f"what layer {crossing.origin} sends to layer {crossing.target} waits for phase {crossing.phase}"
    for (origin, target, *_), sent in by_way(lesson).items():
        if len(sent) not in (1, steps):
            yield f"layer {origin} sends to layer {target} {len(sent)} times in {steps} steps"
    fault = "what {} sends down to {} waits for the end of perception"
    for (origin, target, _, teaches), sent in by_way(lesson).items():
        # Where a backward network recalls, few spikes may all be late; a learning signal has something to say before.
        if teaches and origin > target and in_the_last_alone(sent, steps):
            yield fault.format(f"layer {origin}", f"layer {target}")
    count = {key: len(sent) for key, sent in by_way(lesson).items()}

    def altered(step: int, crossing: Crossing) -> Tensor:
        """The last time step is another."""
        values = crossing.values.clone()
        turned = values.abs().max().clamp(min=1) - values
        if count[way(crossing)] == steps > 1:
            return turned if step == steps - 1 else values
        if timed(values, steps):
            values[:, -1] = turned[:, -1]
            return values
        return turned

    other = teach(learner, x, y, replay=Replay(lesson, upward, altered))
    yield from differing(before_the_last(lesson, steps), before_the_last(other, steps), fault)


def by_way(lesson: Lesson) -> dict[tuple, list[Crossing]]:
    """What crossed, in order, by `way`."""
    found = defaultdict(list)
    for crossing in lesson.crossings:
        found[way(crossing)].append(crossing)
    return found


def timed(values: Tensor, steps: int) -> bool:
    """Whether the second dimension is time."""
    return values.ndim > 2 and values.shape[1] == steps > 1


def in_the_last_alone(sent: list[Crossing], steps: int) -> bool:
    """Whether what went one way says something in the last time step, and nothing before it: all samples got the same."""
    if len(sent) == steps > 1:
        values = torch.stack([crossing.values for crossing in sent], 1)
    elif timed(sent[0].values, steps):
        values = sent[0].values
    else:
        return False
    same = values == values[:1, :1]
    return bool(same[:, :-1].all() and not same[:, -1].all())


def before_the_last(lesson: Lesson, steps: int) -> Lesson:
    """The lesson without what crossed in the last time step; what has no time step stays."""
    crossings = []
    for sent in by_way(lesson).values():
        for c in sent[:-1] if len(sent) == steps > 1 else sent:
            values = c.values[:, :-1] if timed(c.values, steps) else c.values
            crossings.append(Crossing(c.origin, c.target, c.phase, c.teaches, values))
    return Lesson(crossings, lesson.before, lesson.after)


def spikes_only(learner: Learner, x: Tensor, y: Tensor) -> Iterator[str]:
    """C4: what breaks it. All that crosses is 0 or 1 but the stimulus, which may come to layer 1 as currents; the label
    comes as layer L's code, which is spikes. A layer that gets nothing from below by wire gets something else.
    """
    lesson = teach(learner, x, y)
    for crossing in lesson.crossings:
        stimulus = (crossing.origin, crossing.target) == (0, 1) and not crossing.teaches
        if not stimulus and not bool(((crossing.values == 0) | (crossing.values == 1)).all()):
            values = crossing.values.double()
            found = f"{float(values.min()):.3g} to {float(values.max()):.3g}"
            yield f"layer {crossing.origin} sends layer {crossing.target} {found}, not spikes"
    came = {crossing.target for crossing in lesson.crossings if upward(crossing)}
    for layer in range(1, learner.network.layers + 1):
        if layer not in came:
            yield f"nothing crosses up to layer {layer}"


def unsigned(learner: Learner, x: Tensor, y: Tensor) -> Iterator[str]:
    """C5: what breaks it. A learning signal of both signs, in all of the batch; anything negative that comes down."""
    for (origin, target, _, teaches), sent in by_way(teach(learner, x, y)).items():
        low, high = min(float(c.values.min()) for c in sent), max(float(c.values.max()) for c in sent)
        if teaches and low < 0 < high:
            yield f"layer {origin} teaches layer {target} with {low:.3g} to {high:.3g}"
        if origin > target and low < 0:
            yield f"layer {origin} sends {low:.3g} down to layer {target}"
