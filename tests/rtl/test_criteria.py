"""C1, C2 and C4 where the hardware shows them: from layer to layer go spikes, and weights stay with their layer.

With a layer an engine all that crosses is between engines. Its wires are traced back through the netlist, bit by bit: those
of an engine's inputs to who drives them, those of the spikes on to the word of the somas that they are in.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache

import pytest
from amaranth.hdl import Value
from amaranth.lib.wiring import In

from golden.config import Config
from golden.config_tasks import AUTOENCODER, SEQUENCE
from rtl.core import word_core_of
from rtl.engine import layouts
from rtl.engine.contexts import Context
from rtl.engine.core import EngineCore
from rtl.engine.formats import engines_of
from rtl.engine.layouts import spikes_layout, word_layout
from rtl.engine.outlet import Outlet
from rtl.engine.recognition import RecognitionCore, RecognitionEngine
from tests.marks import long
from tests.rtl.wires import Wires, fields, leaves

SMALL = {"sizes": (2, 2, 2), "lanes": 1, "engines": ((0,), (1,), (2,))}
RECOGNITION = Config(**SMALL, block=3)
CORES = [
    pytest.param(RECOGNITION, id="recognition"),
    long(Config(**SMALL | SEQUENCE, recurrent=True, block=3), id="sequence"),
    long(Config(**SMALL | AUTOENCODER), id="autoencoder"),
]

ALLOWED = {
    "inputs": {"links", "stimulus"},  # words of spikes or pixels, and a claim of room for them
    "links": {"inputs"},  # room, and words taken
    "drives": {"recalls"},  # layer L asks for the codes of the concepts,
    "recalls": {"drives"},  # and hears that they are through
    "recalled": {"readout"},  # an auto-encoder's words taken
    "settings": {"idle", "stimulus", "readout"},  # registers, which the host writes when nothing is inside
    "host": {"idle", "stimulus", "readout"},
    "bottom": {"stimulus"},  # layer 0's own counts of a sample
    "code": {"stimulus"},  # one that is drawn
    "counter": {"readout"},
    "voltages": {"readout"},  # taken
    "codes": {"readout"},
}
"""An engine's inputs, and what they may come from: ports of engines, itself or others, and the blocks around them."""
FLAGS = ("learn", "recall", "relearn", "blank", "last", "parity", "drawn")
"""A bit each, of a sample's header."""


def crossing(core: EngineCore, wires: Wires) -> Iterator[str]:
    """Where an engine's input comes from what it should not come from; or more than spikes is wide."""
    ports: dict = {}
    for engine in core.engines:
        for path, member, value in leaves(engine):
            for net in wires.nets(value) if member.flow != In else ():
                ports.setdefault(net, set()).add(path[0])
    for number, engine in enumerate(core.engines):
        for path, member, value in leaves(engine):
            if member.flow == In:
                for net in wires.origins(wires.nets(value), wires.block):
                    block = wires.block(net)
                    sources = ports.get(net, {"no port"}) if block.startswith("engine") else {block}
                    if not sources & ALLOWED[path[0]]:
                        yield f"{path[0]} of engine {number} comes from {block}, {sorted(sources)}"
                if path[0] in ("links", "drives", "recalls") or (path[0] == "inputs" and path[-1] != "payload"):
                    assert len(value) == 1


def no_spikes(layout) -> Iterator[str]:
    """What does not belong into words of spikes: four bits a row are those of four steps, or a pixel."""
    bits = fields(layout)
    for path in dict.fromkeys(bits):
        flag = path[0] == "header" and path[1] in FLAGS and bits.count(path) == 1
        train = path[0] == "trains" and bits.count(path) in (4, 8)
        if not (flag or train or path in (("source",), ("header", "label"))):
            yield f"{'.'.join(path)}: {bits.count(path)} bits"


def sent(engine: RecognitionEngine, wires: Wires) -> Iterator[tuple[int, int, set]]:
    """Of each stream of spikes that the outlet sends, and each lane: fields of the somas' word, or blocks, that it is of."""
    words = wires.nets(Value.cast(engine.outlet.words.payload))
    words = dict(zip(words, fields(word_layout(engine.form)), strict=True))
    for number, spikes in enumerate(engine.outlet.spikes):
        nets = wires.nets(Value.cast(spikes.payload))
        for net, path in zip(nets, fields(spikes_layout(engine.form)), strict=bool(nets)):
            if path[0] == "trains":
                found = wires.origins([net], lambda net: net in words or wires.module(net)[-1] != "outlet")
                yield number, path[1], {words.get(one, wires.module(one)[-1]) for one in found}


