"""The configuration: what is filled in, what is derived, and the one line that each bad value gets."""

import dataclasses
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golden.config import NAMED, Config, ConfigError


def message(make) -> str:
    """The text of the ConfigError that `make` raises; one line, always."""
    with pytest.raises(ConfigError) as caught:
        make()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_sizes_and_lanes_alone_are_a_configuration():
    config = Config.from_toml("sizes = [64, 128, 10]\nlanes = 16")
    assert config == Config(sizes=(64, 128, 10), lanes=16)
    assert (config.steps, config.block, config.threshold) == (4, 64, 64)


@pytest.mark.parametrize("name", NAMED)
def test_every_named_configuration_survives_toml(name):
    assert Config.from_toml(Config.load(name).to_toml()) == NAMED[name]
    assert NAMED[name].name == name


@given(
    st.builds(
        Config,
        sizes=st.lists(st.integers(2, 64), min_size=2, max_size=9).map(tuple),
        lanes=st.integers(1, 64),
        steps=st.sampled_from((4, 8)),
        block=st.integers(1, 4096),
        weight_bits=st.integers(10, 16),
        stochastic=st.booleans(),
        decay=st.lists(st.integers(-8, 0), min_size=1, max_size=16).map(tuple),
        seed=st.integers(0, 2**31 - 1),
    )
)
def test_any_configuration_survives_toml(config):
    assert Config.from_toml(config.to_toml()) == config


