"""`bispike data` of a series and of a text: what it says is what they hold."""

import numpy as np
import pytest

from sw import cli


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A wave of 200 moments from 10 to 30, and a text of 900 characters."""
    monkeypatch.chdir(tmp_path)
    wave = 20 + 10 * np.sin(np.arange(200) * np.pi / 10)
    (tmp_path / "wave.csv").write_text("moment,height\n" + "".join(f"{i},{value}\n" for i, value in enumerate(wave)))
    (tmp_path / "words.txt").write_text("to be or not to be " * 50)
    return tmp_path


def test_a_series_says_its_values_and_what_an_element_shows(here, capsys):
    assert cli.main(["data", "wave.csv", "--column", "height", "--day", "20"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("wave: values of 10 to 30; of the first four fifths mean 20, deviation 7.07")
    shows = "the value, its last 2 changes, two changes of a day ago, one of a week ago"
    assert lines[1] == f"an element: {shows}: 6 inputs, 144 pixels"
    assert lines[2].startswith("a concept: one of 32 changes to the next value, from -3.09 to 3.09")
    assert lines[3].startswith("foretelling no change misses by 0.09")
    assert lines[5] == "split: 19 elements to learn, then 39 to test"
    assert cli.main(["data", "wave.csv", "--column", "height", "--lags", "1"]) == 0
    assert "an element: the value, its last change: 2 inputs, 48 pixels" in capsys.readouterr().out


def test_a_text_says_its_characters(here, capsys):
    assert cli.main(["data", "words.txt"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("words: 941 characters of 7 kinds are foretold; most often ' ' 31.6%, 'o' 21.1%, 't' 15.7%")
    assert lines[1] == "an element: 4 characters, the newest first, 128 pixels"


@pytest.mark.parametrize("option", ["--split=1", "--output=x.png"])
def test_what_means_nothing_to_a_series_is_refused(here, capsys, option):
    assert cli.main(["data", "wave.csv", "--column", "height", option]) == 2
    said = f"bispike: {option.split('=')[0]}: found with wave.csv; allowed with samples that have no order\n"
    assert capsys.readouterr().err == said