def not_trains(core: EngineCore, wires: Wires) -> Iterator[str]:
    """What is sent as spikes and is not the trains of the somas."""
    for engine in core.engines:
        for number, lane, found in sent(engine, wires):
            allowed = {("lanes", lane, "train")}
            if core.config.recurrent and number == 1 and engine.form.has(1):  # to itself, as currents, but at an end blank
                allowed = {("lanes", lane, "count"), "schedule"}
            if core.config.task == "autoencoder":  # or a code that is drawn, by its header, in the memory of `Outlet.code`
                allowed |= {("group", "group"), "schedule", "code"}
            if not found or not found <= allowed:
                yield f"engine {engine.form.contexts[0].layer} sends {sorted(map(str, found))} in lane {lane}"


def shared(contexts: Iterable[Context]) -> Iterator[str]:
    """Words of an engine's memory of weights that belong to two networks or layers."""
    owners: dict[int, str] = {}
    for context in contexts:
        for name, base, rows in (
            ("W", context.basal_base, context.pre_basal),
            ("Theta", context.apical_base, context.pre_apical),
        ):
            for word in range(base, base + context.groups * rows):
                if owners.setdefault(word, f"{name}{context.layer}") != f"{name}{context.layer}":
                    yield f"word {word} is of {owners[word]} and {name}{context.layer}"


@cache
def small(config: Config) -> tuple[EngineCore, Wires]:
    core = word_core_of(config)
    return core, Wires(core)


@pytest.mark.parametrize("config", CORES)
def test_c4_from_engine_to_engine_go_words_of_spikes(config):
    core, wires = small(config)
    assert not list(crossing(core, wires))
    assert not [fault for form in core.forms for fault in no_spikes(spikes_layout(form))]


@pytest.mark.parametrize("config", CORES)
def test_c4_what_is_sent_is_the_trains_of_the_somas(config):
    core, wires = small(config)
    assert not list(not_trains(core, wires))
    assert sum(1 for engine in core.engines for _ in sent(engine, wires)) >= 4


@pytest.mark.parametrize("name", ["digits", "electricity-recurrent", "autoencoder"])
def test_c1_every_word_of_weights_is_of_one_layer_and_network(name):
    config = Config.load(name)
    for form in engines_of(config):
        assert len(form.contexts) == config.layers + 1
        assert not list(shared(form.contexts))


class CountingOutlet(Outlet):
    """Sends how often a neuron has spiked."""

    def elaborate(self, platform):
        m = super().elaborate(platform)
        m.d.comb += [spikes.payload.trains[0].eq(self.words.payload.lanes[0].count) for spikes in self.spikes]
        return m


class LeakyEngine(RecognitionEngine):
    _outlet = CountingOutlet


class LeakyCore(RecognitionCore):
    """Voltages of layer 2 set layer 1's dead zone, a register of its learner; layer 1's counter is chosen by layer 0."""

    _engine = LeakyEngine

    def _task(self, m, registers):
        super()._task(m, registers)
        zero, one, two = self.engines
        m.d.comb += one.settings.dead_zone.eq(two.voltages.payload.as_value()), one.counter.kind.eq(zero.idle)


def test_c4_sees_voltages_counts_and_a_wire_between_engines():
    core = LeakyCore(RECOGNITION)
    wires = Wires(core)
    faults = set(crossing(core, wires))
    assert any(fault.startswith("settings of engine 1 comes from engine2") and "voltages" in fault for fault in faults), (
        faults
    )
    assert "counter of engine 1 comes from engine0, ['idle']" in faults
    assert any("('lanes', 0, 'count')" in fault for fault in not_trains(core, wires))


def test_c4_sees_an_error_that_goes_with_spikes(monkeypatch):
    header, form = layouts.header_layout, engines_of(RECOGNITION)[1]
    monkeypatch.setattr(layouts, "header_layout", lambda f: type(header(f))(header(f).members | {"error": 8}))
    assert list(no_spikes(spikes_layout(form))) == ["header.error: 8 bits"]


def test_c1_sees_a_theta_in_the_place_of_w():
    (form,) = engines_of(Config.load("digits"))
    one = form.contexts[1]
    assert next(shared([replace(one, apical_base=one.basal_base)])) == f"word {one.basal_base} is of W1 and Theta1"
