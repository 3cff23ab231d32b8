"""Folders of pictures: one folder a class, and the one line that each bad one gets."""

import numpy as np
import pytest
from PIL import Image

from sw.data import DataError, Encoding, load, unlabelled
from sw.data.encoding import parse_size

SHAPE = (3, 5)


def picture(path, level=None, shape=SHAPE, mode="L"):
    """A grey ramp, or one level; returns its pixels."""
    pixels = np.arange(shape[0] * shape[1]).reshape(shape) * 17 % 256 if level is None else np.full(shape, level)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels.astype(np.uint8)).convert(mode).save(path)
    return pixels


def message(path, **options) -> str:
    with pytest.raises(DataError) as caught:
        load(path, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.fixture
def fruit(tmp_path):
    """Two classes of two and three pictures, in two formats, one of them in colour."""
    for name, count in (("pear", 3), ("apple", 2)):
        for i in range(count):
            picture(tmp_path / "fruit" / name / f"{i}.{'png' if i else 'bmp'}", 40 * i + 100 * (name == "pear"))
    picture(tmp_path / "fruit" / "pear" / "1.png", 140, mode="RGB")
    return tmp_path / "fruit"


def test_folders_are_classes_in_the_order_of_their_names(fruit):
    dataset = load(fruit)
    assert (dataset.name, dataset.image_shape, dataset.encoding.scale) == ("fruit", SHAPE, "0..255")
    assert dataset.encoding.names == ("apple", "pear")
    x, y = np.concatenate([dataset.x_train, dataset.x_test]), np.concatenate([dataset.y_train, dataset.y_test])
    levels = np.array([0, 40, 100, 140, 180])[dataset.places]
    np.testing.assert_array_equal(x, np.repeat(levels[:, None] >> 4, 15, axis=1))
    np.testing.assert_array_equal(y, levels >= 100)


def test_a_train_and_a_test_folder_bring_their_own_test_part_and_numbers_are_labels(tmp_path):
    for part, name, level in (("train", "0", 16), ("train", "10", 32), ("train", "2", 48), ("test", "10", 64)):
        picture(tmp_path / part / name / "a.png", level)
    dataset = load(tmp_path)
    assert dataset.encoding.names == () and dataset.y_train.tolist() == [0, 10, 2] and dataset.y_test.tolist() == [10]
    assert dataset.x_train[:, 0].tolist() == [1, 2, 3] and dataset.x_test[:, 0].tolist() == [4]


def test_pixels_stand_in_rows_from_the_top_left(tmp_path):
    ramp = picture(tmp_path / "a" / "0.png")
    picture(tmp_path / "b" / "0.png")
    np.testing.assert_array_equal(load(tmp_path).x_train[0], ramp.reshape(-1) >> 4)


def test_a_network_keeps_names_and_size(fruit):
    picture(fruit / "pear" / "9.png", 200, shape=(6, 10))
    assert "9.png: found 10 x 6 pixels where 0.bmp has 5 x 3; allowed is one size, or --size WIDTHxHEIGHT" in message(fruit)
    dataset = load(fruit, encoding=Encoding("0..255", ("pear", "apple"), size=(2, 4)))
    assert dataset.image_shape == (2, 4) and (dataset.x_train.shape[1], dataset.x_test.shape[1]) == (8, 8)
    y = np.concatenate([dataset.y_train, dataset.y_test])[np.argsort(dataset.places)]
    assert y.tolist() == [1, 1, 0, 0, 0, 0]
    assert "found class 'apple'; the network's are pear, plum" in message(
        fruit, encoding=Encoding("0..255", ("pear", "plum"))
    )


def test_pictures_too_large_are_refused_before_there_is_room_for_all(fruit, monkeypatch):
    for folder in (fruit / "apple", fruit / "pear"):
        for path in folder.iterdir():
            path.unlink()
        picture(folder / "0.png", 200, shape=(63, 66))
    monkeypatch.setattr(np, "empty", None)
    said = f"{fruit}/apple/0.png: found 66 x 63 pixels; allowed are 4,096 a sample: make them smaller, with --size"
    assert said in message(fruit)
    with pytest.raises(DataError, match=r"^--size: found 9999x9999, 99,980,001 pixels a sample; allowed are 4,096$"):
        parse_size("9999x9999")
    assert parse_size("128x32") == (32, 128)


def test_pictures_alone_are_samples_without_labels(fruit):
    found = unlabelled(fruit / "pear", Encoding("0..255"), 15)
    assert found[:, 0].tolist() == [100 >> 4, 140 >> 4, 180 >> 4]
    assert unlabelled(fruit, Encoding("0..255", ("apple", "pear")), 15) is None
    assert "found samples without labels" in message(fruit / "pear")
    with pytest.raises(DataError, match="allowed are integers 0 to 15, the scale that the network learned"):
        unlabelled(fruit / "pear", Encoding("0..15"), 15)


def test_what_is_wrong_is_named(fruit):
    (fruit / ".hidden").write_text("passed over")
    load(fruit)
    (fruit / "notes.txt").write_text("x")
    assert f"{fruit}: found notes.txt beside folders; allowed is a folder of pictures with one" in message(fruit)
    (fruit / "notes.txt").rename(fruit / "pear" / "notes.txt")
    assert f"{fruit}/pear/notes.txt: found no picture; allowed are .png, .jpg" in message(fruit)
    (fruit / "pear" / "notes.txt").rename(fruit / "pear" / "x.png")
    assert f"{fruit}/pear/x.png: found a damaged picture; allowed are .png" in message(fruit)
    whole = (fruit / "pear" / "1.png").read_bytes()
    (fruit / "pear" / "x.png").write_bytes(whole[:-40])
    assert f"{fruit}/pear/x.png: cannot read it" in message(fruit) or "damaged" in message(fruit)
    Image.fromarray(np.zeros(SHAPE, np.uint16)).save(fruit / "pear" / "x.png")
    assert "x.png: found pixels of more than 8 bits; allowed are pictures of 8 bits" in message(fruit)
    (fruit / "pear" / "x.png").unlink()
    (fruit / "empty").mkdir()
    assert f"{fruit}/empty: found no picture in it; allowed is a folder" in message(fruit)
    (fruit / "empty" / "deep").mkdir()
    assert f"{fruit}/empty: found a folder deep in it" in message(fruit)
    assert "found an empty folder" in message(fruit / "empty" / "deep")
