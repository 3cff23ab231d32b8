"""A small training for the tests of this folder."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from sw.report import pictures
from sw.report.recalled import pictures as recalled_pictures


@pytest.fixture
def small(tmp_path, monkeypatch):
    """Two easy classes of 3 x 3 pictures and a network for them, in an empty folder; gives the command's arguments."""
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(1)
    y = np.arange(60) % 2
    shapes = np.array([[1, 1, 1, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 1, 1, 1]])
    x = np.clip(shapes[y] * 12 + random.integers(0, 4, (60, 9)), 0, 15)
    np.savez("stripes.npz", x=x, y=y)
    (tmp_path / "small.toml").write_text("sizes = [9, 8, 2]\nlanes = 4\nblock = 7\nepochs = 3\n")
    return ["train", "--config", "small.toml", "--data", "stripes.npz"]


@pytest.fixture
def unpainted() -> Iterator[None]:
    """Pictures without a stroke, where a test does not look at them: they take longer than a small network's training."""

    def blank(path: Path, *shown: object) -> None:
        path.write_bytes(b"\x89PNG")

    with pytest.MonkeyPatch.context() as patch:  # its own: a test may undo what it changed itself
        for module, names in (
            (pictures, ("learning_curve", "recall", "raster")),
            (recalled_pictures, ("beside", "errors", "agreement")),
        ):
            for name in names:
                patch.setattr(module, name, blank)
        yield