def test_a_file_names_its_configuration_unless_it_says_so_itself(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("sizes = [8, 2]\nlanes = 4")
    assert Config.load(path).name == "mine"
    path.write_text('name = "other"\nsizes = [8, 2]\nlanes = 4')
    assert Config.load(str(path)).name == "other"


def test_an_engine_has_no_more_lanes_than_its_largest_layer_could_use():
    config = Config(sizes=(64, 20, 3), lanes=16)
    assert config.lanes == config.beat == 16
    assert [config.groups(l) for l in range(3)] == [4, 2, 1]
    few = Config(sizes=(5, 20, 3), lanes=32)
    assert (few.lanes, few.beat, few.groups(1)) == (20, 5, 1)


@pytest.mark.parametrize("n, scale", [(1, 0), (64, 0), (65, 1), (256, 1), (257, 2), (1024, 2), (1025, 3), (4096, 3)])
def test_the_weight_scale_is_the_least_that_holds_the_fan_in(n, scale):
    assert Config(sizes=(n, 2), lanes=1).scale(1) == scale


def test_rates_follow_the_fan_in_and_are_clipped_to_what_a_multiplier_holds():
    digits = NAMED["digits"]  # 64, 128, 64 pre neurons: 8 + scale - log2, 1 more above layer 1
    assert [digits.forward_rate(l) for l in (1, 2, 3)] == [2, 3, 3]
    assert [NAMED["fashion"].forward_rate(l) for l in (1, 2, 3)] == [0, 2, 3]
    assert digits.forward_rate(1, decay=-3) == -1
    assert digits.replace(rate=8).forward_rate(1) == 5
    assert digits.replace(rate=-8).forward_rate(1, decay=-8) == -8
    assert digits.backward_rate(-3) == -3
    assert digits.replace(theta_rate=-8).backward_rate(-8) == -8


def test_rates_scale_with_the_width_of_a_weight_master():
    ten = NAMED["digits"].replace(weight_bits=10)  # 6 bits less than 16
    assert [ten.forward_rate(l) for l in (1, 2, 3)] == [-4, -3, -3]
    assert [ten.backward_rate(decay) for decay in (0, -3)] == [-6, -8]  # 0 - 6, and no lower
    assert ten.replace(theta_rate=3).backward_rate(-1) == -2
    assert [ten.replace(rate=8).forward_rate(1), ten.forward_rate(1, -8)] == [4, -8]
    assert [config.weight_shift for config in (NAMED["digits"], ten)] == [8, 2]


def test_an_auto_encoder_has_defaults_and_rates_of_its_own():
    config = Config.from_toml('task = "autoencoder"\nsizes = [64, 128, 32]\nlanes = 16')
    assert config == NAMED["autoencoder"].replace(name="custom")
    assert (config.steps, config.coding, config.leak, config.window, config.epochs) == (8, "rate", 4, (-64, 512), 30)
    assert Config.from_dict({"task": "autoencoder", "sizes": [64, 2000], "lanes": 4, "leak": 3}).leak == 3
    assert [config.forward_rate(l) for l in (1, 2)] == [-1, 0]  # 7 + scale - log2, 1 more above layer 1, 2 less for 8 steps
    assert [config.backward_rate(0, l) for l in (0, 1)] == [-2, 0]  # 9 - log2 - 2 - 2
    assert [config.backward_rate(-3, l) for l in (0, 1)] == [-5, -3]
    assert config.replace(steps=4).backward_rate(0, 1) == 2
    assert config.replace(sizes=(64, 32)).forward_rate(1) == 0, "a single layer is not slower"
    assert config.replace(theta_rate=-8).backward_rate(-8) == -8
    large = NAMED["autoencoder-fashion"]
    assert ([large.forward_rate(l) for l in (1, 2)], [large.backward_rate(0, l) for l in (0, 1)]) == ([-3, -1], [-3, -1])


def test_a_sequence_has_defaults_of_its_own_and_lateral_rows_count_as_fan_in():
    config = Config.from_toml('task = "sequence"\nsizes = [48, 128, 32]\nlanes = 16\nrecurrent = true')
    assert config == NAMED["electricity-recurrent"].replace(name="custom")
    assert (config.steps, config.window, config.neighbours, config.epochs) == (4, (-64, 320), 2, 8)
    twin = config.replace(recurrent=False)
    assert [[one.rows(l) for l in (1, 2)] for one in (config, twin)] == [[176, 128], [48, 128]]
    assert [one.scale(1) for one in (config, twin)] == [1, 0]
    rates = [[one.forward_rate(l) for l in (1, 2)] for one in (config, twin)]
    assert rates == [[1, 3], [2, 3]]  # 8 + scale - log2, 1 more above layer 1
    assert NAMED["text"].neighbours == 0 and NAMED["text"].dead_zone == 0


@pytest.mark.parametrize(
    "task, change, said",
    [
        ("electricity", {"coding": "rate"}, "coding: found rate with task sequence; allowed is direct"),
        ("electricity", {"neighbours": 32}, "neighbours: found 32; allowed is a whole number from 0 to 31"),
        ("digits", {"neighbours": 1}, "neighbours: found 1 with task recognition, which has no order among its concepts;"),
        ("digits", {"recurrent": True}, "recurrent: found true with task recognition, which has no elements that follow"),
        (
            "autoencoder",
            {"neighbours": 1},
            "neighbours: found 1 with task autoencoder, which has no concepts; allowed is to",
        ),
        ("autoencoder", {"recurrent": True}, "recurrent: found true with task autoencoder, which has no elements that"),
    ],
)
def test_keys_of_sequences_are_theirs_alone(task, change, said):
    assert said in message(lambda: NAMED[task].replace(**change))


@pytest.mark.parametrize(
    "change, said",
    [
        (
            {"coding": "direct"},
            "coding: found direct with task autoencoder; allowed is rate: what is recalled are spikes (in Python "
            "Config.from_dict gives a task's own defaults)",
        ),
        ({"epoch": 3}, "unknown key 'epoch'; allowed are block, coding,"),
        ({"block": 7}, "block: found 7 with task autoencoder, which has no blocks; allowed is to leave it out"),
        ({"dead_zone": 0}, "dead_zone: found 0 with task autoencoder, which has no templates; allowed is to leave it out"),
        ({"task": "dreams"}, "task: found 'dreams'; allowed is one of recognition, autoencoder"),
        ({"task": "recognition", "sizes": (64, 65)}, "sizes: found 65 concepts in the last layer; allowed is 2 to 64"),
        ({"sizes": (64, 4097)}, "sizes: found 4097; allowed is 1 to 4096 neurons a layer"),
    ],
)
def test_what_does_not_go_with_a_task_is_named(change, said):
    assert said in message(lambda: NAMED["autoencoder"].replace(**change))


def test_eight_steps_have_slower_rates_and_a_wider_window_and_hidden_layers_a_wider_dead_zone():
    one = NAMED["digits"]
    two = one.replace(steps=8)
    assert [one.forward_rate(l) for l in (1, 2, 3)] == [2, 3, 3]
    assert [two.forward_rate(l) for l in (1, 2, 3)] == [0, 1, 1]
    assert (one.backward_rate(), one.backward_rate(-5), one.replace(theta_rate=5).backward_rate()) == (0, -5, 5)
    assert (one.window, two.window) == ((-64, 320), (-128, 640))
    assert [one.dead_zone_of(l) for l in range(4)] == [48, 112, 112, 48]
    assert Config(sizes=(4, 2), lanes=1, window_low=-3).replace(steps=8).window[0] == -6


def test_decay_falls_in_equal_parts_of_the_training():
    config = Config(sizes=(2, 2), lanes=1, decay=(0, -1, -2, -3))
    assert [config.decay_at(epoch, 8) for epoch in range(8)] == [0, 0, -1, -1, -2, -2, -3, -3]
    assert [config.decay_at(epoch, 2) for epoch in range(2)] == [0, -2]
    assert config.decay_at(99, 8) == -3


def test_a_configuration_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        NAMED["tiny"].steps = 8


@pytest.mark.parametrize(
    "changes, expected",
    [
        ({"sizes": (4,)}, "sizes: found 1 entries; allowed are 2 to 9 (1 to 8 weight layers)"),
        ({"sizes": (4097, 2)}, "sizes: found 4097; allowed is 1 to 4096 neurons a layer"),
        ({"sizes": (4, 1)}, "sizes: found 1 concepts in the last layer; allowed is 2 to 64"),
        ({"sizes": (4, 65)}, "sizes: found 65 concepts in the last layer; allowed is 2 to 64"),
        ({"sizes": (4, 2.0)}, "sizes: found (4, 2.0); allowed is a list of whole numbers"),
        ({"lanes": (1, 1)}, "lanes: found (1, 1); allowed is one whole number from 1 to 64, for every engine"),
        (
            {"sizes": (4096, 4096, 10), "lanes": 1},
            "sizes: found [4096, 4096, 10] with lanes = 1, 33,636,352 addresses of weights in the engine of layers "
            "[0, 1, 2]; allowed are 16,777,216: smaller sizes, more engines, or lanes that are a power of two, 2 or more",
        ),
        ({"lanes": 65}, "lanes: found 65; allowed is one whole number from 1 to 64, for every engine"),
        ({"lanes": True}, "lanes: found True; allowed is one whole number from 1 to 64, for every engine"),
        (
            {"engines": ((0,),)},
            "engines: found [[0]]; allowed are lists of layers, such as [[1], [0, 2]], with each of 0 to 1 once",
        ),
        ({"steps": 5}, "steps: found 5; allowed is one of 4, 8"),
        ({"coding": "fourier"}, "coding: found 'fourier'; allowed is one of direct, rate"),
        ({"stochastic": 1}, "stochastic: found 1; allowed is one of true, false"),
        ({"threshold": 1}, "threshold: found 1; allowed is a whole number from 2 to 1023"),
        ({"leak": 8}, "leak: found 8; allowed is a whole number from 1 to 7"),
        ({"weight_bits": 9}, "weight_bits: found 9; allowed is a whole number from 10 to 16"),
        ({"weight_bits": 17}, "weight_bits: found 17; allowed is a whole number from 10 to 16"),
        ({"block": True}, "block: found True; allowed is a whole number from 1 to 4096"),
        ({"seed": -1}, "seed: found -1; allowed is a whole number from 0 to 2147483647"),
        ({"decay": ()}, "decay: found []; allowed are 1 to 16 shifts of -8 to 0"),
        ({"decay": (1,)}, "decay: found [1]; allowed are 1 to 16 shifts of -8 to 0"),
        ({"name": ""}, "name: found ''; allowed are 1 to 64 letters, digits, spaces and . _ + -"),
        ({"name": "../evil"}, "name: found '../evil'; allowed are 1 to 64 letters, digits, spaces and . _ + -"),
        ({"name": 300 * "a"}, f"name: found '{80 * 'a'}'; allowed are 1 to 64 letters, digits, spaces and . _ + -"),
        (
            {"stimulus_recall": False},
            "stimulus_recall: found false with one weight layer; allowed is true: nothing else is recalled",
        ),
        (
            {"stimulus_recall": False, "task": "autoencoder", "coding": "rate", "sizes": (4, 3, 2)},
            "stimulus_recall: found false with task autoencoder; allowed is true: nothing else is recalled",
        ),
        ({"window_low": 400}, "window_low: found 400; allowed is anything below window_high = 320"),
    ],
)
def test_a_bad_value_is_named_with_what_is_allowed(changes, expected):
    assert message(lambda: Config(**({"sizes": (4, 2), "lanes": 1} | changes))) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("sizes = [4, 2]", "missing key 'lanes'; a configuration needs sizes and lanes"),
        ("lanes = 1", "missing key 'sizes'; a configuration needs sizes and lanes"),
        ("sizes = [4, 2]\nlanes = 1\nspeed = 3", "unknown key 'speed'; allowed are block, coding,"),
        ('sizes = [4, 2]\nlanes = 1\nrule = "second"', "unknown key 'rule'; allowed are block, coding,"),
        ("sizes = [4, 2]\nlanes = [4, 2]", "lanes: found [4, 2]; allowed is one whole number from 1 to 64"),
        ("sizes = [4, 2", "not TOML: "),
        ('sizes = [4, 2]\nlanes = 1\ntask = ["recognition"]', "task: found ['recognition']; allowed is one of recognition,"),
    ],
)
def test_a_bad_file_is_named_with_what_is_wrong(tmp_path, text, expected):
    path = tmp_path / "bad.toml"
    path.write_text(text)
    assert message(lambda: Config.load(path)).startswith(f"{path}: {expected}")
    assert message(lambda: Config.from_toml(text)).startswith(expected)


