"""CSV files: header or not, label last or named, and the one line that each bad one gets."""

import numpy as np
import pytest

from sw.data import DataError, Encoding, load, unlabelled

X = np.arange(10 * 4).reshape(10, 4) % 16
Y = np.arange(10) % 3


def written(folder, lines) -> str:
    path = folder / "own.csv"
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def lines_of(x=X, y=Y, label_at=4):
    rows = [[str(value) for value in row] for row in x.tolist()]
    for row, label in zip(rows, y, strict=True):
        row.insert(label_at, str(label))
    return [",".join(row) for row in rows]


def message(path, **options) -> str:
    with pytest.raises(DataError) as caught:
        load(path, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("lines", "label"),
    [
        (lines_of(), None),
        (["a,b,c,d,e", *lines_of()], None),
        (["", *lines_of(), ""], None),
        (["label,0,1,2,3", *lines_of(label_at=0)], None),
        (["a, kind ,b,c,d", *lines_of(label_at=1)], "kind"),
        (lines_of(X.astype(float), Y.astype(float)), None),
    ],
)
def test_the_label_is_last_or_named_and_a_header_is_seen(tmp_path, lines, label):
    dataset = load(written(tmp_path, lines), split=1, encoding=Encoding(label=label))
    assert (dataset.name, dataset.image_shape) == ("own", (2, 2))
    assert (dataset.encoding.scale, dataset.encoding.names, dataset.encoding.label) == ("0..15", (), label)
    np.testing.assert_array_equal(np.concatenate([dataset.x_train, dataset.x_test]), X[dataset.places])
    np.testing.assert_array_equal(np.concatenate([dataset.y_train, dataset.y_test]), Y[dataset.places])
    assert len(dataset.x_test) == 2 and sorted(dataset.places) == list(range(10))


def test_the_labels_column_may_be_named_without_an_encoding(tmp_path):
    path = written(tmp_path, ["a, kind ,b,c,d", *lines_of(label_at=1)])
    dataset = load(path, label="kind")
    np.testing.assert_array_equal(np.concatenate([dataset.y_train, dataset.y_test]), Y[dataset.places])
    assert dataset.encoding.label == "kind"
    known = load(path, encoding=Encoding("0..15"), label="kind")  # a network's own scale, and another column
    np.testing.assert_array_equal(known.y_train, dataset.y_train)
    with pytest.raises(DataError, match=r"^--label: found with digits; allowed with a \.csv file$"):
        load("digits", label="kind")


@pytest.mark.parametrize("first", ["0,1,2,3,digit", "0.5,1.5,2.5,3.5,kind", "0,0,0,0,a"])
def test_a_word_above_labels_in_numbers_is_a_name(tmp_path, first):
    """As pandas writes columns that have numbers for names."""
    dataset = load(written(tmp_path, [first, *lines_of()]))
    assert (len(dataset.places), dataset.encoding.names, dataset.classes) == (10, (), 3)
    np.testing.assert_array_equal(np.concatenate([dataset.x_train, dataset.x_test]), X[dataset.places])


WIDE = [",".join(map(str, row)) for row in (np.arange(10)[:, None] + np.arange(9) * 2) % 16]
"""Samples of nine cells."""


@pytest.mark.parametrize(
    ("lines", "first", "last"),
    [
        (["0,1,2,3,4,5,6,7,8", *WIDE], 0, 8),
        (["1,2,3,4,5,6,7,8,9", *WIDE], 1, 9),
        (["0,1,2,3,4,5,6,7,8,kind", *(f"{line},{word}" for line, word in zip(WIDE, "abcdefghih", strict=True))], 0, 8),
    ],
)
def test_a_first_line_that_counts_may_be_names_and_is_asked_for(tmp_path, lines, first, last):
    path = written(tmp_path, lines)
    found = f"{path}: found the numbers {first} to {last} in its first line, names or a sample"
    assert message(path) == f"{found}; allowed are names in words, or --label NAME, one of them"
    name = lines[0].split(",")[-1]
    assert len(load(path, encoding=Encoding(label=name)).places) == 10
    if name != "kind":
        with pytest.raises(DataError, match="names or a sample"):
            unlabelled(path, Encoding("0..15"), 9)


def test_a_sample_that_counts_is_one_among_others_of_its_class(tmp_path):
    path = written(tmp_path, [f"{line},a" for line in ("0,1,2,3,4,5,6,7,8", *WIDE)])
    assert len(load(path).places) == 11


def test_a_names_ending_may_have_capitals(tmp_path):
    (tmp_path / "OWN.CSV").write_text("\n".join(lines_of()))
    assert load(tmp_path / "OWN.CSV").name == "OWN"
    np.savez(tmp_path / "own.npz", x=X, y=Y)
    (tmp_path / "own.npz").rename(tmp_path / "OWN.NPZ")
    assert load(tmp_path / "OWN.NPZ").name == "OWN"


