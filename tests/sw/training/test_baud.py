"""The serial line has the rate that `--baud` or `baud` says, whoever opens it: without it a million bits a second."""

import numpy as np
import pytest
import serial

import bispike
from cosim.checkpoint import Checkpoint
from golden.config import Config
from golden.integer import IntegerModel
from sw import cli
from sw.driver.transport import TransportError

CONFIG = Config(name="small", sizes=(9, 4, 2), lanes=4)
BOARD = ["--backend", "serial", "--port", "/dev/null"]


@pytest.fixture
def opened(tmp_path, monkeypatch):
    """The lines that are opened, port and rate: another program has each. An empty folder with a network and data."""
    lines = []

    def in_use(port, baudrate, **more):
        lines.append((port, baudrate))
        raise serial.SerialException("in use")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(serial, "serial_for_url", in_use)
    np.savez("own.npz", x=np.eye(10, 9), y=np.arange(10) % 2)
    (tmp_path / "small.toml").write_text(CONFIG.to_toml())
    about = {"data": "own.npz", "split": 0, "encoding": bispike.load("own.npz").encoding.to_dict(), "image_shape": None}
    Checkpoint(CONFIG, IntegerModel(CONFIG).state(), about).save("net.npz")
    return lines


@pytest.mark.parametrize(("more", "rate"), [(["--baud", "115200"], 115_200), ([], 1_000_000)])
@pytest.mark.parametrize(
    "command", [["train", "--config", "small.toml", "--data", "own.npz"], ["predict", "--from", "net.npz"]]
)
def test_a_commands_line_has_the_rate_asked_for(opened, capsys, command, more, rate):
    assert cli.main([*command, *BOARD, *more]) == 2
    assert opened == [("/dev/null", rate)]
    assert capsys.readouterr().err == "bispike: /dev/null: cannot open it: in use\n"


@pytest.mark.parametrize(("more", "rate"), [({"baud": 115_200}, 115_200), ({}, 1_000_000)])
def test_a_chips_line_in_python_has_it_too(opened, more, rate):
    with pytest.raises(TransportError):
        bispike.Chip(CONFIG, "/dev/null", **more)
    assert opened == [("/dev/null", rate)]
