"""What a training is, in plain JSON values: kept as `about` in its checkpoint from its start on.

That is `data`, `split`, `digest` (of the samples), `backend`, `baseline` (train the same network by backprop, too),
`encoding` (what its pixels and labels mean: `sw.data.encoding`), `image_shape`, and `chosen`: no user named its
configuration.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from cosim.checkpoint import Checkpoint
from golden.config import Config
from sw.common.errors import DataError, UserError
from sw.common.terminal import again
from sw.data.course import Course
from sw.data.dataset import Dataset
from sw.data.elements import Coding
from sw.data.encoding import SCALES, Encoding
from sw.data.foretold import Reading


def check_trained(kept: Checkpoint, source: Path) -> None:
    """Raises UserError on a network that is to be asked and has not learned a single epoch yet."""
    if not kept.state:
        command = again("train", "--resume", "--run", source if source.is_dir() else source.parent)
        raise UserError(f"{source}: found a network before its first epoch; allowed is one that has learned: {command}")


def about(data: str, split: int, dataset: Dataset, backend: str, baseline: bool) -> dict:
    """What there is to say of a training. `data` is the name or file the user gave."""
    meaning = {"encoding": dataset.encoding.to_dict(), "image_shape": dataset.image_shape}
    return {"data": data, "split": split, "digest": digest(dataset), "backend": backend, "baseline": baseline} | meaning


def of_course(course: Course, reading: Reading) -> dict:
    """What there is to say of elements: `reading`, the user's options, and `coding`, how a series became elements."""
    return {"reading": asdict(reading), "coding": course.coding and course.coding.to_dict()}


def reading(kept: Checkpoint, column: str | None = None) -> Reading:
    """How the series was read that a network learned. column: another one."""
    known = Reading(**kept.about.get("reading", {}))
    return replace(known, column=column) if column else known


def coding(kept: Checkpoint) -> Coding | None:
    """How the series became elements that a network learned; None where it learned none."""
    known = kept.about.get("coding")
    return Coding.from_dict(known) if known else None


def encoding(kept: Checkpoint, label: str | None = None, size: tuple[int, int] | None = None) -> Encoding:
    """What pixels and labels mean to a network: all data it is shown is read so.

    label, size: another column of a CSV file, another size of pictures.
    """
    known = Encoding.from_dict(kept.about.get("encoding", {}))
    return replace(known, label=label or known.label, size=size or known.size)


def image_shape(kept: Checkpoint) -> tuple[int, int] | None:
    """(height, width) of what the network learned, where it learned pictures."""
    shape = kept.about.get("image_shape")
    return tuple(shape) if shape else None


def own_data(kept: Checkpoint, source: Path) -> str:
    """The name of the data that a network learned. Raises UserError where it has none."""
    if "data" not in kept.about:
        raise UserError(f"{source}: found no name of the data it learned; say which with --data")
    return kept.about["data"]


def is_own(kept: Checkpoint, data: str | None, column: str | None = None) -> bool:
    """Whether data and a column, where any is named, are those that a network learned."""
    same = data is None or Path(data).resolve() == Path(kept.about.get("data", "")).resolve()
    return same and (column is None or reading(kept).column in (None, column))  # None: the only one


def is_same(kept: Checkpoint, dataset: Dataset) -> bool:
    """Whether these are the samples that a network learned, as far as is known."""
    return kept.about.get("digest") in (None, digest(dataset))


def describe(kept: Checkpoint) -> str:
    """What a network learned, in one line."""
    known = encoding(kept)
    if not known.scale or "data" not in kept.about:
        return "no history of a training"
    if "coding" in kept.about:
        return f"{len(kept.epochs)} epochs of {kept.about['data']}{_element(kept)}"
    classes = f", classes {', '.join(known.names)}" if known.names else ""
    return f"{len(kept.epochs)} epochs of {kept.about['data']}, pixels as {SCALES[known.scale]}{classes}"


def _element(kept: Checkpoint) -> str:
    """What an element of a series or a text showed, behind the data's name."""
    known, column = coding(kept), reading(kept).column
    if known is None:
        return f": of {kept.config.sizes[0] // len(encoding(kept).names)} characters the next"
    last = known.lags.last
    shown = ["the value", "its last change" if last == 1 else f"its last {last} changes"]
    shown += ["two of a day ago"] * known.lags.daily + ["one of a week ago"] * known.lags.weekly
    where = f", column {column}" if column else ""
    return f"{where}: of {', '.join(shown)} the next change; mean {known.mean:.6g}, deviation {known.deviation:.6g}"


def check(kept: Checkpoint, path: Path) -> None:
    """Raises UserError where a checkpoint is not one of a training."""
    if "digest" not in kept.about:
        raise UserError(f"{path}: found no history of a training; allowed is the folder of an interrupted run")


def check_given(given: dict, own: dict, config: Config, path: Path) -> None:
    """Raises UserError where a run that goes on is another than the user says.

    Args:
        given: what the user said: config and others, None where nothing.
        own: what the run in `path` began with, for all that is `given` and no part of its configuration `config`.
    """
    own = own | {key: getattr(config, key) for key in ("epochs", "seed") if key in given}
    if given["config"] is not None:  # the name is the file's, and epochs and seed may have been options
        changes = {key: own[key] for key in ("epochs", "seed") if key in own} | {"name": config.name}
        if Config.load(given["config"]).replace(**changes) != config:
            raise _other("config", given["config"], path, config.name)
    for key, value in own.items():
        if given[key] is not None and given[key] != value:
            raise _other(key, given[key], path, value)


def _other(key: str, found: object, path: Path, own: object) -> UserError:
    return UserError(f"--{key}: found {found} with --resume; allowed is what {path} began with, {own}")


@contextmanager
def lying_elsewhere(given: str | None) -> Iterator[None]:
    """Names --data where the data of a run that goes on cannot be read inside, and the user named none."""
    try:
        yield
    except DataError as error:
        raise DataError(f"{error}" if given else f"{error}; if it lies elsewhere now, say where: --data") from None


def check_data(kept: Checkpoint, dataset: Dataset, source: str, path: Path) -> None:
    """Raises UserError where a run cannot go on with these samples, those of `source`."""
    if is_same(kept, dataset):
        return
    if not is_own(kept, source):
        raise _other("data", source, path, kept.about["data"])
    raise UserError(f"{path}: found a run on other samples of {source}; allowed is the data it began with")


def digest(dataset: Dataset) -> str:
    """A name for exactly these samples in this order."""
    hashed = hashlib.sha256()
    ends = (dataset.course.last_train, dataset.course.last_test) if dataset.course else ()
    for part in (dataset.x_train, dataset.y_train, dataset.x_test, dataset.y_test, *ends):
        hashed.update(str(part.shape).encode())
        hashed.update(np.ascontiguousarray(part).tobytes())
    return hashed.hexdigest()[:16]
