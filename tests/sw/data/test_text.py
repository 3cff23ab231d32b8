"""Texts as elements: symbols, windows, and the one line that no text gets."""

import numpy as np
import pytest

from sw.common.errors import DataError
from sw.data.text import SYMBOLS, coded, elements, read


def spelled(symbols):
    return "".join(SYMBOLS[symbol] for symbol in symbols)


def test_a_text_is_small_letters_blanks_and_five_marks(tmp_path):
    assert len(set(SYMBOLS)) == 32
    assert spelled(coded("In the  Beginning,\n\t3 Gods-- said: Let's; go.")) == "in the beginning, gods said: let's; go."
    path = tmp_path / "word.txt"
    path.write_text("Ge1:1 ABC")
    assert spelled(read(path)) == "ge : abc"


def test_an_element_sees_a_window_and_is_to_tell_the_next():
    x, y = elements(coded("abcab"), 2)
    assert [spelled([label]) for label in y] == ["c", "a", "b"]
    newest, before = x[1].reshape(2, 32)
    assert newest.tolist() == [15 * (symbol == "c") for symbol in SYMBOLS]
    assert before.tolist() == [15 * (symbol == "b") for symbol in SYMBOLS]


@pytest.mark.parametrize("held, said", [(b"\xff\xfe\xff", "found no text in UTF-8"), (b"a", "found 1 characters")])
def test_what_is_no_text_is_named(tmp_path, held, said):
    path = tmp_path / "word.txt"
    path.write_bytes(held)
    with pytest.raises(DataError, match=said):
        read(path)
    with pytest.raises(DataError, match="found no such file"):
        read(tmp_path / "none.txt")


def test_a_text_shorter_than_its_window_is_named():
    with pytest.raises(DataError, match="text: found 4 characters; allowed are more than the window of 4"):
        elements(np.zeros(4, np.uint8), 4)
