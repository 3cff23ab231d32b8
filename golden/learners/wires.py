"""What crosses from one layer to another while a network perceives and learns: seen and replayed, for checks of C1 to C5."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Crossing:
    """Values that left one layer for another.

    Members:
        origin, target: layers, 0..L. Equal where a layer tells itself something in a later phase.
        phase: 0 for what is there while the sample is perceived; 1, 2, .. for what has to wait for the phase before.
        teaches: whether it is a learning signal that no forward or backward network carries in perception or recall.
        values: as they were sent; the first dimension is the batch.
    """

    origin: int
    target: int
    phase: int
    teaches: bool
    values: Tensor


class Wires:
    """Between the layers of a learner: it hands on what it is given, and records it where somebody watches.

    Members:
        crossings: what crossed since `watch`, in order; None: nobody watches.
        replay: called with (place in the order, crossing) and gives what arrives in its stead; None: what was sent arrives.
    """

    def __init__(self):
        self.crossings: list[Crossing] | None = None
        self.replay: Callable[[int, Crossing], Tensor] | None = None

    def watch(self, replay: Callable[[int, Crossing], Tensor] | None = None) -> None:
        """Records from now on, from the start."""
        self.crossings, self.replay = [], replay

    def rest(self) -> None:
        """Records no more."""
        self.crossings = self.replay = None

    def cross(self, origin: int, target: int, values: Tensor, phase: int = 0, teaches: bool = False) -> Tensor:
        """What arrives at layer `target` of values that layer `origin` sends: the same, unless they are replayed."""
        if self.crossings is None:
            return values
        crossing = Crossing(origin, target, phase, teaches, values.detach().clone())
        place = len(self.crossings)
        self.crossings.append(crossing)
        return values if self.replay is None else self.replay(place, crossing)

    def cross_back(self, origin: int, target: int, values: Tensor, phase: int = 1) -> Tensor:
        """Values of layer `target` whose gradient, by autograd, arrives from layer `origin` over these wires."""
        if self.crossings is not None and values.requires_grad:
            values.register_hook(lambda gradient: self.cross(origin, target, gradient, phase, teaches=True))
        return values
