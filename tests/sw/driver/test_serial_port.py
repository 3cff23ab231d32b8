"""The serial transport on a bad line, and what a user reads when there is none."""

import os
import pty

import numpy as np
import pytest
import serial

from golden.integer import IntegerModel
from rtl.interface.registers import ADDRESS
from sw.driver.chip import Chip
from sw.driver.serial_port import SerialTransport
from sw.driver.transport import AccessError, TransportError
from tests.sw.driver.model_board import ModelBoard
from tests.sw.driver.transports import CONFIG


def test_lost_bytes_lose_nothing_and_do_nothing_twice():
    board, model = ModelBoard(CONFIG, loss=0.001), IntegerModel(CONFIG)
    random = np.random.default_rng(3)
    x, y = random.integers(0, 16, (12, 9)), random.integers(0, 3, 12)
    with SerialTransport(board.port, timeout=0.1) as transport:
        chip = Chip(transport, CONFIG)
        chip.load(model.state())
        said, expected = chip.train(x, y), model.train(x, y)
        state = chip.save()
        assert transport.repeated > 3
    for name in ("prediction", "voltages", "counters"):
        np.testing.assert_array_equal(getattr(said, name), getattr(expected, name))
    for name, array in model.state().items():
        np.testing.assert_array_equal(state[name], array, name)


def test_the_first_answer_is_thrown_away_as_it_may_be_an_old_one(monkeypatch):
    board = ModelBoard(CONFIG)
    monkeypatch.setattr(os, "urandom", lambda count: b"\x07")
    for _ in range(2):  # the second host begins with the number that the board did last, of another command
        with SerialTransport(board.port, timeout=0.5) as transport:
            assert transport.read(ADDRESS["VERSION"]) == [1 << 16]
            transport._sequence = 6
            transport.write(ADDRESS["MODE"], [1])
            assert board._last[0] == 7
        monkeypatch.setattr(os, "urandom", lambda count: b"\x06")


def test_a_refused_access_inside_a_long_command_is_placed():
    transport = SerialTransport(ModelBoard(CONFIG).port)
    with pytest.raises(AccessError, match="register 0x028: the chip refused the access after 10 good ones"):
        transport.read(ADDRESS["IDENTITY"], 12, ascending=True)


def test_a_port_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(TransportError, match=r"nowhere: cannot open it: No such file or directory$"):
        SerialTransport(str(tmp_path / "nowhere"))


def test_a_silent_line_is_one_line_that_says_what_to_check():
    _, there = pty.openpty()
    with pytest.raises(
        TransportError, match=r"no answer in 4 tries of 0\.05 s; check cable, power, bitstream and baud rate"
    ):
        SerialTransport(os.ttyname(there), timeout=0.05)


def test_a_port_where_nobody_answers_is_closed(monkeypatch):
    """A notebook that tries again finds it free."""
    opened, real = [], serial.serial_for_url

    def opens(*arguments, **more):
        opened.append(real(*arguments, **more))
        return opened[-1]

    monkeypatch.setattr(serial, "serial_for_url", opens)
    _, there = pty.openpty()
    with pytest.raises(TransportError):
        SerialTransport(os.ttyname(there), timeout=0.02)
    assert [line.is_open for line in opened] == [False]


def test_an_unplugged_cable_is_one_line():
    board = ModelBoard(CONFIG)
    transport = SerialTransport(board.port, timeout=0.2)
    board.unplug()
    with pytest.raises(TransportError, match=r"the chip keeps what it has learned$") as found:
        transport.read(ADDRESS["IDENTITY"])
    assert "\n" not in str(found.value)
    assert str(found.value).startswith(board.port)
