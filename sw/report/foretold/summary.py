"""The figures of a run that learned to foretell, as summary.json holds them and as a terminal shows them."""

from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console

from cosim import account
from cosim.checkpoint import Checkpoint
from sw.data.dataset import Dataset
from sw.report.summary import compared, curves, ended, figures, judged, per_sample, percent, screen, shape_name

if TYPE_CHECKING:
    from sw.training.backend import Broken


def summary(
    kept: Checkpoint,
    dataset: Dataset,
    simulator: str | None,
    backprop: None = None,
    broken: "Broken | None" = None,
) -> dict:
    """The figures of a run, plain JSON values. Errors are mean squared ones of the next value, scaled to variance 1, on the
    test elements; null of characters, which have accuracies.

    Args:
        backprop: there is none. simulator, broken: as of `sw.report.summary.summary`.
    """
    epochs = ended(kept, broken)
    learned, tested = ([epoch[kind] for epoch in epochs] for kind in ("training", "test"))
    training, valued = account.summed(learned), dataset.course.concepts is not None
    judge, key = (account.deviations, "squares") if valued else (account.accuracies, "correct")
    own, golden, learning = judge(tested, key), judge(tested, f"golden_{key}"), judge(learned, key)
    right = account.accuracies(tested)
    what, plain = ("error", persistence(dataset)) if valued else ("accuracy", successor(dataset))
    rows, errors, _, spikes = zip(*training["counters"], strict=True)
    return figures(kept, dataset, simulator, broken) | {
        "what": what,
        "training_samples": training["samples"] // max(1, len(epochs)),
        f"test_{what}": own[-1] if own else None,
        f"golden_{what}": golden[-1] if golden else None,
        f"backprop_{what}": None,
        f"plain_{what}": plain,
        "test_labels_right": right[-1] if right else None,
        "deviation": dataset.course.coding.deviation if valued else None,
        "rows_per_sample": [per_sample(row, training["samples"]) for row in rows],
        "errors_per_sample": [per_sample(error, training["samples"]) for error in errors],
        "spikes_per_sample": [per_sample(spike, training["samples"]) for spike in spikes],
        "curve": curves(kept, own, golden, learning, None),
    }


def persistence(dataset: Dataset) -> float:
    """The error of no change at all."""
    return float((dataset.course.test.changes**2).mean())


def successor(dataset: Dataset) -> float:
    """The accuracy of the most frequent successor of the last character alone, in the text that is learned."""
    count = len(dataset.encoding.names)
    newest = [x[:, :count].argmax(1) for x in (dataset.x_train, dataset.x_test)]
    seen = np.zeros((count, count), np.int64)
    np.add.at(seen, (newest[0], dataset.y_train), 1)
    return float((seen.argmax(1)[newest[1]] == dataset.y_test).mean())


def show(console: Console, values: dict, folder: str) -> None:
    """One screen; its last line is the error, or the accuracy, values compared and mismatches."""
    screen(console, values, folder, "", results(values), last_line(values))


def results(values: dict) -> list[tuple[str, str]]:
    """Names and figures of what foretells the test elements."""
    what = values["what"]
    plain = "no change" if what == "error" else "successor of a character"
    found = [(f"{who}, test", said(values, values[key])) for key, who in judged(values, what)]
    return [*found, (plain, said(values, values[f"plain_{what}"]))]


def said(values: dict, value: float | None) -> str:
    """0.00158, or 45.90 %, or a dash where nothing was tested."""
    if values["what"] == "accuracy":
        return percent(value)
    return "-" if value is None else f"{value:.5f}"


def last_line(values: dict) -> str:
    """The sentence a run ends with."""
    tested, found = f"{values['test_samples']:,}", said(values, values[f"test_{values['what']}"])
    if values["what"] == "accuracy":
        return f"{found} of {tested} characters foretold{compared(values)}"
    return f"mean squared error {found} of {tested} values foretold{compared(values)}"


def title(config) -> str:
    """48-128-32, recurrent"""
    return shape_name(config) + (", recurrent" if config.recurrent else "")
