"""Data loading: what comes out of names and `.npz` files, and the one line that each bad file gets."""

import zipfile

import numpy as np
import pytest

from golden.config import Config
from sw.data import DataError, Dataset, check, load, order

X = np.arange(10 * 6, dtype=np.uint8).reshape(10, 6) % 16
Y = np.arange(10) % 3


def write(folder, **arrays):
    path = folder / "own.npz"
    np.savez(path, **arrays)
    return path


def message(path, **options) -> str:
    """The text of the DataError that loading raises; one line, always."""
    with pytest.raises(DataError) as caught:
        load(path, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


# ---- what comes out


def test_digits_are_the_first_1437_and_the_last_360_of_the_permutation_of_the_split():
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    for split in (0, 3):
        p = np.random.default_rng(split).permutation(1797)
        digits = load("digits", split)
        assert (digits.name, digits.image_shape) == ("digits", (8, 8))
        assert digits.x_train.dtype == np.uint8 and digits.y_train.dtype == np.int64
        assert digits.x_train.shape == (1437, 64) and digits.x_test.shape == (360, 64)
        np.testing.assert_array_equal(digits.x_train, np.minimum(x, 15)[p[:1437]])
        np.testing.assert_array_equal(digits.x_test, np.minimum(x, 15)[p[-360:]])
        np.testing.assert_array_equal(digits.y_train, y[p[:1437]])
        np.testing.assert_array_equal(digits.y_test, y[p[-360:]])


def test_integers_to_15_are_taken_as_they_are_and_split_80_20(tmp_path):
    for dtype in (np.uint8, np.int64, ">i2", np.uint64):
        dataset = load(write(tmp_path, x=X.astype(dtype), y=Y.astype(dtype)), split=2)
        p = np.random.default_rng(2).permutation(10)
        assert dataset.name == "own" and dataset.image_shape is None
        assert dataset.x_train.dtype == np.uint8 and dataset.y_test.dtype == np.int64
        np.testing.assert_array_equal(dataset.x_train, X[p[:8]])
        np.testing.assert_array_equal(dataset.x_test, X[p[8:]])
        np.testing.assert_array_equal(dataset.y_train, Y[p[:8]])
        np.testing.assert_array_equal(dataset.y_test, Y[p[8:]])


def test_integers_to_255_lose_their_low_4_bits(tmp_path):
    x = np.array([[0, 15, 16], [17, 254, 255]])
    dataset = load(write(tmp_path, x=x, y=[0, 1], x_test=x, y_test=[1, 0]))
    np.testing.assert_array_equal(dataset.x_train, [[0, 0, 1], [1, 15, 15]])


def test_floats_are_sixteenths_rounded_down_and_1_is_15(tmp_path):
    x = np.array([[0, 1 / 16, 0.99], [0.0624, 0.5, 1.0]])
    for dtype in (np.float16, np.float32, np.float64):
        dataset = load(write(tmp_path, x=x.astype(dtype), y=[0.0, 1.0], x_test=x, y_test=[1, 0]))
        np.testing.assert_array_equal(dataset.x_train, [[0, 1, 15], [0, 8, 15]])
        np.testing.assert_array_equal(dataset.y_train, [0, 1])


def test_an_own_test_part_is_used_and_shares_the_scale_of_the_training_part(tmp_path):
    dataset = load(write(tmp_path, x=X, y=Y, x_test=[[255, 0, 0, 0, 0, 16]], y_test=[2]), split=5)
    np.testing.assert_array_equal(dataset.x_train, np.zeros((10, 6)))  # 0..15 of 255 is dark
    np.testing.assert_array_equal(dataset.x_test, [[15, 0, 0, 0, 0, 1]])
    np.testing.assert_array_equal(dataset.y_train, Y)
    np.testing.assert_array_equal(dataset.y_test, [2])


def test_pictures_are_flattened_and_keep_their_shape(tmp_path):
    dataset = load(write(tmp_path, x=X.reshape(10, 2, 3), y=Y))
    assert dataset.image_shape == (2, 3) and dataset.x_train.shape == (8, 6)
    np.testing.assert_array_equal(dataset.x_train, load(write(tmp_path, x=X, y=Y)).x_train)
    assert load(write(tmp_path, x=X[:, :4], y=Y)).image_shape == (2, 2)  # flat, but square


def test_two_samples_are_enough_and_both_parts_get_one(tmp_path):
    dataset = load(write(tmp_path, x=X[:2], y=Y[:2]))
    assert len(dataset.x_train) == len(dataset.x_test) == 1


def test_the_order_of_an_epoch_is_the_epochth_draw_of_one_generator():
    rng = np.random.default_rng(7 + 99)
    for epoch in range(4):
        np.testing.assert_array_equal(order(50, 7, epoch), rng.permutation(50))


# ---- what is refused, by its text

BAD_FILES = {
    "no x": ({"y": Y}, "found no array 'x'; allowed is a file with both x and y"),
    "no y": ({"x": X}, "found samples without labels; allowed are samples with labels"),
    "x_test alone": ({"x": X, "y": Y, "x_test": X}, "found no array 'y_test'; allowed are both"),
    "y_test alone": ({"x": X, "y": Y, "y_test": Y}, "found no array 'x_test'; allowed are both"),
    "empty x": ({"x": X[:0], "y": Y[:0]}, "found no values in x, shape (0, 6)"),
    "no pixels": ({"x": X[:, :0], "y": Y}, "found no values in x, shape (10, 0)"),
    "empty y": ({"x": X, "y": Y[:0]}, "found no values in y, shape (0,)"),
    "empty x_test": ({"x": X, "y": Y, "x_test": X[:0], "y_test": Y}, "found no values in x_test"),
    "texts": ({"x": X.astype(str), "y": Y}, "found <U3 in x, not numbers; allowed are integers 0 to 15 or 0 to 255"),
    "complex": ({"x": X * 1j, "y": Y}, "found complex128 in x, not numbers"),
    "booleans": ({"x": X > 7, "y": Y}, "found bool in x, not numbers"),
    "text labels": ({"x": X, "y": Y.astype(str)}, "not numbers; allowed are whole numbers from 0"),
    "NaN": ({"x": np.where(X == 3, np.nan, 0.5), "y": Y}, "found NaN or infinity in x; allowed are"),
    "infinity": ({"x": np.where(X == 3, np.inf, 0.5), "y": Y}, "found NaN or infinity in x; allowed are"),
    "NaN label": ({"x": X, "y": np.where(Y == 1, np.nan, 0)}, "found NaN or infinity in y; allowed are whole numbers"),
    "above 255": ({"x": X.astype(int) + 241, "y": Y}, "found integers 241 to 256 in x; allowed are integers 0 to 15"),
    "below 0": ({"x": X.astype(int) - 1, "y": Y}, "found integers -1 to 14 in x; allowed are"),
    "float above 1": ({"x": X / 10, "y": Y}, "found floats 0.0 to 1.5 in x; allowed are integers 0 to 15 or"),
    "float below 0": ({"x": X / 15 - 0.5, "y": Y}, "found floats -0.5 to 0.5 in x; allowed are"),
    "x_test above 255": ({"x": X, "y": Y, "x_test": X.astype(int) * 99, "y_test": Y}, "to 1485 in x_test; allowed are"),
    "negative label": ({"x": X, "y": Y - 1}, "found label -1 in y; allowed are whole numbers from 0"),
    "broken label": ({"x": X, "y": Y / 2}, "found label 0.5 in y; allowed are whole numbers from 0"),
    "huge label": ({"x": X, "y": Y.astype(np.uint64) * 2**63}, "found label 9223372036854775808 in y; allowed are"),
    "negative test label": ({"x": X, "y": Y, "x_test": X, "y_test": Y - 2}, "found label -2 in y_test; allowed are"),
    "1-D x": ({"x": X[:, 0], "y": Y}, "found shape (10,) in x; allowed is samples x pixels, or samples x height x width"),
    "4-D x": ({"x": X.reshape(10, 3, 2, 1), "y": Y}, "found shape (10, 3, 2, 1) in x; allowed is samples x pixels"),
    "one-hot y": ({"x": X, "y": np.eye(10)}, "found shape (10, 10) in y; allowed is one label a sample"),
    "fewer labels": ({"x": X, "y": Y[:9]}, "found 10 samples in x and 9 labels in y; allowed is one label a sample"),
    "fewer test labels": (
        {"x": X, "y": Y, "x_test": X, "y_test": Y[:4]},
        "found 10 samples in x_test and 4 labels in y_test",
    ),
    "one sample": ({"x": X[:1], "y": Y[:1]}, "found 1 sample in x; allowed is 2 or more"),
    "other pixels": ({"x": X, "y": Y, "x_test": X[:, :5], "y_test": Y}, "found samples of 6 in x and 5 in x_test"),
    "two kinds": ({"x": X, "y": Y, "x_test": X / 15, "y_test": Y}, "found uint8 in x and float64 in x_test; allowed is one"),
    "objects": ({"x": np.array([[1, None]] * 10), "y": Y}, "found pickled objects; allowed is a .npz file of plain numbers"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_gets_one_line_that_names_what_was_found(tmp_path, case):
    arrays, text = BAD_FILES[case]
    path = write(tmp_path, **arrays)
    found = message(path)
    assert found.startswith(f"{path}: ") and text in found


def test_a_missing_file_an_unknown_name_and_a_folder_are_refused(tmp_path):
    assert message(tmp_path / "none.npz").endswith("none.npz: found no such file; allowed is a .npz file with x and y")
    assert message("mnist") == (
        "data: found 'mnist'; allowed are digits, fashion, a .npz or .csv file, a folder of IDX files, "
        "or a folder of pictures with one folder a class; bispike train, data and forecast take electricity, kjv, "
        "and a .txt file, too"
    )
    (tmp_path / "folder.npz").mkdir()
    assert "folder.npz: cannot read it: Is a directory" in message(tmp_path / "folder.npz")
    assert "cannot read it: File name too long" in message("a" * 300 + ".npz")


def test_what_is_no_npz_file_is_refused(tmp_path):
    path = tmp_path / "own.npz"
    for content in (b"", b"x,y\n1,2\n", np.lib.format.magic(1, 0) + b"\0" * 40):
        path.write_bytes(content)
        assert message(path) == f"{path}: found no .npz file (a zip of arrays); write one with numpy.savez"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("x", b"some bytes")
    assert "found no array in x; allowed is a .npz file as numpy.savez writes it" in message(path)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("x.npy", np.lib.format.magic(1, 0) + b"\0" * 40)
    assert "found a damaged file" in message(path)


def test_a_file_damaged_anywhere_gives_one_line_or_loads(tmp_path):
    path = tmp_path / "own.npz"
    np.savez_compressed(path, x=X, y=Y)
    content = path.read_bytes()
    refused = 0
    for position in range(0, len(content), 7):
        path.write_bytes(content[:position] + bytes((content[position] ^ 0xA5,)) + content[position + 1 :])
        try:
            load(path)
        except DataError as error:
            assert "\n" not in str(error)
            refused += 1
    assert refused > len(content) / 7 / 4
    for length in range(0, len(content), 16):
        path.write_bytes(content[:length])
        assert "own.npz: found" in message(path)


def test_a_negative_split_is_refused():
    for split in (-1, 0.5, True):
        assert message("digits", split=split) == f"split: found {split!r}; allowed is a whole number from 0"


def test_check_names_the_sizes_found_and_allowed():
    dataset = Dataset("own", X, Y, X, Y)
    check(dataset, Config(sizes=(6, 4, 3), lanes=2))
    check(dataset, Config(sizes=(6, 4, 5), lanes=2))  # a class that the data never shows is no error
    with pytest.raises(DataError) as caught:
        check(dataset, Config(sizes=(7, 4, 3), lanes=2))
    assert str(caught.value) == (
        "data own: found 6 pixels a sample; allowed is 7, the first of the configuration's sizes [7, 4, 3]"
    )
    for wide in (Dataset("own", X, Y, X, Y + 1), Dataset("own", X, Y + 1, X, Y)):
        with pytest.raises(DataError) as caught:
            check(wide, Config(sizes=(6, 4, 3), lanes=2))
        assert str(caught.value) == (
            "data own: found label 3, 4 classes; allowed are 3 classes, labels 0 to 2: "
            "the last of the configuration's sizes [6, 4, 3]"
        )


def test_load_refuses_more_classes_than_asked_for(tmp_path):
    path = write(tmp_path, x=X, y=Y)
    assert load(path, classes=3).name == "own"
    assert "found label 2, 3 classes; allowed are 2 classes, labels 0 to 1" in message(path, classes=2)
