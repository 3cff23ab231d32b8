"""`bispike data`: what it says and shows is what the data holds."""

import numpy as np
import pytest
from matplotlib.image import imread
from PIL import Image

from sw import cli


@pytest.fixture
def fruit(tmp_path, monkeypatch):
    """12 pictures of 4 x 4 pixels: three pears, dark, and nine apples, with a bright upper half."""
    monkeypatch.chdir(tmp_path)
    for name, count in (("pear", 3), ("apple", 9)):
        (tmp_path / "fruit" / name).mkdir(parents=True)
        pixels = np.zeros((4, 4), np.uint8)
        pixels[:2] = 255 * (name == "apple")
        for i in range(count):
            Image.fromarray(pixels).save(tmp_path / "fruit" / name / f"{i}.png")
    return tmp_path


def test_data_says_and_shows_what_there_is(fruit, capsys):
    assert cli.main(["data", "fruit", "--output", "sheets/fruit.png"]) == 0
    said = capsys.readouterr().out
    lines = said.splitlines()
    assert lines[0] == "fruit: 12 samples of 16 pixels (4 x 4)"
    assert lines[1] == "pixels: integers 0 to 255, of which the core takes 4 bits; 38% are not 0"
    assert lines[2] == "split: 9 to learn, 3 to test (a fifth, drawn: --split 0)"
    table = {words[0]: words[1:] for words in map(str.split, lines) if len(words) == 5 and words[-1].endswith("%")}
    assert [int(a) + int(b) for _, a, b, _ in (table["apple"], table["pear"])] == [9, 3]
    assert (table["apple"][0], table["pear"][0], table["apple"][3], table["pear"][3]) == ("0", "1", "75.0%", "25.0%")
    assert [line for line in lines if "█" in line] == ["████████", "████████"]
    assert "network of 16-128-64-2, 16 lanes" in said
    image = imread(fruit / "sheets" / "fruit.png")[..., :3]
    assert image.shape[0] > 100 and (image[: image.shape[0] // 2] < 0.4).any() and lines[-1] == "sheet: sheets/fruit.png"


def test_a_class_without_a_sample_to_learn_from_is_named_and_a_test_part_too(fruit, capsys):
    np.savez("own.npz", x=np.eye(6, 7), y=[0, 0, 2, 2, 2, 2], x_test=np.eye(2, 7), y_test=[1, 2])
    assert cli.main(["data", "own.npz"]) == 0
    said = capsys.readouterr().out
    assert "own: 8 samples of 7 pixels (no picture)\npixels: floats 0 to 1," in said
    assert "split: 6 to learn, 2 to test (test part of its own)" in said
    assert "no sample to learn from: 1\n" in said


def test_a_draw_that_happens_to_keep_the_order_is_a_draw(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    np.savez("two.npz", x=np.eye(2, 7), y=[0, 1])
    assert cli.main(["data", "two.npz"]) == 0
    assert "split: 1 to learn, 1 to test (a fifth, drawn: --split 0)" in capsys.readouterr().out


def test_a_picture_of_the_users_is_not_drawn_over(fruit, capsys):
    own = fruit / "fruit" / "pear" / "0.png"
    before = own.read_bytes()
    assert cli.main(["data", "fruit", "--output", str(own)]) == 2
    assert capsys.readouterr().err == f"bispike: --output: found {own}, which is no earlier picture; allowed is a new name\n"
    assert own.read_bytes() == before
    for _ in range(2):  # its own it draws again
        assert cli.main(["data", "fruit", "--output", "sheet.png"]) == 0
