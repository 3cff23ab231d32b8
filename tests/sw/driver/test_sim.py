"""The transport to a simulation, with a thread in the simulator's place: what Ctrl-C ends, and what it does not."""

import threading
from types import SimpleNamespace

import pytest

from cosim import build, bus_wrapper, elaborate, runner
from sw.driver.sim import SimTransport
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
