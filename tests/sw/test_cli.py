"""The command as a whole: help, version, exit codes."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import typer

from golden.config import NAMED
from sw import cli
from sw.common.terminal import Console

COMMANDS = tuple(typer.main.get_command(cli.app).commands)
"""All of them, as the app itself has them."""


@pytest.fixture(autouse=True)
def wide(monkeypatch):
    """Help on lines long enough that no word of interest is broken."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("TERMINAL_WIDTH", "200")


def words(text: str) -> str:
    return " ".join(text.split())


def test_help_names_every_command(capsys):
    assert cli.main(["--help"]) == 0
    said = words(capsys.readouterr().out)
    assert all(f"│ {command} " in said for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_explains_every_option(command, capsys):
    assert cli.main([command, "--help"]) == 0
    assert "--help" in capsys.readouterr().out
    for option in typer.main.get_command(cli.app).commands[command].params:
        assert option.hidden or len(option.help or "") > 10, option.name


def test_help_of_train_names_the_configurations_and_what_data_may_be(capsys):
    cli.main(["train", "--help"])
    said = words(capsys.readouterr().out.replace("│", " "))
    assert all(name in said for name in NAMED)
    assert "0..15, 0..255 or floats 0..1" in said
    assert "labels from 0" in said


def test_help_of_what_foretells_says_what_a_file_of_numbers_must_be(capsys):
    assert "forecast" in COMMANDS
    cli.main(["train", "--help"])
    said = words(capsys.readouterr().out.replace("│", " "))
    for part in (
        "electricity, a column of FILE.csv",
        "a moment a line, without gaps",
        "--column",
        "Lines of FILE.csv that make a day",
    ):
        assert part in said, part
    cli.main(["forecast", "--help"])
    said = words(capsys.readouterr().out.replace("│", " "))
    for part in ("columns moment, came and foretold", "counted from 0", "Default: the test part of what it learned"):
        assert part in said, part


def test_no_command_shows_help(capsys):
    cli.main([])
    out, err = capsys.readouterr()
    assert "Usage: bispike" in out + err


def test_the_version_is_the_packages(capsys):
    assert cli.main(["--version"]) == 0
    project = (Path(cli.__file__).parents[1] / "pyproject.toml").read_text()
    version = capsys.readouterr().out.split()[1]
    assert f'version = "{version}"' in project


def test_a_closed_pipe_is_no_error(tmp_path):
    """`bispike ... | head -1`: no traceback, whatever is left unsaid."""
    (tmp_path / "small.toml").write_text("sizes = [9, 8, 2]\nlanes = 4\n")
    command = f"{sys.executable} -m sw.cli verilog --config {tmp_path / 'small.toml'} --output - | head -1"
    run = subprocess.run(["bash", "-c", command], cwd=Path(cli.__file__).parents[1], capture_output=True, text=True)
    assert run.stdout.startswith("// core: a BiSpike core")
    assert run.stderr == ""


WORK = """
from pathlib import Path
from sw.cli import guarded
from sw.common.terminal import Console, say
def work():
    for console in [Console()] * 2:
        say(console, "a line")
    Path("done").touch()
    return 7
raise SystemExit(guarded(work))
"""


@pytest.mark.parametrize(("words", "code"), [(("-c", WORK), 7), (("-m", "sw.cli", "related"), 0)])
def test_the_work_goes_on_where_nobody_reads_on(tmp_path, words, code):
    """`bispike verify | head -1`: its exit code is that of the work."""
    reader, writer = os.pipe()
    os.close(reader)
    environment = os.environ | {"PYTHONPATH": str(Path(cli.__file__).parents[1])}
    run = subprocess.run([sys.executable, *words], cwd=tmp_path, env=environment, stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert (run.returncode, run.stderr) == (code, b"")
    assert (tmp_path / "done").exists() == (code == 7)


def test_a_terminal_without_our_letters_gets_others(tmp_path):
    np.savez(tmp_path / "own.npz", x=np.eye(9, dtype=int)[[0, 1] * 5] * 15, y=[0, 1] * 5)
    command = [sys.executable, "-m", "sw.cli", "data", "own.npz"]
    environment = os.environ | {"PYTHONPATH": str(Path(cli.__file__).parents[1]), "PYTHONIOENCODING": "latin-1"}
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (0, "") and "??" in run.stdout


def test_every_command_has_such_a_console():
    modules = {sys.modules[command.__module__] for command in cli.COMMANDS}
    assert {module.Console for module in modules} == {Console}


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            PermissionError(errno.EACCES, "Permission denied", "runs/digits"),
            "runs/digits: Permission denied",
        ),
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
        (TimeoutError(), "TimeoutError"),
    ],
)
def test_what_the_system_refuses_is_one_line_and_no_mismatch(capsys, error, said):
    def work():
        raise error

    assert cli.guarded(work) == 2
    assert capsys.readouterr().err == f"bispike: {said}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("train --epochs abc", "--epochs: found 'abc'; allowed is a whole number"),
        ("train --epochs 1.5", "--epochs: found '1.5'; allowed is a whole number"),
        (f"train --epochs {'9' * 5000}", f"--epochs: found '{'9' * 5000}'; allowed is a whole number"),
        ("info --density x", "--density: found 'x'; allowed is a number"),
        ("verify -n x", "--samples: found 'x'; allowed is a whole number"),
        ("explore --lanes 2 --lanes x", "--lanes: found 'x'; allowed is a whole number"),
        ("generate --from x --between 1 b", "--between: found 'b'; allowed is a whole number"),
        ("train --backend foo", "--backend: found 'foo'; allowed is one of golden, sim, serial"),
        ("predict --from x --part foo", "--part: found 'foo'; allowed is one of test, train, all"),
        ("trian", f"command: found 'trian'; allowed is one of {', '.join(COMMANDS)}"),
        ("nonsense", f"command: found 'nonsense'; allowed is one of {', '.join(COMMANDS)}"),
        ("predict", "Missing option '--from' / '-f'."),
    ],
)
def test_words_that_mean_nothing_are_named_with_what_is_allowed(capsys, arguments, said):
    assert cli.main(arguments.split()) == 2
    assert capsys.readouterr().err == f"bispike: {said}\n"


