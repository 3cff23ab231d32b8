"""The driver's Chip on every transport: it says what the golden model says, in every value."""

import numpy as np
import pytest

from cosim.host.packets import pack_samples
from golden.errors import StateError
from golden.integer import IntegerModel
from golden.records import Records
from rtl.interface.memory_map import settings_of
from rtl.interface.registers import ADDRESS, MODES, core_registers
from sw.driver.chip import Chip
from sw.driver.golden import GoldenTransport
from sw.driver.transport import AccessError, TransportError
from tests.marks import long
from tests.sw.driver.transports import CONFIG, TRANSPORTS

# A simulated core takes a minute or two for these. In `make test` one answers in tests/sw/python (Icarus), one at the end
# of this file, and one at the end of a serial line in tests/sw/training/test_serial_backend.py.
EVERY = [name if name in ("golden", "model board") else long(name) for name in TRANSPORTS]


@pytest.fixture(scope="module", params=EVERY)
def transport(request, tmp_path_factory):
    """One chip for all tests of a transport: each test sets what it needs."""
    with TRANSPORTS[request.param](CONFIG, tmp_path_factory.mktemp(request.param)) as transport:
        yield transport


@pytest.fixture
def chip(transport):
    return new(transport)


def new(transport, config=CONFIG):
    """A chip in the state of a new golden model."""
    made = Chip(transport, config)
    made.set()
    made.load(IntegerModel(config).state())
    return made


def samples(count, seed=0):
    """(x, y) for the configuration."""
    random = np.random.default_rng(seed)
    return random.integers(0, 16, (count, CONFIG.sizes[0])), random.integers(0, CONFIG.classes, count)


def assert_same(found, expected):
    """Two states, or two sets of records, in every value."""
    assert found.keys() == expected.keys()
    for name in expected:
        np.testing.assert_array_equal(found[name], expected[name], name)


def records(of) -> dict:
    return {name: getattr(of, name) for name in ("prediction", "voltages", "counters")}


def test_a_loaded_state_is_read_back(chip):
    model = IntegerModel(CONFIG.replace(seed=5))
    model.train(*samples(5, 3))
    chip.load(model.state())
    assert_same(chip.save(), model.state())


def test_learning_and_naming_are_goldens_in_every_value(chip):
    model = IntegerModel(CONFIG)
    x, y = samples(11)
    seen = []
    assert_same(records(chip.train(x, y, seen.append)), records(model.train(x, y)))
    assert seen == list(range(1, 12))
    test, _ = samples(4, 1)
    assert_same(records(chip.infer(test)), records(model.train(test, np.zeros(4, int), learn=False)))
    assert_same(chip.save(), model.state())
    assert chip.errors() == []


def test_rates_follow_the_decay(chip):
    model = IntegerModel(CONFIG)
    model.decay = -2
    chip.set(decay=-2)
    x, y = samples(9, 4)
    assert_same(records(chip.train(x, y)), records(model.train(x, y)))
    assert_same(chip.save(), model.state())


def test_a_setting_changes_no_update_that_is_pending(chip):
    model = IntegerModel(CONFIG)
    x, y = samples(14, 7)
    chip.train(x[:7], y[:7])
    chip.set(decay=-3)
    said = chip.train(x[7:], y[7:])
    model.train(x[:7], y[:7])
    model.decay = -3
    assert_same(records(said), records(model.train(x[7:], y[7:])))
    assert_same(chip.save(), model.state())


def test_an_update_outlives_settings(chip):
    model, (x, y) = IntegerModel(CONFIG), samples(6, 11)
    chip.set(decay=-6)  # a rate at which rounding shows
    chip.train(x, y)
    chip._samples.wait("idle")
    for name, value in settings_of(CONFIG.replace(threshold=50, stochastic=False, seed=9), -1).items():
        chip.transport.write(chip._settings[name].address, [value & 0xFFFFFFFF])
    model.decay = -6
    model.train(x, y)
    assert_same(chip.save(), model.state())


