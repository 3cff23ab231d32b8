"""What the user has: by the mark of each kind, a file is an earlier one or not."""

from pathlib import Path

import numpy as np
import pytest

from cosim.checkpoint import Checkpoint
from golden.config import NAMED
from sw.common.errors import UserError
from sw.common.own import NETWORK, PICTURE, Kind, check_own, check_png

TEXT, ARRAYS = Kind.text("page", "# Ours", "# Also ours"), Kind.arrays("drawing", "mark")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(30) + b"tEXtSoftware\0"


def some_arrays(**arrays) -> bytes:
    np.savez("arrays.npz", **arrays)
    return Path("arrays.npz").read_bytes()


def network() -> bytes:
    Checkpoint(NAMED["tiny"]).save(Path("network.npz"))
    return Path("network.npz").read_bytes()


CASES = [
    (TEXT, lambda: b"# Also ours, it is", True),
    (TEXT, lambda: b"# Mine\n# Ours", False),
    (TEXT, lambda: b"\xff\xfe", False),
    (ARRAYS, lambda: some_arrays(mark=np.zeros(1), x=np.zeros(1)), True),
    (ARRAYS, lambda: some_arrays(x=np.zeros(1)), False),
    (ARRAYS, lambda: some_arrays(mark=np.zeros(1))[:60], False),
    (ARRAYS, lambda: b"mark.npy", False),
    (PICTURE, lambda: PNG + b"BiSpike\0", True),
    (PICTURE, lambda: PNG + b"Matplotlib\0", False),
    (NETWORK, network, True),
    (NETWORK, lambda: network()[:100], False),
    (NETWORK, lambda: some_arrays(x=np.zeros(1)), False),
]


@pytest.mark.parametrize(("kind", "content", "ours"), CASES)
def test_a_file_is_an_earlier_one_by_its_mark(tmp_path, monkeypatch, kind, content, ours):
    monkeypatch.chdir(tmp_path)
    Path("file").write_bytes(before := content())
    if ours:
        check_own("--output", Path("file"), kind)
    else:
        with pytest.raises(UserError) as error:
            check_own("--output", Path("file"), kind)
        assert str(error.value) == f"--output: found file, which is no earlier {kind.name}; allowed is a new name"
    assert Path("file").read_bytes() == before


def test_no_file_an_empty_one_and_a_device_are_nobodys(tmp_path):
    (tmp_path / "empty").touch()
    for path in (None, tmp_path / "new", tmp_path / "empty", Path("/dev/null")):
        check_own("--output", path, TEXT)
    check_png(None)


def test_a_file_that_cannot_be_read_is_no_earlier_one(tmp_path):
    def unreadable(path):
        raise PermissionError

    (tmp_path / "file").write_text("x")
    with pytest.raises(UserError, match="no earlier page"):
        check_own("--output", tmp_path / "file", Kind("page", unreadable))