HEAVY = {"torch", "amaranth", "cocotb", "matplotlib", "sklearn", "distributed", "dask"}


def loaded(folder: Path, *arguments: str) -> tuple[int, str, set[str]]:
    """Exit code, last line of stderr and modules of a command in a process of its own."""
    code = "import sys; from sw import cli; code = cli.main(sys.argv[1:]); print(code, *sys.modules)"
    command = [sys.executable, "-c", code, *arguments]
    environment = os.environ | {"PYTHONPATH": str(Path(cli.__file__).parents[1])}
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    code, *modules = run.stdout.splitlines()[-1].split()
    return int(code), (run.stderr.splitlines() or [""])[-1], set(modules)


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), *((command, "--help") for command in COMMANDS)])
def test_help_comes_at_once(tmp_path, arguments):
    """Neither numpy nor anything slower is loaded."""
    code, error, modules = loaded(tmp_path, *arguments)
    assert (code, error) == (0, "")
    assert not modules & (HEAVY | {"numpy"})


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ((), "bispike: --port: found none; with --backend serial it must be the board's, as /dev/ttyUSB0; there is "),
        (("--port", "/dev/null", "--baud", "0"), "bispike: --baud: found 0; allowed is 1 to 2,147,483,647"),
        (
            ("--port", "/dev/null", "--baud", "2147483648"),
            "bispike: --baud: found 2147483648; allowed is 1 to 2,147,483,647",
        ),
        (("--port", "/dev/none"), "bispike: /dev/none: cannot open it: No such file or directory; there is "),
    ],
)
def test_a_serial_run_without_a_board_is_refused_at_once(tmp_path, more, said):
    """Before data, numpy or anything slower is loaded; and nothing is written."""
    code, error, modules = loaded(tmp_path, "train", "--backend", "serial", *more)
    assert code == 2
    assert error.startswith(said)
    assert not modules & (HEAVY | {"numpy"})
    assert not list(tmp_path.iterdir())
