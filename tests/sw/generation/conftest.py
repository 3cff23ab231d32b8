"""A small trained auto-encoder for the tests of this folder."""

import numpy as np
import pytest

from cosim.checkpoint import Checkpoint
from golden.config import Config
from sw import data


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run folder of a small auto-encoder that has learned split 3 of pictures of three classes with names; made once."""
    from golden.autoencoder import Autoencoder

    folder = tmp_path_factory.mktemp("generate")
    random = np.random.default_rng(2)
    shapes, y = random.integers(0, 2, (3, 9)) * 12, np.arange(90) % 3
    x = np.clip(shapes[y] + random.integers(0, 4, (90, 9)), 0, 15)
    names = np.array(["cat", "cow", "dog"])
    lines = ["a,b,c,d,e,f,g,h,i,label"] + [",".join([*map(str, row), names[k]]) for row, k in zip(x, y, strict=True)]
    (folder / "animals.csv").write_text("\n".join(lines) + "\n")
    dataset = data.load(folder / "animals.csv", 3)
    config = Config.from_dict({"task": "autoencoder", "sizes": [9, 12, 6], "lanes": 4, "name": "animals"})
    model = Autoencoder(config)
    for _ in range(6):
        model.train(dataset.x_train)
    about = {"data": str(folder / "animals.csv"), "split": 3, "encoding": dataset.encoding.to_dict(), "image_shape": [3, 3]}
    (folder / "run").mkdir()
    Checkpoint(config, model.state(), about).save(folder / "run" / "weights.npz")
    return folder / "run"


@pytest.fixture
def network(trained, tmp_path, monkeypatch):
    """The model and its data; in an empty folder."""
    from golden.autoencoder import Autoencoder

    monkeypatch.chdir(tmp_path)
    kept = Checkpoint.load(trained)
    model = Autoencoder(kept.config)
    model.load(kept.state)
    return model, data.load(kept.about["data"], 3)
