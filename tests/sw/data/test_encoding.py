"""The scale of pixels is the network's: a file is read in it, or refused."""

import numpy as np
import pytest

from sw.data import DataError, Encoding, load
from sw.data.synthetic import random_dataset, random_pixels

DARK = np.arange(40).reshape(10, 4) % 16


def own(folder, x, **more):
    np.savez(folder / "own.npz", x=x, y=np.arange(len(x)) % 2, **more)
    return folder / "own.npz"


def test_a_dark_file_has_the_scale_of_the_network(tmp_path):
    path = own(tmp_path, DARK)
    assert load(path).encoding.scale == "0..15" and load(path).x_train.max() == 15
    dark = load(path, encoding=Encoding("0..255"))
    assert dark.encoding.scale == "0..255" and dark.x_train.max() == 0


@pytest.mark.parametrize(
    ("x", "scale", "found", "allowed"),
    [
        (DARK * 2, "0..15", "integers 0 to 30", "integers 0 to 15"),
        (DARK / 15, "0..15", "floats 0.0 to 1.0", "integers 0 to 15"),
        (DARK / 15, "0..255", "floats 0.0 to 1.0", "integers 0 to 255"),
        (DARK, "0..1", "integers 0 to 15", "floats 0 to 1, or only 0 and 1"),
        (DARK * 30, "0..255", "integers 0 to 450", "integers 0 to 255"),
    ],
)
def test_what_does_not_fit_the_network_is_refused(tmp_path, x, scale, found, allowed):
    path = own(tmp_path, x)
    with pytest.raises(DataError) as caught:
        load(path, encoding=Encoding(scale))
    assert str(caught.value) == f"{path}: found {found} in x; allowed are {allowed}, the scale that the network learned"


@pytest.mark.parametrize(("scale", "light"), [(None, 15), ("0..1", 15), ("0..15", 1), ("0..255", 0)])
def test_only_0_and_1_are_black_and_white_in_every_file_unless_a_network_knows_better(tmp_path, scale, light):
    x = DARK % 2
    (tmp_path / "own.csv").write_text("".join(f"{','.join(map(str, row))},0\n" for row in x.tolist()))
    for path in (own(tmp_path, x), tmp_path / "own.csv"):
        dataset = load(path, encoding=Encoding(scale))
        assert (dataset.encoding.scale, dataset.x_train.max()) == (scale or "0..1", light)
    assert load(own(tmp_path, x, x_test=DARK, y_test=np.arange(10) % 2)).encoding.scale == "0..15"  # both parts together


def test_a_named_set_has_one_scale(tmp_path):
    assert load("digits").encoding == Encoding("0..15")
    with pytest.raises(DataError, match="digits: found integers 0 to 15; allowed are integers 0 to 255"):
        load("digits", encoding=Encoding("0..255"))


def test_an_encoding_survives_json():
    for encoding in (Encoding(), Encoding("0..1", ("a", "b"), (28, 20), "kind")):
        assert Encoding.from_dict(encoding.to_dict()) == encoding


def test_random_pixels_have_their_density_and_every_value():
    x = random_pixels(np.random.default_rng(0), (200, 50), 0.3)
    assert set(np.unique(x)) == set(range(16)) and abs((x > 0).mean() - 0.3) < 0.02
    assert not random_pixels(np.random.default_rng(0), (9, 9), 0).any()
    dataset = random_dataset("r", (7, 5, 3), 40, 9, 0.5, seed=1)
    assert (dataset.x_train.shape, dataset.x_test.shape, set(dataset.y_train)) == ((40, 7), (9, 7), {0, 1, 2})
