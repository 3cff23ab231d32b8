"""The register map in itself: addresses, widths, and a fingerprint of what is fixed in Verilog and nothing else."""

import pytest

from golden.config import NAMED, Config
from rtl.interface.memory_map import register_names, settings_of
from rtl.interface.registers import BUS_ADDRESS_BITS, CONTROL, FIRST_SETTING, fingerprint, registers

BASE = Config.load("tiny")


@pytest.mark.parametrize("config", [*NAMED.values(), Config(sizes=(4,) * 9, lanes=2), BASE.replace(learn=False)])
def test_every_register_has_a_place_of_its_own(config):
    found = registers(config)
    assert len({r.address for r in found}) == len({r.name for r in found}) == len(found)
    assert all(r.text for r in found)
    assert all(r.address % 4 == 0 and r.address < 1 << BUS_ADDRESS_BITS for r in found)
    assert [r.address for r in found] == sorted(r.address for r in found)
    assert [r.name for r in found[len(CONTROL) :]] == register_names(config)
    assert all(r.address == FIRST_SETTING + 4 * register_names(config).index(r.name) for r in found[len(CONTROL) :])


def test_resets_fit_and_are_the_configurations():
    for r in registers(BASE, route=1):
        low, high = (-(1 << r.bits - 1), (1 << r.bits - 1) - 1) if r.signed else (0, (1 << r.bits) - 1)
        assert low <= r.reset <= high and r.text and r.access in ("ro", "rw", "wo", "rw1c"), r
    resets = {r.name: r.reset for r in registers(BASE, route=1)}
    assert resets.items() >= settings_of(BASE).items() and resets["ROUTE"] == 1


OTHERS = [{"sizes": (64, 33, 10)}, {"lanes": 8}, {"steps": 8}, {"coding": "rate"}, {"leak": 2}]
OTHERS += [{"learn": False}, {"weight_bits": 15}, {"engines": ((0, 1), (2,))}]


@pytest.mark.parametrize("change", OTHERS)
def test_a_fingerprint_tells_cores_apart(change):
    assert fingerprint(BASE.replace(**change)) != fingerprint(BASE)


def test_a_fingerprint_does_not_see_what_is_set_at_run_time():
    assert fingerprint(BASE.replace(name="other", epochs=3, seed=9, threshold=70, learn_theta=False)) == fingerprint(BASE)
    assert fingerprint(BASE) == 0x988F6F12, "it has changed: chips in the field no longer match their driver"


def test_one_engine_is_the_same_whether_it_is_named_or_not():
    assert fingerprint(BASE.replace(engines=((0, 1, 2),))) == fingerprint(BASE)


def test_registers_have_their_meaning_and_their_widths():
    found = {r.name: r for r in registers(BASE.replace(steps=8))}
    assert (found["finish"].access, found["position"].bits, found["window_low"].reset) == ("wo", 12, -128)
    assert "a hidden layer: 64 farther" in found["dead_zone"].text and "all steps" in found["window_low"].text
    assert found.keys() >= settings_of(BASE).keys()
