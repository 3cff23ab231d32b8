"""Series and texts as data sets: which data, which lags, and what does not fit a configuration."""

import numpy as np
import pytest

from golden.config import NAMED, Config
from sw import data
from sw.common.errors import DataError
from sw.data import foretold
from sw.data.elements import NEURONS, Lags
from sw.data.foretold import Reading, load
from sw.data.text import SYMBOLS

TEXT = "the quick brown fox jumps over the lazy dog; " * 4
SMALL = NAMED["text"].replace(sizes=(64, 16, 32), epochs=3)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with load.csv, whose day has 6 moments, only.csv, of one column, and words.txt."""
    monkeypatch.chdir(tmp_path)
    values = np.tile([0.0, 0, 0, 1, 1, 1], 20) + np.arange(120) / 500
    (tmp_path / "load.csv").write_text("time,load\n" + "".join(f"{i},{value}\n" for i, value in enumerate(values)))
    (tmp_path / "only.csv").write_text("load\n" + "".join(f"{value}\n" for value in values))
    (tmp_path / "words.txt").write_text(TEXT)


def lags(*arguments):
    return load(*arguments).course.coding.lags


def test_electricity_is_the_named_configurations_data():
    plain, recurrent = (load("electricity", NAMED[name], Reading()) for name in ("electricity", "electricity-recurrent"))
    assert plain.course.coding.lags == Lags(2, True, True, 48) and recurrent.course.coding.lags == Lags(day=48)
    for found, name in ((plain, "electricity"), (recurrent, "electricity-recurrent")):
        data.check(found, NAMED[name])
        assert len(found.x_test) == 17520 - 14016 - 1
    change = plain.testing.true
    assert float((change**2).mean()) == pytest.approx(0.0196, abs=0.0002), "no change at all, as the contract says"
    with pytest.raises(DataError, match=r"--column: found with electricity; allowed with a \.csv file"):
        load("electricity", None, Reading(column="Demand"))


def test_samples_have_the_changes_that_labels_stand_for(here):
    found = load("load.csv", None, Reading("load"))
    for part, own in ((found.training, found.course.train), (found.testing, found.course.test)):
        assert np.array_equal(part.concepts.labels(part.true), part.y)
        assert np.array_equal(part.true, own.after - own.now)
        assert part.last[-1]
    assert found.testing.last.sum() == 1 and found.classes <= foretold.CONCEPTS


def test_the_only_column_needs_no_name(here):
    one, other = load("only.csv", None, Reading(last=2)), load("load.csv", None, Reading("load", last=2))
    assert np.array_equal(one.x_train, other.x_train) and one.name == "only"
    with pytest.raises(DataError, match=r"load\.csv: found no --column; allowed is one of time, load"):
        load("load.csv", NAMED["electricity"])


def test_lags_are_what_the_user_says_or_what_a_configuration_has_inputs_for(here):
    assert lags("load.csv", None, Reading("load")) == Lags(2)
    assert lags("load.csv", None, Reading("load", day=6)) == Lags(2, True, True, 6)
    assert lags("load.csv", None, Reading("load", day=6, last=3, weekly=False)) == Lags(3, True, False, 6)
    assert lags("load.csv", NAMED["electricity"], Reading("load")) == Lags(5)
    assert lags("load.csv", NAMED["electricity"], Reading("load", day=6)) == Lags(2, True, True, 6)
    assert lags("load.csv", NAMED["electricity-recurrent"], Reading("load")) == Lags(1)
    assert lags("load.csv", NAMED["electricity"].replace(sizes=(7, 3, 4)), Reading("load")) == Lags(1)
    assert lags("load.csv", NAMED["electricity"], Reading("load", last=4)) == Lags(4)


def test_sizes_that_do_not_fit_are_named(here):
    found = load("load.csv", NAMED["electricity"], Reading("load", last=4))
    with pytest.raises(DataError, match=r"load: found 120 pixels a sample; allowed is 144, the first of"):
        data.check(found, NAMED["electricity"])
    few = NAMED["electricity"].replace(sizes=(6 * NEURONS, 8, 5))
    assert load("load.csv", few, Reading("load")).classes <= 5
    with pytest.raises(DataError, match=r"words: found 128 pixels a sample; allowed is 64"):
        data.check(load("words.txt", None), SMALL)
    with pytest.raises(DataError, match=r"words: found label 31, 32 classes; allowed are 31 classes"):
        data.check(load("words.txt", SMALL), SMALL.replace(sizes=(64, 16, 31)))


@pytest.mark.parametrize(
    "name, reading, said",
    [
        ("words.txt", Reading("load"), "--column: found with words.txt; allowed with a .csv file"),
        ("words.txt", Reading(weekly=False), "--weekly: found with words.txt; allowed with a .csv file"),
        (
            "digits",
            Reading("load"),
            "data: found 'digits'; allowed are electricity, a .csv file with --column, kjv, or a .txt file",
        ),
        ("load.csv", Reading("load", daily=True), "--daily, --weekly: found no number of moments of a day"),
        ("load.csv", Reading("power"), "load.csv: found no column 'power'; allowed is one of time, load"),
    ],
)
def test_what_is_said_of_other_data_is_refused(here, name, reading, said):
    with pytest.raises(DataError) as caught:
        load(name, None, reading)
    assert said in str(caught.value)


def test_what_data_is_says_its_task_where_no_configuration_does():
    is_sequence = foretold.is_sequence
    assert is_sequence("electricity", None, Reading()) and is_sequence("a/words.txt", None, Reading())
    assert is_sequence("own.csv", None, Reading("load")) and not is_sequence("own.csv", None, Reading())
    assert is_sequence("own.csv", NAMED["electricity"], Reading()) and not is_sequence("digits", None, Reading())
    assert not is_sequence("words.txt", Config.load("tiny"), Reading())


def spelled(labels):
    return "".join(SYMBOLS[label] for label in labels)


def test_a_text_gives_each_epoch_its_own_part_and_the_end_to_the_test(here):
    found = load("words.txt", SMALL)
    test, portion = (len(TEXT) - 2) // 5, found.course.portion
    assert spelled(found.y_test) == TEXT[-test:]
    assert portion == (len(TEXT) - 2 - test) // 3 and spelled(found.y_train) == TEXT[2 : 2 + 3 * portion]
    assert np.flatnonzero(found.training.last).tolist() == [portion - 1, 2 * portion - 1, 3 * portion - 1]
    assert found.training.true is None and found.testing.concepts is None
    assert np.flatnonzero(found.testing.last).tolist() == [test - 1]
    assert found.encoding.names == tuple(SYMBOLS)


def test_a_whole_text_and_its_test_part_are_asked_for_by_place(here):
    path = foretold.Path("words.txt")
    x, y, first = foretold.characters(path, SMALL, False)
    assert (first, spelled(y)) == (2, TEXT[2:])
    tested, labels, begin = foretold.characters(path, SMALL, True)
    assert spelled(labels) == TEXT[begin:] and np.array_equal(tested, x[begin - first :])
    assert np.array_equal(tested, load("words.txt", SMALL).x_test)


@pytest.mark.parametrize(
    "length, said",
    [
        (6, "words.txt: found 6 characters; allowed are 7 or more"),
        (7, "words.txt: found 4 characters to learn; allowed are 5 or more, of which each of 5 epochs takes others"),
        (9, None),
    ],
)
def test_a_text_too_short_for_its_epochs_is_named(here, length, said):
    foretold.Path("words.txt").write_text(TEXT[:length])
    config = SMALL.replace(epochs=5)
    if said is None:
        assert len(load("words.txt", config).x_train) == 5
        return
    with pytest.raises(DataError) as caught:
        load("words.txt", config)
    assert str(caught.value) == said


def test_characters_are_rivals_of_each_other(here):
    foretold.Path("words.txt").write_text(TEXT)
    with pytest.raises(DataError, match=r"neighbours: found 2 with words.txt; allowed is 0: characters have no order"):
        load("words.txt", SMALL.replace(neighbours=2))


def test_a_day_that_has_no_inputs_is_refused(here):
    config = Config.from_dict({"task": "sequence", "name": "two", "sizes": [48, 5, 6], "lanes": 5})
    foretold.Path("long.csv").write_text("load\n" + "".join(f"{np.sin(n / 5)}\n" for n in range(500)))
    with pytest.raises(DataError, match="--day: found with two, of 2 inputs; allowed with 6, or with --lags, --daily"):
        load("long.csv", config, Reading("load", 24))
    with pytest.raises(DataError, match="--day: found 0; allowed is 2 or more moments of a day"):
        load("long.csv", None, Reading("load", 0))
