"""What a run leaves behind: summary.json, three pictures, and report.html, which shows it all in one file."""

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cosim.checkpoint import Checkpoint
from cosim.job import model_of
from sw.common.files import RunFolder, make_folder, whole_file
from sw.data.dataset import Dataset
from sw.report import pictures
from sw.report.page import page
from sw.report.pictures import Spikes
from sw.report.summary import shape_name

if TYPE_CHECKING:
    from golden.integer import IntegerModel


def spikes_of(kept: Checkpoint, dataset: Dataset) -> Spikes:
    """The first test sample that the network gets right, in both networks."""
    model = model_of(kept.config, kept.state)
    several = slice(0, min(64, len(dataset.x_test)))
    seen = model.train(dataset.x_test[several], dataset.y_test[several], learn=False).prediction
    right = np.flatnonzero(seen == dataset.y_test[several])
    i = int(right[0]) if len(right) else 0
    trace = model.trace(dataset.x_test[i])
    label = int(dataset.y_test[i])
    return Spikes(
        image=np.asarray(dataset.x_test[i]),
        label=label,
        prediction=int(seen[i]),
        forward=[trace[f"s{layer}"] for layer in range(kept.config.layers + 1)],
        backward=backward_spikes(model, label),
        direct=kept.config.coding == "direct",
    )


def backward_spikes(model: "IntegerModel", label: int) -> list[np.ndarray | None]:
    """Spikes (T, n_l) of layers 0..L that concept `label` evokes on the way down, None where it evokes none; the model stays
    as it is."""
    import torch

    trace = model.rule.recall(copy.deepcopy(model.memories), torch.tensor([label]))
    lowest, layers = model.config.lowest, model.config.layers
    return [trace[f"sh{layer}"].numpy() if layer >= lowest else None for layer in range(layers + 1)]


def write(folder: RunFolder, kept: Checkpoint, dataset: Dataset, values: dict) -> None:
    """Writes the pictures, summary.json and report.html of a run. `values` is what `sw.report.summary` gave."""
    config = kept.config
    name = f"{dataset.name}, {shape_name(config)}"
    curves = {key: curve for key, curve in values["curve"].items() if key != "training"}
    folder.draw(
        "learning_curve.png", lambda path: pictures.learning_curve(path, curves, f"Learning, sample by sample: {name}")
    )
    if config.stimulus_recall:
        means = class_means(dataset, config.classes)
        recalled = kept.state["h0"] if kept.state else model_of(kept.config, kept.state).state()["h0"]
        draw_recall(folder / "recall.png", recalled, means, config.steps, dataset.image_shape)
    spikes = spikes_of(kept, dataset)
    folder.draw("raster.png", lambda path: pictures.raster(path, spikes, dataset.image_shape, "One sample in both networks"))
    folder.write("summary.json", json.dumps(values, indent=2) + "\n")
    folder.write("report.html", page(folder.path, config, values))


def draw_recall(
    path: Path,
    recalled: np.ndarray,
    means: np.ndarray,
    steps: int,
    shape: tuple[int, int] | None,
    of: str = "each class",
) -> None:
    """Writes the picture of what is recalled, whole or not at all; arguments as in `sw.report.pictures.recall`."""
    make_folder(path.parent)
    with whole_file(path) as temporary:
        pictures.recall(temporary, recalled, means, steps, shape, f"What the backward network recalls of {of}")


def class_means(dataset: Dataset, classes: int) -> np.ndarray:
    """(K, n_0) the mean training pixels of each class, 0..15; zero where a class has no sample."""
    means = np.zeros((classes, dataset.x_train.shape[1]))
    for k in range(classes):
        members = dataset.x_train[dataset.y_train == k]
        if len(members):
            means[k] = members.mean(0)
    return means