def test_golden_goes_on_with_new_settings_as_a_chip_does(chip):
    """The updates that are pending have those of their own samples: whether to round stochastically, too."""
    golden, found = new(GoldenTransport(CONFIG)), []
    x, y = samples(9, 11)  # the sixth changes both W
    addresses = {register.name: register.address for register in core_registers(CONFIG)}
    for one in (chip, golden):
        one.set(decay=-6)
        said = [one.train(x[:6], y[:6])]
        one._samples.wait("idle")
        for name, value in settings_of(CONFIG.replace(threshold=50, stochastic=False, seed=9), -1).items():
            one.transport.write(addresses[name], [value & 0xFFFFFFFF])
        before = {f"{name} before": array for name, array in one._read(("W1", "W2")).items()}
        said += [one.train(x[6:], y[6:])]
        found.append(before | records(Records.join(said)) | one.save())
        one.set()
    assert_same(*found)
    model = IntegerModel(CONFIG)
    model.decay = -6
    model.train(x[:6], y[:6])
    model.finish()
    assert (model.W[1].numpy() != found[0]["W1 before"]).any()


def test_recall_shows_what_the_backward_network_remembers(chip):
    model = IntegerModel(CONFIG)
    x, y = samples(6, 2)
    chip.train(x, y)
    model.train(x, y)
    model.recall()
    np.testing.assert_array_equal(chip.recall(), model.h[0].numpy())


def test_a_saved_network_goes_on_as_if_never_stopped(chip):
    x, y = samples(12, 6)
    chip.train(x[:7], y[:7])
    kept = chip.save()
    chip.train(x[7:], y[7:])
    once = chip.save()
    chip.load(kept)
    chip.train(x[7:], y[7:])
    assert_same(chip.save(), once)


def test_packets_and_results_are_counted(chip):
    before = chip.counters()
    chip.predict(samples(3)[0])
    after = chip.counters()
    assert [after[name] - before[name] for name in ("packets", "results", "dropped")] == [3, 3, 0]


