"""What the run of a network that foretells leaves behind: summary.json, pictures, and report.html, which shows it all."""

import json

import numpy as np

from cosim.checkpoint import Checkpoint
from cosim.job import model_of
from golden.records import Records
from sw.common.files import RunFolder
from sw.data.dataset import Dataset
from sw.report.foretold import pictures
from sw.report.foretold.page import page, read_text
from sw.report.foretold.summary import title
from sw.report.pictures import learning_curve, raster
from sw.report.recalled.pictures import errors
from sw.report.report import class_means, draw_recall, spikes_of

SHOWN = 192
"""Test elements that are drawn: four days of half hours."""
CHARACTERS = 600


def write(folder: RunFolder, kept: Checkpoint, dataset: Dataset, values: dict) -> None:
    """Writes the pictures, summary.json and report.html of a run. `values` is what `summary` gave."""
    config, course, name = kept.config, dataset.course, f"{dataset.name}, {title(kept.config)}"
    curves = {key: curve for key, curve in values["curve"].items() if key != "training"}
    text, learning = "", f"Learning, element by element: {name}"
    said = _foretold(kept, dataset, SHOWN if course.coding else CHARACTERS)
    if course.coding:
        level = {"no change": values["plain_error"]}
        folder.draw("error.png", lambda path: errors(path, curves, level, learning, "of variance 1"))
        now, after = (part[: len(said)] for part in (course.test.now, course.test.after))
        coding, first = course.coding, course.coding.first + len(dataset.x_train) + 1
        came, foretold = (coding.unscaled(scaled) for scaled in (after, now + course.concepts.values(said.voltages)))
        folder.draw("foretold.png", lambda path: pictures.forecast(path, first + 1, came, foretold, f"Foretold: {name}"))
    else:
        folder.draw("learning_curve.png", lambda path: learning_curve(path, curves, learning))
        labels = dataset.y_test[: len(said)]
        symbols = "".join(dataset.encoding.name(label) for label in labels)
        text = read_text(symbols, (said.prediction == labels).tolist())
    if config.stimulus_recall:
        means = class_means(dataset, config.classes)
        recalled = kept.state["h0"] if kept.state else np.zeros(means.shape)
        draw_recall(folder / "recall.png", recalled, means, config.steps, None, "each concept")
    spikes = spikes_of(kept, dataset)
    folder.draw("raster.png", lambda path: raster(path, spikes, None, "One element in both networks"))
    folder.write("summary.json", json.dumps(values, indent=2) + "\n")
    folder.write("report.html", page(folder.path, config, values, text))


def _foretold(kept: Checkpoint, dataset: Dataset, count: int) -> Records:
    """What golden says of the first test elements."""
    test = dataset.testing[:count]
    return model_of(kept.config, kept.state).train(test.x, test.y, False, test.ends)
