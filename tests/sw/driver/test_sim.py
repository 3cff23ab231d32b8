"""The transport to a simulation, with a thread in the simulator's place: what Ctrl-C ends, and what it does not."""

import os
import signal
import socket
import struct
import threading
import time
from types import SimpleNamespace

import pytest

from cosim import build, bus_wrapper, elaborate, runner
from cosim.bus_bench import ANSWER, COMMAND, receive
from rtl.interface.registers import ADDRESS
from sw.driver.sim import SimTransport
from sw.driver.transport import TransportError
from tests.sw.driver.transports import CONFIG


@pytest.fixture
def simulation(monkeypatch):
    """Begins as a thread that runs `serve` on the socket's path; `stopped` has an entry once it was ended."""
    run = SimpleNamespace(serve=lambda path: None, stopped=[], failure=lambda: "")
    run.process = SimpleNamespace(poll=lambda: None, wait=lambda patience: 0)
    run.stop = lambda: run.stopped.append(True)

    def start(built, module, values, folder):
        threading.Thread(target=run.serve, args=(values["socket"],), daemon=True).start()
        return run

    monkeypatch.setattr(runner, "start", start)
    monkeypatch.setattr(elaborate, "kept_verilog", lambda *_: "")
    monkeypatch.setattr(bus_wrapper, "wrapped", lambda text: text)
    monkeypatch.setattr(build, "build", lambda *_: None)
    return run


def test_a_simulation_that_is_interrupted_as_it_starts_is_ended(simulation, tmp_path):
    def interrupted():
        raise KeyboardInterrupt

    simulation.process.poll = interrupted
    with pytest.raises(KeyboardInterrupt):
        SimTransport(CONFIG, tmp_path)
    assert simulation.stopped == [True]


@pytest.mark.parametrize("starts", [True, False])
def test_a_simulation_that_says_nothing_is_said_to_be_silent_not_to_have_ended_with_our_signal(
    simulation, tmp_path, monkeypatch, starts
):
    def serve(path):
        with socket.socket(socket.AF_UNIX) as far:
            far.connect(path)
            while receive(far, COMMAND.size):
                pass

    simulation.serve = serve if starts else lambda path: None
    simulation.failure = lambda: "the simulator ended with code -15" if simulation.stopped else ""
    monkeypatch.setattr("sw.driver.sim.PATIENCE", 0.5)
    with pytest.raises(TransportError, match=r"^simulation: no answer in 0\.5 s$"):
        SimTransport(CONFIG, tmp_path).read(ADDRESS["STATUS"])
    assert simulation.stopped == [True]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_waits_for_the_answer_of_a_command(simulation, tmp_path, number):
    """Ctrl-C in a notebook: an answer that is left would be the next command's."""

    def serve(path):
        with socket.socket(socket.AF_UNIX) as far:
            far.connect(path)
            for word in (3, 4):
                receive(far, COMMAND.size)
                if word == 3:
                    os.kill(os.getpid(), number)
                    time.sleep(0.2)
                far.sendall(ANSWER.pack(0, 1) + struct.pack("<I", word))
            receive(far, COMMAND.size)

    simulation.serve, before = serve, signal.signal(number, signal.default_int_handler)  # ignored in the background
    with SimTransport(CONFIG, tmp_path) as transport:
        with pytest.raises(KeyboardInterrupt):
            transport.read(ADDRESS["STATUS"])
        assert transport.read(ADDRESS["STATUS"]) == [4]
    assert signal.signal(number, before) is signal.default_int_handler
