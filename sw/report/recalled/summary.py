"""The figures of an auto-encoder's run, as summary.json holds them and as a terminal shows them."""

import numpy as np
from rich.console import Console
from rich.table import Table

from cosim import account
from cosim.checkpoint import Checkpoint
from sw.common.terminal import say
from sw.data.dataset import Dataset
from sw.report.summary import per_sample, shape_name

PLACES = ("up_rows", "up_errors", "up_spikes", "down_rows", "down_errors", "down_spikes", "again_rows", "again_spikes")
"""Of the counters, those that a summary has: means over the training samples."""


def summary(kept: Checkpoint, dataset: Dataset, backprop: list[float] | None = None) -> dict:
    """The figures of a run, plain JSON values. Errors are mean squared errors of pixels 0..1 on the test samples.

    Args:
        backprop: the baseline's error after each epoch, where it was asked for.
    """
    from golden.records import RECALLED_COUNTERS

    config = kept.config
    learned, tested = ([epoch[kind] for epoch in kept.epochs] for kind in ("training", "test"))
    training, testing = account.summed(learned), account.summed(tested)
    errors, agreements = account.errors(tested), account.agreements(tested)
    counters = {name: [place[RECALLED_COUNTERS.index(name)] for place in training["counters"]] for name in PLACES}
    return {
        "config": config.to_dict(),
        "data": dataset.name,
        "pixels": dataset.encoding.scale,
        "backend": kept.about["backend"],
        "test_error": errors[-1] if errors else None,
        "backprop_error": backprop[-1] if backprop else None,
        "pca_error": pca_error(dataset.x_train, dataset.x_test, config.sizes[-1]),
        "mean_image_error": pca_error(dataset.x_train, dataset.x_test, 0),
        "agreement": agreements[-1] if agreements else None,
        "samples": training["samples"] + testing["samples"],
        "training_samples": len(dataset.x_train),
        "test_samples": len(dataset.x_test),
        "values_compared": sum(epoch["values"] for epoch in kept.epochs),
        "mismatches": sum(epoch["differ"] for epoch in kept.epochs),
        "counters_per_sample": {
            name: [per_sample(count, training["samples"]) for count in found] for name, found in counters.items()
        },
        "samples_per_second": per_sample(training["samples"], training["seconds"]),
        "seconds": round(training["seconds"] + testing["seconds"], 1),
        "curve": {"golden": errors, "training": account.errors(learned)} | ({"backprop": backprop} if backprop else {}),
        "agreement_curve": agreements,
    }


def pca_error(x_train: np.ndarray, x_test: np.ndarray, components: int) -> float:
    """Of principal components (0: of the mean image) of samples x_train (N, n_0), 0..15, as a linear code of x_test."""
    train, test = x_train / 16, x_test / 16
    mean = train.mean(0)
    vectors = np.linalg.eigh(np.cov(train.T).reshape(len(mean), -1))[1][:, max(0, len(mean) - components) :]
    vectors = vectors[:, :components]
    rest = (test - mean) - (test - mean) @ vectors @ vectors.T
    return float((rest**2).mean())


def show(console: Console, values: dict, folder: str) -> None:
    """One screen; its last line is the error."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim")
    table.add_column()
    shape = "-".join(map(str, values["config"]["sizes"]))
    table.add_row("network", f"{values['config']['name']}, {shape} and back, on the golden model")
    samples = f"{values['training_samples']:,} to learn, {values['test_samples']:,} to test"
    table.add_row("data", f"{values['data']}, pixels {values['pixels']}: {samples}")
    for key, name in ERRORS.items():
        if values[key] is not None:
            table.add_row(name.format(code=values["config"]["sizes"][-1]), error(values[key]))
    if values["agreement"]:
        table.add_row("agreement", ", ".join(f"layer {i} {cosine:.3f}" for i, cosine in enumerate(values["agreement"])))
    rate = values["samples_per_second"] or 0
    table.add_row("time", f"{values['seconds']:,.0f} s, {rate:,.0f} training samples a second")
    console.print()
    console.print(table, highlight=False)
    say(console, f"report        {folder}/report.html")
    console.print(last_line(values), style="bold", highlight=False, soft_wrap=True)


ERRORS = {
    "test_error": "golden, test",
    "backprop_error": "backprop, test",
    "pca_error": "PCA of {code}",
    "mean_image_error": "mean image",
}
"""What recalls test samples, in the order of a table."""


def error(value: float | None) -> str:
    """0.0104, or a dash where nothing was tested."""
    return "-" if value is None else f"{value:.4f}"


def last_line(values: dict) -> str:
    """The sentence a run ends with."""
    said = f"mean squared error {error(values['test_error'])} of {values['test_samples']:,} test samples recalled"
    return f"{said} (golden model alone: nothing to compare)"


def title(config) -> str:
    """64-128-32 and back"""
    return f"{shape_name(config)} and back"
