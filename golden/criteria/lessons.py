"""One batch taught to a copy of a learner, and what crossed; again, with other weights, or with what crossed replayed."""

import copy
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from golden.learners.learner import Learner
from golden.learners.wires import Crossing


@dataclass(frozen=True)
class Lesson:
    """What one batch did to a copy of a learner, which itself stays as it is.

    Members:
        crossings: in order. before, after: the weights.
    """

    crossings: list[Crossing]
    before: dict[str, Tensor]
    after: dict[str, Tensor]

    def learned(self, name: str) -> Tensor:
        """The change of a weight."""
        return self.after[name] - self.before[name]

    def changed(self, layer: int) -> bool:
        """Whether the layer has learned."""
        return any(not torch.equal(self.before[name], self.after[name]) for name in names(self.before, layer))


def teach(
    learner: Learner,
    x: Tensor,
    y: Tensor,
    change: Callable[[dict[str, Tensor]], None] | None = None,
    replay: Callable[[int, Crossing], Tensor | None] | None = None,
) -> Lesson:
    """A lesson of stimuli x (B, n_0) and labels y (B,).

    Args:
        change: of the weights, in place, before it. replay: see `golden.learners.wires.Wires`.
    """
    twin = copy.deepcopy(learner)
    if change:
        with torch.no_grad():
            change(twin.weights())
    before = twin.state()
    twin.wires.watch(replay)
    with torch.random.fork_rng([]):
        torch.manual_seed(0)
        twin.teach(x, y)
    return Lesson(twin.wires.crossings, before, twin.state())


def layer_of(name: str) -> int:
    """Of weights, by their name's last number. Raises ValueError where it has none."""
    if (number := re.search(r"\d+$", name)) is None:
        raise ValueError(f"weights: found the name {name!r}; allowed are names that end in a layer's number")
    return int(number[0])


def names(weights: dict[str, Tensor], layer: int) -> list[str]:
    """Of the layer's own weights."""
    return [name for name in weights if layer_of(name) == layer]


def way(crossing: Crossing) -> tuple[int, int, int, bool]:
    """From where to where, and as what."""
    return crossing.origin, crossing.target, crossing.phase, crossing.teaches


class Replay:
    """What crossed in a lesson arrives once more, each in its turn on its way, whatever is sent.

    Args:
        which: of the crossings; all others arrive as they are sent. altered: what arrives, of (step, crossing); the step is
            how many went the same way before it.
    """

    def __init__(
        self,
        lesson: Lesson,
        which: Callable[[Crossing], bool],
        altered: Callable[[int, Crossing], Tensor] = lambda step, crossing: crossing.values,
    ):
        self.which, self.altered = which, altered
        self.sent, self.seen = defaultdict(list), Counter()
        for crossing in lesson.crossings:
            self.sent[way(crossing)].append(crossing)

    def __call__(self, place: int, crossing: Crossing) -> Tensor | None:
        key = way(crossing)
        step = self.seen[key]
        self.seen[key] += 1
        if not self.which(crossing) or step >= len(self.sent[key]):
            return None
        return self.altered(step, self.sent[key][step])


def others(layer: int, generator: torch.Generator) -> Callable[[dict[str, Tensor]], None]:
    """A change of weights: all but the layer's own are in another order, or where they are all equal, drawn."""

    def change(weights: dict[str, Tensor]) -> None:
        for name, weight in weights.items():
            if layer_of(name) != layer:
                values = weight.flatten()
                if bool((values == values[0]).all()):
                    values = values + torch.randn(len(values), generator=generator)
                weight.copy_(values[torch.randperm(len(values), generator=generator)].reshape(weight.shape))

    return change


def unseen(lesson: Lesson, layer: int, generator: torch.Generator) -> Callable[[dict[str, Tensor]], None]:
    """A change of a layer's feedforward weights that no voltage of this lesson shows.

    To its weights (n_(l-1), n_l), pre-major, a matrix is added whose columns are at right angles to all that came up to the
    layer. The layers below and above have to be of unequal widths, and the samples few.
    """
    up, down = defaultdict(list), defaultdict(set)
    for crossing in lesson.crossings:
        width = crossing.values.shape[-1]
        if crossing.origin < crossing.target:
            up[crossing.target, width].append(crossing.values.reshape(-1, width).double())
        else:
            down[crossing.target].add(width)

    def change(weights: dict[str, Tensor]) -> None:
        for weight in (weights[name] for name in names(weights, layer)):
            if weight.ndim != 2 or (layer, len(weight)) not in up or len(weight) in down[layer]:
                continue
            came = torch.cat(up[layer, len(weight)])
            _, sizes, directions = torch.linalg.svd(came)  # of the rows, and behind them of what is at right angles to all
            free = directions[int((sizes > 1e-6 * sizes.max().clamp(min=1e-9)).sum()) :]
            drawn = torch.randn(len(free), weight.shape[1], generator=generator, dtype=torch.double)
            weight.add_((free.T @ drawn * weight.std()).to(weight.dtype))

    return change
