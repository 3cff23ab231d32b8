"""What is printed to be typed again: the command as the user called it."""

import os
import sys
from pathlib import Path

import pytest

from sw.common import terminal


@pytest.mark.parametrize(
    ("called", "path", "typed"),
    [
        (".venv/bin/bispike", "/usr/bin", ".venv/bin/bispike"),
        ("{here}/.venv/bin/bispike", "/usr/bin", ".venv/bin/bispike"),
        ("{here}/.venv/bin/bispike", "{here}/.venv/bin", "bispike"),
        ("/opt/bispike", "/usr/bin", "/opt/bispike"),
        ("{here}/sw/cli.py", "/usr/bin", f"{sys.executable} -m sw.cli"),
    ],
)
def test_a_hint_names_a_command_that_can_be_typed(tmp_path, monkeypatch, called, path, typed):
    monkeypatch.chdir(tmp_path)
    script = tmp_path / ".venv" / "bin" / "bispike"
    script.parent.mkdir(parents=True)
    script.touch(0o755)
    here = os.getcwd()
    monkeypatch.setenv("PATH", path.format(here=here))
    monkeypatch.setattr(sys, "argv", [called.format(here=here), "train"])
    assert terminal.command() == typed


def test_what_is_to_be_typed_again_is_quoted_and_has_its_options(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["/my tools/bispike"])
    said = terminal.again("prove", "--run", Path("my runs/1"), workers=2, simulator=None, waves=True, resume=False)
    assert said == "'/my tools/bispike' prove --run 'my runs/1' --workers 2 --waves"