def test_a_file_may_begin_with_a_mark_of_its_byte_order(tmp_path):
    path = tmp_path / "bad.toml"
    path.write_bytes(b"\xef\xbb\xbf" + b"sizes = [4, 2]\nlanes = 1")
    assert Config.load(path).sizes == (4, 2)


def test_a_missing_or_binary_file_and_an_unknown_name_are_told_apart(tmp_path):
    missing, binary = tmp_path / "missing.toml", tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    assert message(lambda: Config.load(missing)) == f"cannot read configuration {missing}: No such file or directory"
    assert message(lambda: Config.load(binary)) == f"cannot read configuration {binary}: it is not UTF-8 text"
    assert message(lambda: Config.load("didgits")).startswith(
        "unknown configuration 'didgits'; allowed are tiny, digits, deep,"
    )


@pytest.mark.parametrize("found", [None, ["tiny"], {"sizes": [4, 2]}, 3])
def test_what_is_neither_a_name_nor_a_file_is_refused(found):
    allowed = "allowed is a name, or a .toml file; a dictionary by Config.from_dict"
    assert message(lambda: Config.load(found)) == f"config: found {found!r}; {allowed}"


def test_a_configuration_is_itself():
    assert Config.load(NAMED["tiny"]) is NAMED["tiny"]


@pytest.mark.parametrize(
    "refused, layers, change",
    [
        ({"sizes": (4096, 4096, 64), "lanes": 64}, [0, 1, 2], {"sizes": (4096, 1900, 64)}),
        ({"sizes": (4096, 4000, 64), "lanes": 2}, [0, 1, 2], {"engines": ((0, 2), (1,))}),
        ({"sizes": (2560, 2560, 64), "lanes": 33}, [0, 1, 2], {"lanes": 32}),
        ({"sizes": (4096, 4000, 64), "lanes": 2, "engines": ((0,), (2, 1))}, [2, 1], {"engines": ((2, 0), (1,))}),
    ],
)
def test_weights_without_an_address_are_said_with_their_engine_and_what_helps(refused, layers, change):
    said = message(lambda: Config(**refused))
    assert said.startswith(f"sizes: found {list(refused['sizes'])} with lanes = {refused['lanes']}, ")
    assert f"in the engine of layers {layers}; allowed are 16,777,216: smaller sizes, more engines, or lanes" in said
    Config(**(refused | change))


def test_a_configuration_is_read_without_torch():
    code = "import sys, golden, golden.config; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
