"""The figures of an auto-encoder's run, as summary.json holds them and as a terminal shows them."""

from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console

from cosim import account
from cosim.checkpoint import Checkpoint
from sw.data.dataset import Dataset
from sw.report.summary import compared, curves, ended, figures, judged, per_sample, screen, shape_name

if TYPE_CHECKING:
    from sw.training.backend import Broken

PLACES = ("up_rows", "up_errors", "up_spikes", "down_rows", "down_errors", "down_spikes", "again_rows", "again_spikes")
"""Of the counters, those that a summary has: means over the training samples."""


def summary(
    kept: Checkpoint,
    dataset: Dataset,
    simulator: str | None,
    backprop: list[float] | None = None,
    broken: "Broken | None" = None,
) -> dict:
    """The figures of a run, plain JSON values. Errors are mean squared errors of pixels 0..1 on the test samples.

    Args:
        backprop: the baseline's error after each epoch, where it was asked for.
        simulator, broken: as of `sw.report.summary.summary`.
    """
    from golden.records import RECALLED_COUNTERS

    learned, tested = ([epoch[kind] for epoch in ended(kept, broken)] for kind in ("training", "test"))
    training = account.summed(learned)
    own, golden, agreements = (
        account.errors(tested),
        account.errors(tested, "golden_squared_error"),
        account.agreements(tested),
    )
    counters = {name: [place[RECALLED_COUNTERS.index(name)] for place in training["counters"]] for name in PLACES}
    return figures(kept, dataset, simulator, broken) | {
        "test_error": own[-1] if own else None,
        "golden_error": golden[-1] if golden else None,
        "backprop_error": backprop[-1] if backprop else None,
        "pca_error": pca_error(dataset.x_train, dataset.x_test, kept.config.sizes[-1]),
        "mean_image_error": pca_error(dataset.x_train, dataset.x_test, 0),
        "agreement": agreements[-1] if agreements else None,
        "counters_per_sample": {
            name: [per_sample(count, training["samples"]) for count in found] for name, found in counters.items()
        },
        "curve": curves(kept, own, golden, account.errors(learned), backprop),
        "agreement_curve": agreements,
    }


def pca_error(x_train: np.ndarray, x_test: np.ndarray, components: int) -> float:
    """Of principal components (0: of the mean image) of samples x_train (N, n_0), 0..15, as a linear code of x_test.

    A single sample has no components: it is the mean image.
    """
    train, test = x_train / 16, x_test / 16
    mean = train.mean(0)
    rest = test - mean
    if components and len(train) > 1:
        vectors = np.linalg.eigh(np.cov(train.T).reshape(len(mean), -1))[1][:, max(0, len(mean) - components) :]
        rest = rest - rest @ vectors @ vectors.T
    return float((rest**2).mean())


def show(console: Console, values: dict, folder: str) -> None:
    """One screen; its last line is the error, values compared and mismatches."""
    results = [(name, error(values[key])) for key, name in errors(values)]
    if values["agreement"]:
        results.append(("agreement", ", ".join(f"layer {i} {cosine:.3f}" for i, cosine in enumerate(values["agreement"]))))
    screen(console, values, folder, " and back", results, last_line(values))


def errors(values: dict) -> list[tuple[str, str]]:
    """Keys and names of what recalls test samples, in the order of a table."""
    others = [("pca_error", f"PCA of {values['config']['sizes'][-1]}"), ("mean_image_error", "mean image")]
    return [(key, f"{who}, test") for key, who in judged(values, "error")] + others


def error(value: float | None) -> str:
    """0.0104, or a dash where nothing was tested."""
    return "-" if value is None else f"{value:.4f}"


def last_line(values: dict) -> str:
    """The sentence a run ends with."""
    said = f"mean squared error {error(values['test_error'])} of {values['test_samples']:,} test samples recalled"
    return said + compared(values)


def title(config) -> str:
    """64-128-32 and back"""
    return f"{shape_name(config)} and back"
