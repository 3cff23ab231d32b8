"""What every backend of a training gives back, and the lines it writes on the way."""

from dataclasses import dataclass

from cosim import account
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
    share = {name: found[0] for name, found in account.shares([totals]).items() if found}
    return facts(share.get("accuracy"), rate, clocks, values, differ, error=share.get("error"))


def line(epochs: list[dict], compared: bool = True) -> str:
    """What is said of an epoch that ended, the last of these accounts. `compared`: there is a chip beside golden."""
    last = epochs[-1]
    values, differ = (sum(one[key] for one in epochs) for key in ("values", "differ")) if compared else (None, 0)
    if last["training"]["samples"]:
        words = learning(last["training"], last["training"]["clocks"] > 0, values, differ)
    else:  # a chip that did not come to the epoch's end: what was compared is all that is known
        words = facts(None, None, None, values, differ)
    for name, found in account.shares([last["test"]]).items():
        words += "".join(f"  test error {one:.4f}" if name == "error" else f"  test {100 * one:5.2f} %" for one in found)
    return words
