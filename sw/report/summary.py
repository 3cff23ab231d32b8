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
    config, epochs = kept.config, ended(kept, broken)
    learned, tested = ([epoch[kind] for epoch in epochs] for kind in ("training", "test"))
    training = account.summed(learned)
    own, golden = account.accuracies(tested), account.accuracies(tested, "golden_correct")
    rows, errors, _, spikes = zip(*training["counters"], strict=True)
    return figures(kept, dataset, simulator, broken) | {
        "classes": [dataset.encoding.name(k) for k in range(config.classes)],
        "test_accuracy": own[-1] if own else None,
        "golden_accuracy": golden[-1] if golden else None,
        "backprop_accuracy": backprop[-1] if backprop else None,
        "rows_per_sample": [per_sample(row, training["samples"]) for row in rows],
        "errors_per_sample": [per_sample(error, training["samples"]) for error in errors],
        "spikes_per_sample": [per_sample(spike, training["samples"]) for spike in spikes],
        "curve": curves(kept, own, golden, account.accuracies(learned), backprop),
    }


def ended(kept: Checkpoint, broken: "Broken | None") -> list[dict]:
    """The accounts of all epochs, that of the one which a mismatch ended the last."""
    return kept.epochs + ([broken.epoch] if broken else [])


def figures(kept: Checkpoint, dataset: Dataset, simulator: str | None, broken: "Broken | None") -> dict:
    """What is said of a run whatever it learned; arguments as of `summary`."""
    epochs = ended(kept, broken)
    training, testing = (account.summed([epoch[kind] for epoch in epochs]) for kind in ("training", "test"))
    clocked = simulator is not None  # a cable makes a board wait
    return {
        "config": kept.config.to_dict(),
        "data": dataset.name,
        "pixels": dataset.encoding.scale,
        "backend": kept.about["backend"],
        "simulator": simulator,
        "samples": training["samples"] + testing["samples"],
        "training_samples": len(dataset.x_train),
        "test_samples": len(dataset.x_test),
        "values_compared": sum(epoch["values"] for epoch in epochs),
        "mismatches": sum(epoch["differ"] for epoch in epochs),
        "first_mismatch": broken.message if broken else None,
        "clocks_per_sample_training": per_sample(training["clocks"], training["samples"]) if clocked else None,
        "clocks_per_sample_inference": per_sample(testing["clocks"], testing["samples"]) if clocked else None,
        "samples_per_second": per_sample(training["samples"], training["seconds"]),
        "seconds": round(training["seconds"] + testing["seconds"], 1),
    }


def curves(
    kept: Checkpoint, own: list[float], golden: list[float], training: list[float], backprop: list[float] | None
) -> dict:
    """After each epoch, by who learned: the chip where there is one, golden, the baseline where it was asked for; and what
    samples gave while they were learned."""
    chip = {"chip": own} if kept.about["backend"] != "golden" else {}
    return chip | {"golden": golden, "training": training} | ({"backprop": backprop} if backprop else {})


def show(console: Console, values: dict, folder: str) -> None:
    """One screen; its last line is accuracy, values compared and mismatches."""
    results = [(f"{who}, test", percent(values[key])) for key, who in judged(values, "accuracy")]
    screen(console, values, folder, "", results, last_line(values))


def judged(values: dict, what: str) -> list[tuple[str, str]]:
    """What is said of the test samples: keys, and who learned. `what`: "accuracy" or "error"."""
    chip = values["backend"] != "golden"
    found = [(f"test_{what}", "chip" if chip else "golden")] + ([(f"golden_{what}", "golden")] if chip else [])
    return found + ([(f"backprop_{what}", "backprop")] if values[f"backprop_{what}"] is not None else [])


def screen(console: Console, values: dict, folder: str, kind: str, results: list[tuple[str, str]], last: str) -> None:
    """What a terminal shows of a run: a table, where the report is, and the last line.

    Args:
        kind: follows the network's sizes.  results: rows of the table.
    """
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim")
    table.add_column()
    shape = "-".join(map(str, values["config"]["sizes"]))
    table.add_row("network", f"{values['config']['name']}, {shape}{kind}, on {place(values)}")
    samples = f"{values['training_samples']:,} to learn, {values['test_samples']:,} to test"
    table.add_row("data", f"{values['data']}, pixels {values['pixels']}: {samples}")
    for row in results:
        table.add_row(*row)
    if values["clocks_per_sample_training"] is not None:
        learning, inference = (values[f"clocks_per_sample_{kind}"] or 0 for kind in ("training", "inference"))
        words = f"{learning:,.0f} learning, {inference:,.0f} in inference: means over the whole training"
        table.add_row("clocks a sample", words)
    rate = values["samples_per_second"] or 0
    table.add_row("time", f"{values['seconds']:,.0f} s, {rate:,.0f} training samples a second")
    console.print()
    console.print(table, highlight=False)
    width = max(len(str(cell)) for cell in table.columns[0].cells)
    say(console, f"{'report':{width}}  {folder}/report.html")
    console.print(last, style="bold", highlight=False, soft_wrap=True)


def percent(accuracy: float | None) -> str:
    """98.06 %, or a dash where nothing was tested."""
    return "-" if accuracy is None else f"{100 * accuracy:.2f} %"


def place(values: dict) -> str:
    """Where a run took place."""
    return {"golden": "the golden model", "serial": "a board"}.get(values["backend"], values["simulator"])


def last_line(values: dict) -> str:
    """The sentence a run ends with."""
    return f"{percent(values['test_accuracy'])} of {values['test_samples']:,} test samples right{compared(values)}"


def compared(values: dict) -> str:
    """What a run's last line says of the comparison with golden."""
    if values["backend"] == "golden":
        return " (golden model alone: nothing to compare)"
    return f", {values['values_compared']:,} values compared, {values['mismatches']:,} mismatches"


def per_sample(total: float, samples: float) -> float | None:
    """A mean, rounded for a reader; None of no samples."""
    return round(total / samples, 1) if samples else None
