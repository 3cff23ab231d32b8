"""The configuration that data gets where the user names none."""

from pathlib import Path

import numpy as np
import pytest

from golden.config import NAMED, Config
from sw.data import DataError, Dataset, Encoding, idx
from sw.design.choose import config_for, run_name


def dataset(pixels: int, classes: int, name: str = "mine", names: tuple[str, ...] = ()) -> Dataset:
    x, y = np.zeros((classes, pixels), np.uint8), np.arange(classes)
    return Dataset(name, x, y, x, y, encoding=Encoding("0..15", names))


def test_named_data_gets_the_configuration_of_its_name():
    assert config_for(dataset(64, 10, "digits"), "digits") == NAMED["digits"]
    assert config_for(dataset(784, 10, "fashion"), "fashion") == NAMED["fashion"]


@pytest.mark.parametrize("name", sorted(NAMED))
def test_a_file_that_is_called_as_a_configuration_is_other_data(name):
    pixels = NAMED[name].sizes[0]
    for source in (f"{name}.npz", Path("somewhere") / f"{name}.csv", f"./{name}"):
        chosen = config_for(dataset(pixels, 3, name), source)
        assert (chosen.task, chosen.sizes[0], chosen.classes) == ("recognition", pixels, 3), source
        assert chosen.sizes[1:3] in ((128, 64), (256, 128)), source


def write_idx(folder: Path, name: str) -> Path:
    """A file of two pictures, without labels."""
    (folder / name).write_bytes(bytes((0, 0, 8, 3, *(0, 0, 0, 2) * 3, *range(8))))
    return folder / name


@pytest.mark.parametrize(
    ("pixels", "classes", "sizes"),
    [
        (64, 10, (64, 128, 64, 10)),
        (9, 1, (9, 128, 64, 2)),
        (256, 32, (256, 128, 64, 32)),
        (257, 17, (257, 256, 128, 17)),
        (100, 33, (100, 256, 128, 33)),
        (4096, 64, (4096, 256, 128, 64)),
    ],
)
def test_other_data_gets_a_pixel_an_input_and_a_class_a_concept(pixels, classes, sizes):
    chosen = config_for(dataset(pixels, classes), "mine.npz")
    assert chosen == Config(name="mine", sizes=sizes, lanes=16)


def test_names_of_classes_count_and_odd_names_of_files_are_made_good():
    chosen = config_for(dataset(9, 2, "_my data (1)", ("a", "b", "c")), "_my data (1)")
    assert (chosen.classes, chosen.name) == (3, "my data -1-")


def test_what_no_core_takes_is_refused():
    with pytest.raises(DataError, match="found 4,097 pixels a sample; allowed are 4,096"):
        config_for(dataset(4097, 2), "mine.npz")
    with pytest.raises(DataError, match="found label 64; allowed are labels 0 to 63"):
        config_for(dataset(9, 65), "mine.npz")


def test_a_run_is_named_as_the_configuration_chosen_for_its_data(tmp_path):
    for name in ("mine", "my data (1)", "v1.2", "digits"):
        chosen = config_for(dataset(64, 10, name), f"{name}.npz").name
        (tmp_path / name).mkdir()
        assert run_name(None, f"{name}.npz") == run_name(None, str(tmp_path / name)) == chosen
    for name in ("train-images-idx3-ubyte", "train-images.idx3-ubyte.gz"):
        source = idx.read(write_idx(tmp_path, name))
        assert run_name(None, str(tmp_path / name)) == source.name == "train"
    assert run_name("tiny", "mine.npz") == "tiny"
    assert run_name(None, None) == run_name(None, "random") == "digits"
