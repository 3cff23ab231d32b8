"""`make demo`: two trainings, and one report that shows both, on the golden model: the chip's are tested where they are."""

import io
import json
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from rich.console import Console

from sw import demo
from sw.common.errors import CheckError
from sw.training.place import Place


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs the demo on tiny networks, in an empty folder; returns its folder."""
    monkeypatch.chdir(tmp_path)
    x = np.random.default_rng(1).integers(0, 16, (20, 9))
    np.savez("noise.npz", x=x, y=np.arange(20) % 2)
    (tmp_path / "names.toml").write_text("sizes = [9, 4, 2]\nlanes = 2\nblock = 7\nepochs = 1\n")
    (tmp_path / "recalls.toml").write_text('task = "autoencoder"\nsizes = [9, 5]\nlanes = 2\nepochs = 9\n')
    configs = ("names.toml", "recalls.toml")
    return lambda console=None: demo.demo(
        console or Console(quiet=True), tmp_path / "both", "noise.npz", configs, Place("golden")
    )


def test_one_report_shows_both_trainings(run):
    folder = run()
    page, own = ((folder / name / "report.html").read_text() for name in ("", "autoencoder"))
    names, recalls = (json.loads((folder / name / "summary.json").read_text()) for name in ("", "autoencoder"))
    assert len(recalls["curve"]["golden"]) == demo.EPOCHS
    tree = ElementTree.fromstring(re.sub(r"(<img [^>]*)>", r"\1/>", page[page.index("<main>") : page.index("</main>") + 7]))
    sections = [section.get("id") for section in tree.iter("section") if section.get("id")]
    assert sections == ["learning_curve", "recall", "raster", "recalled", "error"]
    for name in ("recalled", "error"):  # the very pictures of its own report
        picture = re.search(rf'<section id="{name}"><figure><img src="([^"]+)"', own)[1]
        assert picture in page
    assert f"<b>{100 * names['test_accuracy']:.2f} %</b><span>test accuracy, golden" in page
    assert f"<b>{recalls['test_error']:.4f}</b><span>error, golden, test" in page
    assert "</table><figcaption>An active row is an input" in page
    assert '<a href="autoencoder/report.html">' in page and (folder / "autoencoder" / "report.html").exists()


@pytest.mark.parametrize("terminal", [False, True])
def test_what_takes_long_is_said_where_there_is_no_terminal_too(run, terminal):
    """There it is a line, where a terminal has words that move, and go."""
    out = io.StringIO()
    run(Console(file=out, force_terminal=terminal, width=140))
    for words in ("the same network by backprop, as many epochs", "pictures, report"):
        assert words in out.getvalue()
        assert (f"\n{words}\n" in out.getvalue()) != terminal


def test_a_mismatch_in_the_second_is_in_the_report_of_both(run, monkeypatch, tmp_path):
    train, folders = demo.train_new, []

    def differs(*arguments, **options):
        folders.append(train(*arguments, **options)[0])
        if len(folders) == 2:
            found = json.loads((folders[1] / "summary.json").read_text()) | {"first_mismatch": "mismatch at sample 3"}
            (folders[1] / "summary.json").write_text(json.dumps(found))
            raise CheckError("mismatch at sample 3")
        return folders[0], {}

    monkeypatch.setattr(demo, "train_new", differs)
    with pytest.raises(CheckError, match="sample 3"):
        run()
    assert "<p>mismatch at sample 3</p>" in (folders[0] / "report.html").read_text()
