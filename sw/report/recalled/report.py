"""What the run of an auto-encoder leaves behind: summary.json, three pictures, and report.html, which shows it all."""

import json

import numpy as np

from cosim.checkpoint import Checkpoint
from cosim.job import model_of
from sw.common.files import RunFolder
from sw.data.dataset import Dataset
from sw.report.recalled import pictures
from sw.report.recalled.page import page
from sw.report.recalled.summary import title

SHOWN = 24
"""Test samples that are drawn."""


def write(folder: RunFolder, kept: Checkpoint, dataset: Dataset, values: dict) -> None:
    """Writes the pictures, summary.json and report.html of a run. `values` is what `summary` gave."""
    config, name = kept.config, f"{dataset.name}, {title(kept.config)}"
    x = dataset.x_test[:SHOWN].astype(np.int64)
    recalled = model_of(config, kept.state).train(x, learn=False).recalled
    shape = dataset.image_shape
    folder.draw(
        "recalled.png",
        lambda path: pictures.beside(path, x, recalled, config.steps, shape, f"Recalled from its code: {name}"),
    )
    levels = {f"PCA {config.sizes[-1]}": values["pca_error"], "mean image": values["mean_image_error"]}
    curves = {key: curve for key, curve in values["curve"].items() if key != "training"}
    folder.draw("error.png", lambda path: pictures.errors(path, curves, levels, f"Learning, sample by sample: {name}"))
    agreement = values["agreement_curve"]
    folder.draw("agreement.png", lambda path: pictures.agreement(path, agreement, f"Two networks come to agree: {name}"))
    folder.write("summary.json", json.dumps(values, indent=2) + "\n")
    folder.write("report.html", page(folder.path, config, values))
