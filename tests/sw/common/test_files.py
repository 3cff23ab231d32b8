"""Run folders and checkpoints: files that are whole or not there, and states that come back as they were."""

import errno
import os
import stat
from pathlib import Path

import numpy as np
import pytest

from cosim import files
from cosim.checkpoint import Checkpoint
from golden.config import NAMED
from sw import cli
from sw.common.errors import UserError
from sw.common.files import check_place, fresh, make_folder, whole_file, write


def test_a_file_appears_when_it_is_whole(tmp_path):
    path = tmp_path / "a.txt"
    with whole_file(path) as temporary:
        temporary.write_text("half")
        assert not path.exists()
        assert temporary.suffix == ".txt"
    assert path.read_text() == "half"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_failure_leaves_what_was_there(tmp_path, error):
    path = write(tmp_path / "a.txt", "old")
    with pytest.raises(error), whole_file(path) as temporary:
        temporary.write_text("half")
        raise error
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_names_the_file_that_was_to_be(tmp_path):
    """And not the temporary one beside it, or none, as where a disk is full."""
    with pytest.raises(OSError) as full, files.whole_file(tmp_path / "a.txt"):
        raise OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(OSError) as missing, files.whole_file(tmp_path / "none" / "a.txt"):
        pass
    assert [one.value.filename for one in (full, missing)] == [str(tmp_path / "a.txt"), str(tmp_path / "none" / "a.txt")]


def test_files_have_the_rights_of_any_new_file(tmp_path):
    (tmp_path / "plain").write_text("")
    path = write(tmp_path / "a.txt", "text")
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE((tmp_path / "plain").stat().st_mode)


def test_a_folder_where_a_file_is_is_refused(tmp_path):
    write(tmp_path / "file", "in the way")
    with pytest.raises(UserError, match="file: cannot write: found a file; allowed is a folder"):
        make_folder(tmp_path / "file")


@pytest.mark.parametrize("path", ["new/folder/file.csv", "old/file.csv", "link.csv", "/dev/null"])
def test_a_place_that_takes_a_file_is_left_as_it_is(tmp_path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)
    Path("old").mkdir()
    Path("link.csv").symlink_to("old/file.csv")
    check_place(Path(path))
    assert {*Path().rglob("*")} == {Path("old"), Path("link.csv")}


@pytest.mark.parametrize("path", ["file/new", "file/new/folder/file.csv"])
def test_a_place_within_a_file_takes_none(tmp_path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    with pytest.raises(UserError, match=r"^file: cannot write: found a file; allowed is a folder"):
        check_place(Path(path))


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("folder", "found a folder; allowed is a file's name"),
        ("to", "found a folder; allowed is a file's name"),
        ("loop.csv", "Too many levels of symbolic links; choose another place"),
        ("loop.csv/file.csv", "Too many levels of symbolic links; choose another place"),
    ],
)
def test_a_folder_and_a_circle_of_links_take_no_file(tmp_path, monkeypatch, path, found):
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    Path("to").symlink_to("folder")
    Path("loop.csv").symlink_to("loop.csv")
    with pytest.raises(UserError, match=f"^{path}: cannot write: {found}"):
        check_place(Path(path))
    with pytest.raises(UserError, match=f"^{path}: cannot write: "), whole_file(Path(path)):  # where it came up meanwhile
        pass
    assert {*Path().rglob("*")} == {Path("folder"), Path("to"), Path("loop.csv")}


def test_a_folder_without_rights_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("os.access", lambda path, mode: False)  # root, who may run this, has all rights
    with pytest.raises(UserError, match="cannot write here: no permission; choose another folder"):
        make_folder(tmp_path)


def test_a_device_is_written_whatever_its_folder_takes(tmp_path, monkeypatch, capsys):
    """/dev takes files of root alone; and /dev/stdout is a link to a pipe that has no path."""
    monkeypatch.setattr("os.access", lambda path, mode: str(path) != "/dev")
    assert write(Path("/dev/null"), "text") == Path("/dev/null")
    assert cli.main(["verilog", "--config", "micro", "--output", "/dev/null"]) == 0
    reader, writer = os.pipe()
    (tmp_path / "link").symlink_to(f"/proc/self/fd/{writer}")
    write(tmp_path / "link", "text")
    os.close(writer)
    with open(reader, "rb") as pipe:
        assert pipe.read() == b"text"


def test_runs_are_numbered_from_the_second_on(tmp_path):
    names = []
    for _ in range(3):
        names.append(fresh(tmp_path / "run").name)
    assert names == ["run", "run-2", "run-3"]


@pytest.mark.parametrize("path", [".", "..", "/", "runs/.."])
def test_a_run_has_a_name_to_be_numbered(tmp_path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="found no name; allowed is a folder with one, as runs/digits"):
        fresh(Path(path))


def test_a_checkpoint_comes_back_as_it_was(tmp_path):
    state = {"W1": np.arange(6, dtype=np.int32).reshape(2, 3), "samples": np.array(5)}
    about, epochs = {"data": "ü.npz", "scale": 255}, [{"training": {"samples": 3, "seconds": 0.1}}]
    (tmp_path / "run").mkdir()
    Checkpoint(NAMED["deep"].replace(seed=3), state, about, epochs).save(tmp_path / "run" / "weights.npz")
    for place in (tmp_path / "run", tmp_path / "run" / "weights.npz"):
        kept = Checkpoint.load(place)
        assert kept.config == NAMED["deep"].replace(seed=3)
        assert (kept.about, kept.epochs) == (about, epochs)
        assert kept.state.keys() == state.keys()
        for key, array in state.items():
            np.testing.assert_array_equal(kept.state[key], array)
            assert kept.state[key].dtype == array.dtype
