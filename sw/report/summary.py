"""The figures of a run, as summary.json holds them and as a terminal shows them."""

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from cosim import account
from cosim.checkpoint import Checkpoint
from golden.config import Config
from sw.common.terminal import say
from sw.data.dataset import Dataset

if TYPE_CHECKING:
    from sw.training.backend import Broken


def shape_name(config: Config) -> str:
    """64-128-64-10"""
    return "-".join(map(str, config.sizes))


def summary(
    kept: Checkpoint,
    dataset: Dataset,
    simulator: str | None,
    backprop: list[float] | None = None,
    broken: "Broken | None" = None,
) -> dict:
    """The figures of a run, plain JSON values. Clocks are null where there was no chip.

    Args:
        backprop: the baseline's test accuracy after each epoch, 0..1, where it was asked for.
        broken: the mismatch that ended the run; its epoch counts in all figures, and is the last of the curves.
    """
    config, about = kept.config, kept.about
    epochs = kept.epochs + ([broken.epoch] if broken else [])
    learned, tested = ([epoch[kind] for epoch in epochs] for kind in ("training", "test"))
    training, testing = account.summed(learned), account.summed(tested)
    own, golden = account.accuracies(tested), account.accuracies(tested, "golden_correct")
    chip, clocked = about["backend"] != "golden", simulator is not None  # a cable makes a board wait
    rows, errors, _, spikes = zip(*training["counters"], strict=True)
    curve = {"golden": golden, "training": account.accuracies(learned)}
    return {
        "config": config.to_dict(),
        "data": dataset.name,
        "pixels": dataset.encoding.scale,
        "classes": [dataset.encoding.name(k) for k in range(config.classes)],
        "backend": about["backend"],
        "simulator": simulator,
        "test_accuracy": own[-1] if own else None,
        "golden_accuracy": golden[-1] if golden else None,
        "backprop_accuracy": backprop[-1] if backprop else None,
        "samples": training["samples"] + testing["samples"],
        "training_samples": len(dataset.x_train),
        "test_samples": len(dataset.x_test),
        "values_compared": sum(epoch["values"] for epoch in epochs),
        "mismatches": sum(epoch["differ"] for epoch in epochs),
        "first_mismatch": broken.message if broken else None,
        "clocks_per_sample_training": per_sample(training["clocks"], training["samples"]) if clocked else None,
        "clocks_per_sample_inference": per_sample(testing["clocks"], testing["samples"]) if clocked else None,
        "rows_per_sample": [per_sample(row, training["samples"]) for row in rows],
        "errors_per_sample": [per_sample(error, training["samples"]) for error in errors],
        "spikes_per_sample": [per_sample(spike, training["samples"]) for spike in spikes],
        "samples_per_second": per_sample(training["samples"], training["seconds"]),
        "seconds": round(training["seconds"] + testing["seconds"], 1),
        "curve": ({"chip": own} if chip else {}) | curve | ({"backprop": backprop} if backprop else {}),
    }


def show(console: Console, values: dict, folder: str) -> None:
    """One screen; its last line is accuracy, values compared and mismatches."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim")
    table.add_column()
    chip, clocked = values["backend"] != "golden", values["clocks_per_sample_training"] is not None
    shape = "-".join(map(str, values["config"]["sizes"]))
    table.add_row("network", f"{values['config']['name']}, {shape}, on {place(values)}")
    samples = f"{values['training_samples']:,} to learn, {values['test_samples']:,} to test"
    table.add_row("data", f"{values['data']}, pixels {values['pixels']}: {samples}")
    table.add_row(f"{'chip' if chip else 'golden'}, test", percent(values["test_accuracy"]))
    if chip:
        table.add_row("golden, test", percent(values["golden_accuracy"]))
    if values["backprop_accuracy"] is not None:
        table.add_row("backprop, test", percent(values["backprop_accuracy"]))
    if clocked:
        learning, inference = (values[f"clocks_per_sample_{kind}"] or 0 for kind in ("training", "inference"))
        words = f"{learning:,.0f} learning, {inference:,.0f} in inference: means over the whole training"
        table.add_row("clocks a sample", words)
    rate = values["samples_per_second"] or 0
    table.add_row("time", f"{values['seconds']:,.0f} s, {rate:,.0f} training samples a second")
    console.print()
    console.print(table, highlight=False)
    say(console, f"report           {folder}/report.html")
    console.print(last_line(values), style="bold", highlight=False, soft_wrap=True)


def percent(accuracy: float | None) -> str:
    """98.06 %, or a dash where nothing was tested."""
    return "-" if accuracy is None else f"{100 * accuracy:.2f} %"


def place(values: dict) -> str:
    """Where a run took place."""
    return {"golden": "the golden model", "serial": "a board"}.get(values["backend"], values["simulator"])


def last_line(values: dict) -> str:
    """The sentence a run ends with."""
    accuracy = f"{percent(values['test_accuracy'])} of {values['test_samples']:,} test samples right"
    if values["backend"] == "golden":
        return f"{accuracy} (golden model alone: nothing to compare)"
    return f"{accuracy}, {values['values_compared']:,} values compared, {values['mismatches']:,} mismatches"


def per_sample(total: float, samples: float) -> float | None:
    """A mean, rounded for a reader; None of no samples."""
    return round(total / samples, 1) if samples else None
