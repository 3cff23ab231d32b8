"""What is kept is made once, also by processes side by side; and Verilog is another's as soon as anything differs."""

import errno
import multiprocessing
import os
import time
from pathlib import Path

from cosim import elaborate
from cosim.kept import kept_folder, kept_text
from golden.config import Config

ROOT = Path(elaborate.__file__).parents[1]
SMALL = Config(sizes=(3, 2), lanes=2)


def _slowly(folder, marks):
    def make():
        marks.put("made")
        time.sleep(1)
        return "text"

    os.environ["BISPIKE_CACHE"] = str(folder)
    assert kept_text("a.v", make) == "text"


def test_a_relative_folder_stays_the_same_where_a_simulation_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, folder in (("XDG_CACHE_HOME", tmp_path / "c" / "bispike"), ("BISPIKE_CACHE", tmp_path / "c")):
        monkeypatch.setenv("BISPIKE_CACHE", "")
        monkeypatch.setenv(name, "c")
        assert kept_folder() == folder


def full(handle):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_three_processes_at_once_make_it_once(tmp_path):
    context = multiprocessing.get_context("spawn")
    marks = context.Queue()
    processes = [context.Process(target=_slowly, args=(tmp_path / "new", marks)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert marks.get(timeout=5) == "made" and marks.empty()
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["a.v", "a.v.lock"]


def test_what_cannot_be_kept_is_made(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("BISPIKE_CACHE", str(tmp_path / "file"))
    assert kept_text("a.v", lambda: "text") == "text"


def test_what_is_kept_is_on_the_disk_before_it_has_its_name(tmp_path, monkeypatch):
    """Else a machine that loses power may keep half of it for ever; where the disk is full, it is given and not kept."""
    monkeypatch.setenv("BISPIKE_CACHE", str(tmp_path))
    seen = []
    monkeypatch.setattr(os, "fsync", lambda handle: seen.append((tmp_path / "a.v").exists()))
    assert kept_text("a.v", lambda: "text") == "text"
    assert seen == [False]
    monkeypatch.setattr(os, "fsync", full)
    assert kept_text("b.v", lambda: "text") == "text"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.v", "a.v.lock", "b.v.lock"]


def test_a_core_is_converted_once_and_another_one_apart(tmp_path, monkeypatch):
    monkeypatch.setenv("BISPIKE_CACHE", str(tmp_path))
    converted = []
    monkeypatch.setattr(elaborate, "verilog", lambda component, name, asserted: converted.append(name) or f"module {name}")
    core = "pprint:pformat"  # in place of a core: any function of the configuration
    for _ in range(2):
        assert elaborate.core_verilog(SMALL, core) == "module core"
    assert converted == ["core"]
    elaborate.core_verilog(SMALL, core, name="other")
    elaborate.core_verilog(SMALL.replace(leak=5), core)
    elaborate.core_verilog(SMALL, core, asserted=False)
    monkeypatch.setattr(elaborate, "_rtl", lambda: "changed")
    elaborate.core_verilog(SMALL, core)
    assert converted == ["core", "other", "core", "core", "core"]


def test_the_source_of_every_module_of_rtl_counts(monkeypatch):
    whole, read = elaborate._rtl.__wrapped__(), elaborate.Path.read_text
    of_rtl, of_golden = [*ROOT.glob("rtl/**/*.py")], [*ROOT.glob("golden/config*.py")]
    assert len(of_rtl) > 40 and len(of_golden) > 1
    others = [ROOT / name for name in ("golden/records.py", "cosim/assertions.py", "cosim/elaborate.py")]
    for changed in (*of_rtl, *of_golden, *others):
        monkeypatch.setattr(elaborate.Path, "read_text", lambda path, encoding, n=changed: read(path) + "#" * (path == n))
        assert elaborate._rtl.__wrapped__() != whole, changed
    monkeypatch.setattr(elaborate.Path, "read_text", lambda path, encoding: read(path))
    assert elaborate._rtl.__wrapped__() == whole
