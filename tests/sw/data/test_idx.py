"""IDX files and Fashion-MNIST, which is made of them: what comes out, and the one line that each bad one gets."""

import gzip
import struct

import numpy as np
import pytest

from sw.data import DataError, Encoding, load, unlabelled

RNG = np.random.default_rng(0)


def message(path, **options) -> str:
    with pytest.raises(DataError) as caught:
        load(path, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def idx(array) -> bytes:
    return bytes((0, 0, 8, array.ndim)) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def fill(folder, shape=(28, 28), packed=True, dotted=False, parts=("train", "t10k")) -> dict:
    """Writes files of 5 training and 3 test images; returns the arrays by part."""
    arrays = {}
    for part in parts:
        count = {"train": 5, "t10k": 3}[part]
        arrays[part] = RNG.integers(0, 256, (count, *shape), np.uint8), RNG.integers(0, 10, count, np.uint8)
        for kind, array in zip(("images-idx3", "labels-idx1"), arrays[part], strict=True):
            name = f"{part}-{kind.replace('-', '.') if dotted else kind}-ubyte"
            (folder / (name + ".gz" * packed)).write_bytes(gzip.compress(idx(array)) if packed else idx(array))
    return arrays


@pytest.fixture
def fashion(tmp_path, monkeypatch):
    """A folder like Debian's; returns it with the arrays written."""
    monkeypatch.setattr("sw.data.named.FASHION_FOLDER", tmp_path)
    return tmp_path, fill(tmp_path)


def test_fashion_is_read_from_idx_files_with_its_own_test_part_and_the_top_4_bits(fashion):
    _, arrays = fashion
    dataset = load("fashion")
    assert (dataset.name, dataset.image_shape, dataset.encoding.scale) == ("fashion", (28, 28), "0..255")
    assert dataset.x_train.dtype == np.uint8 and dataset.y_train.dtype == np.int64
    np.testing.assert_array_equal(dataset.x_train, arrays["train"][0].reshape(5, 784) // 16)
    np.testing.assert_array_equal(dataset.x_test, arrays["t10k"][0].reshape(3, 784) // 16)
    np.testing.assert_array_equal(dataset.y_train, arrays["train"][1])
    np.testing.assert_array_equal(dataset.y_test, arrays["t10k"][1])


def test_missing_fashion_says_how_to_install_it(tmp_path, monkeypatch):
    monkeypatch.setattr("sw.data.named.FASHION_FOLDER", tmp_path / "nothing")
    text = message("fashion")
    assert text.startswith("fashion: found no ") and text.endswith("apt-get install dataset-fashion-mnist")


@pytest.mark.parametrize(("packed", "dotted"), [(True, False), (False, False), (False, True)])
def test_a_folder_and_a_file_with_its_labels_beside_it_are_read(tmp_path, packed, dotted):
    arrays = fill(tmp_path, (4, 3), packed, dotted)
    whole = load(tmp_path)
    assert (whole.name, whole.image_shape, whole.x_train.shape) == (tmp_path.name, (4, 3), (5, 12))
    np.testing.assert_array_equal(whole.y_test, arrays["t10k"][1])
    alone = load(next(tmp_path.glob("train-images*")))  # split 4 : 1
    assert alone.name == "train" and len(alone.x_test) == 1
    np.testing.assert_array_equal(
        np.concatenate([alone.x_train, alone.x_test]), arrays["train"][0].reshape(5, 12)[alone.places] // 16
    )


def test_a_dark_file_is_still_one_of_0_to_255(tmp_path):
    (tmp_path / "train-images-idx3-ubyte").write_bytes(idx(np.full((5, 2, 2), 9, np.uint8)))
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx(np.zeros(5, np.uint8)))
    assert load(tmp_path).x_train.max() == 0
    said = message(tmp_path, encoding=Encoding("0..15"))
    assert said.endswith("found integers 0 to 255; allowed are integers 0 to 15, the scale that the network learned")


def test_images_without_labels_beside_them_are_samples_to_name(tmp_path):
    arrays = fill(tmp_path, (2, 2), packed=False)
    path = tmp_path / "t10k-images-idx3-ubyte"
    assert unlabelled(path, Encoding("0..255"), 4) is None
    (tmp_path / "t10k-labels-idx1-ubyte").unlink()
    found = unlabelled(path, Encoding("0..255"), 4)
    np.testing.assert_array_equal(found, arrays["t10k"][0].reshape(3, 4) // 16)
    assert message(path) == f"{path}: found samples without labels; allowed are samples with labels"
    assert "found no t10k-labels-idx1-ubyte beside it" in message(tmp_path)


@pytest.mark.parametrize(
    ("damage", "text"),
    [
        (lambda content: content[:-30], "cannot read it: damaged"),
        (lambda content: b"not gzip", "found no whole IDX file of uint8 images"),
        (lambda content: gzip.compress(gzip.decompress(content)[:-1]), "found no whole IDX file of uint8 images"),
        (lambda content: gzip.compress(b"\0\0\x0d\x03" + gzip.decompress(content)[4:]), "found no whole IDX file"),
        (lambda content: gzip.compress(b"\0\0"), "found no whole IDX file"),
        (lambda content: gzip.compress(idx(np.zeros((4, 28, 28), np.uint8))), "found 4 samples in x and 5 labels in y"),
        (
            lambda content: gzip.compress(idx(np.zeros((5, 28, 27), np.uint8))),
            "28 x 27 in x and 28 x 28 in x_test",
        ),
    ],
)
def test_damaged_files_are_refused(fashion, damage, text):
    path = fashion[0] / "train-images-idx3-ubyte.gz"
    path.write_bytes(damage(path.read_bytes()))
    assert text in message("fashion")
    assert text in message(fashion[0])
