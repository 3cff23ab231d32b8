"""`bispike predict`: a trained network names samples; golden answers, or a chip that is compared with it."""

import csv
import io
from pathlib import Path

import numpy as np
from rich.console import Console

from cosim.checkpoint import Checkpoint
from sw import data
from sw.common.errors import UserError
from sw.common.files import write
from sw.common.own import Kind, check_own
from sw.common.tasks import for_recognition
from sw.common.terminal import say
from sw.data.source import name_of
from sw.training import history
from sw.training.asked import asked
from sw.training.place import Place

HEADERS = "sample,label,prediction\n", "sample,prediction\n"
"""The first line of what is written, of samples with labels and without."""


def predict(
    source: Path,
    given_data: str | None,
    split: int | None,
    part: str | None,
    output: Path | None,
    console: Console,
    where: Place = Place(),  # noqa: B008
    label: str | None = None,
    size: tuple[int, int] | None = None,
) -> np.ndarray:
    """Names samples with a trained network; returns rows of sample, label, prediction, and writes them where asked.

    Rows are (N, 3), or (N, 2) where the data has no labels; in the file, classes have their names. Pixels are read in the
    scale that the network learned.

    Args:
        part: test, train or all; where None the test part of what the network learned, all of other data.
        output: a CSV file, new or an earlier one; `sample` counts from 0 in the order of the data's own file.
        label, size: the column of a CSV file that holds the label, (height, width) to which pictures are resized, where
            they are not those that the network learned from.

    Raises:
        UserError, StateError: bad input. CheckError: the chip said something else than golden.
    """
    check_own("--output", output, Kind.text("prediction", *HEADERS))
    kept = Checkpoint.load(source)
    for_recognition(kept.config, source)
    history.check_trained(kept, source)
    encoding = history.encoding(kept, label, size)
    name = given_data or history.own_data(kept, source)
    data.check_options(name, label, size)
    x = None if label is not None else data.unlabelled(name, encoding, kept.config.sizes[0])
    kind = ""
    if x is not None:
        for option, given in (("--split", split), ("--part", part)):
            if given is not None:
                found = f"{option}: found with {name}, samples without labels"
                raise UserError(f"{found}; allowed with samples that have labels")
        data.check_pixels(name_of(Path(name)), x, kept.config)
        known = {"sample": np.arange(len(x))}
    else:
        known, x, kind = _labelled(kept, name, split, part, encoding)
    with where.loading(console) as status, asked(kept, where) as network:
        predicted = network.predict(x, lambda done: status.update(f"{done:,} of {len(x):,} samples"))
    rows = np.stack([*known.values(), predicted], axis=1)
    if "label" in known:
        right = int((known["label"] == predicted).sum())
        said = f"{100 * right / len(rows):.2f} % of {len(rows):,} {kind} right"
    else:
        found = [f"{count:,} of class {encoding.name(k)}" for k, count in enumerate(np.bincount(predicted)) if count]
        said = f"{len(rows):,} samples without labels: {', '.join(found)}"
    say(console, said + (f"; {network.compared:,} values compared, 0 mismatches" if network.chip else ""))
    if output:
        write(output, _csv([*known, "prediction"], rows, encoding))
        say(console, f"{output}: {len(rows):,} predictions")
    return rows


def _labelled(
    kept: Checkpoint, name: str, split: int | None, part: str | None, encoding: data.Encoding
) -> tuple[dict[str, np.ndarray], np.ndarray, str]:
    """Place and label of each chosen sample, the samples (N, n_0), and in words which they are."""
    own, learned = history.is_own(kept, name), kept.about.get("split", 0)
    part = part or ("test" if own else "all")
    dataset = data.load(name, learned if split is None else split, encoding, least=1 if part == "all" else 2)
    data.check_split(split, dataset, name)
    data.check(dataset, kept.config)
    if split is not None and part == "all":
        raise UserError(f"--split: found with all samples of {name}; allowed with --part test or train")
    if own and part != "all":
        if split not in (None, learned):
            raise UserError(f"--split: found {split} with {name}, which the network learned; allowed is its own, {learned}")
        known = history.encoding(kept)
        if not history.is_same(kept, dataset if encoding == known else data.load(name, learned, known)):
            found = f"{name}: found other samples than the network learned from it"
            raise UserError(f"{found}; allowed is --part all, or the data as it was: else its parts are others, too")
    sample, train = dataset.places, len(dataset.x_train)
    chosen = {"train": np.arange(train), "test": np.arange(train, len(sample)), "all": np.argsort(sample)}[part]
    x, y = np.concatenate([dataset.x_train, dataset.x_test]), np.concatenate([dataset.y_train, dataset.y_test])
    kind = {"train": "training samples", "test": "test samples", "all": "samples"}[part]
    return {"sample": sample[chosen], "label": y[chosen]}, x[chosen], kind


def _csv(names: list[str], rows: np.ndarray, encoding: data.Encoding) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([sample, *map(encoding.name, classes)] for sample, *classes in rows.tolist())
    return text.getvalue()