def test_a_packet_with_an_unknown_label_is_dropped_and_the_next_one_works(chip):
    words = 1 + -(-CONFIG.sizes[0] // 8)
    before = chip.counters()["dropped"]
    chip.transport.write(ADDRESS["SAMPLE"], [CONFIG.classes] + [0] * (words - 2))
    chip.transport.write(ADDRESS["SAMPLE_LAST"], [0])
    chip.transport.write(ADDRESS["SAMPLE_LAST"], [0])
    assert len(chip.predict(samples(2)[0])) == 2
    assert chip.counters()["dropped"] == before + 2
    assert chip.errors() == ["short_packet", "label"]
    assert chip.errors() == []


def test_a_refused_access_is_named_and_the_chip_goes_on(chip):
    with pytest.raises(AccessError, match="register 0xffc: the chip refused the access after 0 good ones"):
        chip.transport.read(0xFFC)
    with pytest.raises(AccessError, match="register 0x000: the chip refused the access after 0 good ones"):
        chip.transport.write(ADDRESS["IDENTITY"], [1])
    with pytest.raises(AccessError) as found:
        chip.transport.read(ADDRESS["RESULT"], 3)
    assert found.value.done == 0
    assert chip.errors() == ["no_result", "unmapped", "read_only"]


def test_another_configuration_is_refused_by_its_fingerprint(transport):
    with pytest.raises(TransportError, match=r"chip: found a core with fingerprint 0x[0-9a-f]{8}; allowed is 0x"):
        Chip(transport, CONFIG.replace(steps=8))


def test_a_state_of_another_network_is_refused_and_nothing_is_lost(chip):
    before = chip.save()
    with pytest.raises(StateError, match=r"W1: found shape \(4, 5\); allowed is"):
        chip.load(before | {"W1": np.zeros((4, 5), int)})
    with pytest.raises(StateError, match="E0: not found in the state; allowed is a whole state of"):
        chip.load({name: value for name, value in before.items() if name != "E0"})
    for missing, left in (("Theta0", {}), ("samples", {**before}), ("h0", {**before})):
        left.pop(missing, None)
        with pytest.raises(StateError, match=f"^{missing}: not found in the state; allowed is a whole state of"):
            chip.load(left)
    with pytest.raises(StateError, match="Theta1: found values 2048 to 2048; allowed is -2048 to 2047"):  # 12 bits
        chip.load(before | {"Theta1": np.full_like(before["Theta1"], 2048)})
    assert_same(chip.save(), before)


def test_what_answers_must_be_a_bispike_core():
    class Other(GoldenTransport):
        def read(self, address, count=1, ascending=False):
            return [0xDEADBEEF] * count

    with pytest.raises(TransportError, match="chip: found identity 0xdeadbeef; allowed is a BiSpike core, 0x42535031"):
        Chip(Other(CONFIG), CONFIG)


@pytest.mark.parametrize("asked", [CONFIG, CONFIG.replace(learn=False)])
def test_an_inference_only_core_takes_its_part_of_a_state(asked):
    """A network that has learned elsewhere, too: what it is asked for has both networks."""
    chip = Chip(GoldenTransport(CONFIG.replace(learn=False)), asked)
    assert not chip.config.learn
    model = IntegerModel(CONFIG.replace(seed=4))
    chip.load(model.state())
    np.testing.assert_array_equal(chip.save()["W2"], model.state()["W2"])
    chip.load(chip.save())  # has no samples
    x = samples(5)[0]
    expected = model.train(x, np.zeros(5, int), learn=False)
    assert_same(records(chip.infer(x)), records(expected))
    with pytest.raises(TransportError, match="recall: found an inference-only core"):
        chip.recall()
    with pytest.raises(TransportError, match=r"train: found an inference-only core, .*; allowed is one that learns"):
        chip.train(*samples(1))


def test_a_core_without_the_stimulus_recalls_none():
    chip = Chip(GoldenTransport(CONFIG.replace(stimulus_recall=False)), CONFIG.replace(stimulus_recall=False))
    model = IntegerModel(chip.config)
    x, y = samples(9)
    assert_same(records(chip.train(x, y)), records(model.train(x, y)))
    saved, state = chip.save(), model.state()
    assert saved.keys() == state.keys() and "Theta0" not in state
    for name, value in state.items():
        np.testing.assert_array_equal(saved[name], value)
    with pytest.raises(TransportError, match="recall: found a core with stimulus_recall = false, "):
        chip.recall()


def test_registers_are_counted_and_read_while_a_result_waits(chip):
    chip.transport.write(ADDRESS["SAMPLE"], [0] * -(-CONFIG.sizes[0] // 8))
    chip.transport.write(ADDRESS["SAMPLE_LAST"], [0])
    chip._samples.wait("result")
    threshold = {register.name: register.address for register in core_registers(CONFIG)}["threshold"]
    assert chip.transport.read(threshold) == [CONFIG.threshold]
    assert chip.counters()["packets"] > 0
    assert len(chip._samples._result()) == 1 + CONFIG.classes + 4 * CONFIG.layers


def shortened(chip, model):
    """Three samples of a block, that is then made one of two: the next sample ends it, on the chip as golden says."""
    x, y = samples(5, 12)
    x, y = x[:, : chip.config.sizes[0]], y % chip.config.classes
    begin = model.position
    said, expected = [chip.train(x[:3], y[:3])], [model.train(x[:3], y[:3])]
    chip._samples.wait("idle")
    model.config = model.config.replace(block=2)
    for name, value in settings_of(model.config).items():
        chip.transport.write(chip._settings[name].address, [value & 0xFFFFFFFF])
    positions = []
    for n in (3, 4):
        positions += chip.transport.read(chip._settings["position"].address)
        said += [chip.train(x[n : n + 1], y[n : n + 1])]
        chip._samples.wait("idle")
        expected += [model.train(x[n : n + 1], y[n : n + 1])]
    assert positions == [begin + 3, 0]
    assert_same(records(Records.join(said)), records(Records.join(expected)))
    assert_same(chip.save(), model.state())


def test_a_block_made_shorter_than_what_it_has_seen_ends_with_the_next_sample(chip):
    shortened(chip, IntegerModel(CONFIG))


def killed(chip, words):
    """Another host has sent so many words of a sample to learn, and was killed."""
    (packet,) = pack_samples(chip.config, np.full((1, chip.config.sizes[0]), 15), [1]).tolist()
    chip.transport.write(ADDRESS["MODE"], [MODES.index("learn")])
    chip.transport.write(ADDRESS["SAMPLE"], (packet + [0] * words)[:words])
    return Chip(chip.transport, chip.config)


@pytest.mark.parametrize("words", range(2 + -(-CONFIG.sizes[0] // 8)))
def test_half_a_sample_that_another_host_left_is_never_learned(chip, words):
    """All but its last word, too: the driver sends that in a command of its own."""
    before, state = chip.counters(), chip.save()
    found = killed(chip, words)
    after = found.counters()
    assert [after[name] - before[name] for name in ("packets", "results", "dropped")] == [0, 0, 1]
    assert found.errors() == []
    assert_same(found.save(), state)
    assert len(found.predict(samples(2)[0])) == 2


def test_results_that_another_host_left_are_thrown_away(chip):
    chip.train(*samples(3))
    state = chip.save()
    chip.transport.write(ADDRESS["MODE"], [MODES.index("infer")])
    for packet in pack_samples(CONFIG, samples(2)[0]).tolist():
        chip.transport.write(ADDRESS["SAMPLE"], packet[:-1])
        chip.transport.write(ADDRESS["SAMPLE_LAST"], packet[-1:])
    chip._samples.wait("result")
    chip.transport.read(ADDRESS["RESULT"], 3)
    found = killed(chip, 1)
    assert found.errors() == []
    assert len(found.predict(samples(2)[0])) == 2
    assert_same(found.save(), state)


def test_an_interrupted_training_leaves_a_chip_that_goes_on(chip):
    """Ctrl-C in a notebook: samples that were sent are learned, and their results are not the next samples'."""
    model, (x, y), taken = IntegerModel(CONFIG), samples(9, 5), chip.counters()["packets"]

    def interrupted(done):
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        chip.train(x, y, interrupted)
    sent = chip.counters()["packets"] - taken
    assert 3 < sent < 9
    model.train(x[:sent], y[:sent])
    assert_same(records(chip.train(x[sent:], y[sent:])), records(model.train(x[sent:], y[sent:])))
    assert_same(chip.save(), model.state())


@pytest.mark.long
def test_a_simulated_core_of_two_engines_finishes_what_is_pending(tmp_path):
    config = CONFIG.replace(sizes=(5, 2, 2), lanes=2, engines=((1,), (0, 2)))
    model, (x, y) = IntegerModel(config), samples(6, 7)
    x, y = x[:, :5], y % 2
    with TRANSPORTS["icarus"](config, tmp_path) as transport:
        chip = new(transport, config)
        for part in (slice(4), slice(4, 6)):
            assert_same(records(chip.train(x[part], y[part])), records(model.train(x[part], y[part])))
            assert_same(chip.save(), model.state())
        assert chip.counters()["results"] == 6 and chip.errors() == []
        chip.load(model.state() | {"position": np.array(0)})
        model.load(model.state() | {"position": np.array(0)})
        shortened(chip, model)
        found = killed(chip, 1)  # of a packet of two words
        assert_same(found.save(), model.state())
        assert [found.counters()[name] for name in ("packets", "dropped")] == [11, 2]
