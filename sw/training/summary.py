"""The figures of a finished run, as summary.json holds them and as a terminal shows them."""

from rich.console import Console
from rich.table import Table

from golden.config import Config
from sw.common.terminal import say
from sw.data.dataset import Dataset
from sw.training.checkpoint import Checkpoint
from sw.training.history import accuracies, summed


def shape_name(config: Config) -> str:
    """64-128-64-10"""
    return "-".join(map(str, config.sizes))


def summary(kept: Checkpoint, dataset: Dataset, backprop: list[float], simulator: str | None) -> dict:
    """The figures of a finished run, plain JSON values. Clocks and utilisation are null where there was no chip.

    Args:
        backprop: the baseline's test accuracy after each epoch, 0..1.
    """
    config, history = kept.config, kept.history
    training, testing = summed(history["epochs"]), summed(history["tests"])
    curve, tested = accuracies(history["epochs"]), accuracies(history["tests"])
    clocked = simulator is not None  # the chip's clocks tell of the chip where no cable makes it wait
    rows = [layer[0] for layer in training["counters"]]
    updates = [layer[1] for layer in training["counters"]]
    per = lambda total, samples: round(total / samples, 1) if samples else None  # noqa: E731
    return {
        "config": config.to_dict(),
        "data": dataset.name,
        "backend": history["backend"],
        "simulator": simulator,
        "test_accuracy": tested[-1],
        "golden_accuracy": tested[-1],
        "backprop_accuracy": backprop[-1],
        "samples": training["samples"] + testing["samples"],
        "training_samples": len(dataset.x_train),
        "test_samples": len(dataset.x_test),
        "values_compared": training["values"] + testing["values"],
        "mismatches": 0,  # a run with one ends there and has no summary
        "clocks_per_sample_training": per(training["clocks"], training["samples"]) if clocked else None,
        "clocks_per_sample_inference": per(testing["clocks"], testing["samples"]) if clocked else None,
        "lane_utilisation": [round(share, 4) for share in utilisation(history["chip"])] if clocked else None,
        "rows_per_sample": [per(row, training["samples"]) for row in rows],
        "updates_per_sample": [per(update, training["samples"]) for update in updates],
        "spikes_per_sample": [per(layer[3], training["samples"]) for layer in training["counters"]],
        "samples_per_second": per(training["samples"], training["seconds"]),
        "seconds": round(training["seconds"] + testing["seconds"], 1),
        "curve": {
            **({"chip": tested} if history["backend"] != "golden" else {}),
            "golden": tested,  # every prediction was compared
            "training": curve,
            "backprop": backprop,
        },
    }


def utilisation(epochs: list[dict]) -> list[float]:
    """For layers 0..L the part of all training clocks in which the layer walked its memory, by the chip's own counters."""
    totals = {name: sum(epoch["busy"][name] for epoch in epochs) for name in epochs[0]["busy"]}
    walked = sorted((int(name[6:]), clocks) for name, clocks in totals.items() if name.startswith("walked"))
    return [clocks / totals["clocks"] for _, clocks in walked]


def show(console: Console, values: dict, folder: str) -> None:
    """One screen; its last line is accuracy, values compared and mismatches."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim")
    table.add_column()
    percent = lambda accuracy: f"{100 * accuracy:.2f} %"  # noqa: E731
    chip, clocked = values["backend"] != "golden", values["simulator"] is not None
    shape = "-".join(map(str, values["config"]["sizes"]))
    table.add_row("network", f"{values['config']['name']}, {shape}, on {place(values)}")
    table.add_row("data", f"{values['data']}: {values['training_samples']:,} to learn, {values['test_samples']:,} to test")
    who = "chip" if chip else "golden"
    table.add_row(f"{who}, test", percent(values["test_accuracy"]))
    if chip:
        table.add_row("golden, test", percent(values["golden_accuracy"]))
    table.add_row("backprop, test", percent(values["backprop_accuracy"]))
    if clocked:
        learning, inference = values["clocks_per_sample_training"], values["clocks_per_sample_inference"]
        table.add_row("clocks a sample", f"{learning:,.0f} learning, {inference:,.0f} in inference")
        use = ", ".join(f"layer {i} {100 * u:.1f} %" for i, u in enumerate(values["lane_utilisation"]))
        table.add_row("lanes busy", use)
    table.add_row("time", f"{values['seconds']:,.0f} s, {values['samples_per_second']:,.0f} training samples a second")
    console.print()
    console.print(table, highlight=False)
    say(console, f"report           {folder}/report.html")
    console.print(last_line(values), style="bold", highlight=False, soft_wrap=True)


def place(values: dict) -> str:
    """Where a run took place."""
    return {"golden": "the golden model", "serial": "a board"}.get(values["backend"], values["simulator"])


def last_line(values: dict) -> str:
    """The sentence a run ends with."""
    accuracy = f"{100 * values['test_accuracy']:.2f} % of {values['test_samples']:,} test samples right"
    if values["backend"] == "golden":
        return f"{accuracy} (golden model alone: nothing to compare)"
    return f"{accuracy}, {values['values_compared']:,} values compared, {values['mismatches']:,} mismatches"
