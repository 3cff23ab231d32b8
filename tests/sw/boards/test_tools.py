"""Tools: the user's own, one that fails, one that is ended, and none that is run again."""

import hashlib

import pytest

from sw.boards.tools import Folder, ToolError, version
from sw.common.errors import CheckError, UserError


def test_a_tool_of_the_users_own_is_taken_and_named(tmp_path, monkeypatch):
    program = tmp_path / "mine"
    program.write_text("#!/bin/sh\ncase $1 in --version) echo mine 1.2;; *) echo done > $1;; esac\n")
    program.chmod(0o755)
    monkeypatch.setenv("NEXTPNR_ICE40", str(program))
    assert version("nextpnr-ice40") == "mine 1.2"
    assert Folder(tmp_path).run("nextpnr-ice40", ["out"], [], ["out"]) and (tmp_path / "out").read_text() == "done\n"
    assert not Folder(tmp_path).run("nextpnr-ice40", ["out"], [], ["out"])
    monkeypatch.setenv("NEXTPNR_ICE40", str(tmp_path / "none"))
    with pytest.raises(UserError, match="none: cannot run it: No such file"):
        version("nextpnr-ice40")


@pytest.mark.boards
def test_a_tool_that_fails_says_why_in_one_line(tmp_path):
    (tmp_path / "a.v").write_text("module a(; endmodule\n")
    with pytest.raises(ToolError, match=r"yosys: a.v:1: ERROR: .*\(all of it: .*yosys.log\)"):
        Folder(tmp_path).run("yosys", ["-q", "-p", "read_verilog a.v"], ["a.v"], ["a.json"])


def test_a_tool_that_was_ended_has_not_refused_its_input(tmp_path, monkeypatch):
    (tmp_path / "yosys").write_text('#!/bin/sh\n[ "$1" = --version ] || kill -KILL $$\n')
    (tmp_path / "yosys").chmod(0o755)
    monkeypatch.setenv("YOSYS", str(tmp_path / "yosys"))
    with pytest.raises(CheckError, match=r"^yosys: ended by SIGKILL, as where memory is short") as found:
        Folder(tmp_path).run("yosys", ["-q"], [], ["a.json"])
    assert not isinstance(found.value, ToolError)  # which a build takes for a design that does not fit


def test_inputs_are_hashed_once_and_only_where_something_was_made(tmp_path, monkeypatch):
    program, hashed = tmp_path / "mine", []
    program.write_text("#!/bin/sh\ncase $1 in --version) echo mine;; *) echo done > out;; esac\n")
    program.chmod(0o755)
    monkeypatch.setenv("YOSYS", str(program))
    real = hashlib.file_digest
    monkeypatch.setattr(hashlib, "file_digest", lambda file, kind: hashed.append(file.name) or real(file, kind))
    (tmp_path / "in").write_text("1")
    folder, job = Folder(tmp_path), ("yosys", ["x"], ["in"], ["out"])
    assert folder.run(*job) and not folder.run(*job) and len(hashed) == 1
    (tmp_path / "in").write_text("22")
    assert folder.run(*job) and not folder.run(*job) and len(hashed) == 2