def test_labels_in_words_are_named_classes_in_their_order(tmp_path):
    words = np.array(["pear", "apple", "fig"])[Y]
    dataset = load(written(tmp_path, lines_of(y=words)))
    assert dataset.encoding.names == ("apple", "fig", "pear") and dataset.classes == 3
    found = np.concatenate([dataset.y_train, dataset.y_test])
    assert [dataset.encoding.name(label) for label in found] == words[dataset.places].tolist()


def test_a_network_keeps_its_names_and_refuses_others(tmp_path):
    encoding = Encoding("0..15", ("pear", "fig"))
    path = written(tmp_path, lines_of(y=np.array(["fig", "pear"])[Y % 2]))
    dataset = load(path, encoding=encoding)
    np.testing.assert_array_equal(np.concatenate([dataset.y_train, dataset.y_test]), 1 - Y[dataset.places] % 2)
    path = written(tmp_path, lines_of(y=["nut"] * 10))
    assert message(path, encoding=encoding) == f"{path}: found class 'nut'; the network's are pear, fig"
    assert message(path, encoding=Encoding("0..15")).endswith("whole numbers from 0 to 63, as it has no names")


@pytest.mark.parametrize(
    ("values", "scale", "pixels"),
    [
        ([0.0, 0.5, 1.0, 0.07], "0..1", [0, 8, 15, 1]),
        ([0, 1, 0, 1], "0..1", [0, 15, 0, 15]),
        ([0, 16, 255, 15], "0..255", [0, 1, 15, 0]),
    ],
)
def test_the_scale_is_said_by_the_numbers(tmp_path, values, scale, pixels):
    dataset = load(written(tmp_path, lines_of(np.array([values] * 10))))
    assert dataset.encoding.scale == scale
    np.testing.assert_array_equal(dataset.x_train[0], pixels)


def test_as_many_columns_as_pixels_are_samples_without_labels(tmp_path):
    path = written(tmp_path, [",".join(map(str, row)) for row in X.tolist()])
    np.testing.assert_array_equal(unlabelled(path, Encoding("0..15", label="kind"), 4), X)
    assert unlabelled(path, Encoding("0..15"), 3) is None
    path = written(tmp_path, ["label,b,c,d", *(",".join(map(str, row)) for row in X.tolist())])
    assert unlabelled(path, Encoding("0..15"), 4) is None


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ([], "found an empty file"),
        (["a,b,label"], "found column names and no line after them"),
        (["1", "2"], "found 1 column; allowed are pixels and a label, with commas"),
        (["1,2,0", "1,2,0", "1,2"], "found 2 columns in line 3; allowed are 3, as in its first line"),
        (["1,2,0", "1,2,0,7"], "found 4 columns in line 2; allowed are 3"),
        (["a,b,label", "1,x,0"], "found 'x' in line 2; allowed are numbers, and one label a line, in column label or the"),
        (["1,2,0", "1,,0"], "found '' in line 2; allowed are numbers"),
        (["1,2,0", "1,2,"], "found no label in line 2"),
        (["", "1,2,0", "", "", "1,x,0"], "found 'x' in line 5"),
        (["a,b,label", '1,2,"big', 'cat"', "1,x,0"], "found 'x' in line 4"),
        (["1,2,0", "1,nan,0"], "found NaN or infinity in x"),
        (["1,2,0", "1,-2,0"], "found integers -2 to 2 in x; allowed are integers 0 to 15 or 0 to 255, or floats 0 to 1"),
        (["1,2,0", "1,256,0"], "found integers 1 to 256 in x"),
        (["1.5,2,0", "1,6,0"], "found floats 1.0 to 6.0 in x"),
        (["1,2,0"], "found 1 sample in x; allowed is 2 or more"),
        (["label,b,label", "1,2,0"], "found the column 'label' 2 times in its first line; allowed is once"),
        ([f"{'1' * 140_000},2,0"], "found no .csv file: field larger than field limit"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path, lines, text):
    path = tmp_path / "own.csv"
    path.write_text("\n".join(lines))
    said = message(path)
    assert said.startswith(f"{path}: ") and text in said


def test_a_column_that_is_not_there_and_a_file_that_is_none_are_refused(tmp_path):
    path = written(tmp_path, ["a,b,c,d,e", *lines_of()])
    said = message(path, encoding=Encoding(label="kind"))
    assert said == f"{path}: found no column 'kind' for --label in its first line; allowed is one of a, b, c, d, e"
    assert "found no such file" in message(tmp_path / "none.csv")
    (tmp_path / "folder.csv").mkdir()
    assert "cannot read it: Is a directory" in message(tmp_path / "folder.csv")
    (tmp_path / "own.csv").write_bytes(b"\xff\xfe1\x00,2")
    assert "found no text in UTF-8" in message(path)
