"""What every backend of a training gives back, and the lines it writes on the way."""

from dataclasses import dataclass

from cosim import account
from cosim.checkpoint import Checkpoint
from sw.common.progress import facts


@dataclass(frozen=True)
class Broken:
    """A training that a mismatch ended; its checkpoint is the last epoch without one.

    Members:
        message: the mismatch, its place and both values, and where more is.
        epoch: the account of the epoch it was in (`cosim.account`), up to where chip and golden were compared.
    """

    message: str
    epoch: dict


def learning(totals: dict, clocked: bool = False, values: int | None = None, differ: int = 0) -> str:
    """The figures of samples being learned. `clocked`: say the chip's clocks; values, differ: compared so far."""
    samples = totals["samples"]
    rate, clocks = samples / max(1e-6, totals["seconds"]), totals["clocks"] / samples if clocked else None
    return facts(totals["correct"] / samples, rate, clocks, values, differ)


def line(kept: Checkpoint, number: int) -> str:
    """What is said of a finished epoch, from 0."""
    epoch, chip = kept.epochs[number], kept.about.get("backend") != "golden"
    values, differ = (sum(one[key] for one in kept.epochs[: number + 1]) for key in ("values", "differ"))
    words = learning(epoch["training"], epoch["training"]["clocks"] > 0, values if chip else None, differ)
    return f"{words}  test {100 * account.accuracies([epoch['test']])[0]:5.2f} %"
