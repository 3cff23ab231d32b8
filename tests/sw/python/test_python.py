"""From Python: a model is the golden model, a chip says the same, whole trainings are the command's and print nothing."""

from pathlib import Path

import numpy as np
import pytest

import bispike
from golden.autoencoder import Autoencoder
from golden.errors import SampleError, StateError
from golden.integer import IntegerModel
from sw import cli
from sw.common.errors import UserError
from sw.driver.transport import TransportError
from sw.proof import verify
from tests.marks import long

CONFIG = bispike.Config(name="small", sizes=(9, 8, 2), lanes=4, block=7, epochs=2)


@pytest.fixture
def samples() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    return random.integers(0, 16, (60, 9)), np.arange(60) % 2


def equal(one: dict, other: dict) -> None:
    assert one.keys() == other.keys()
    for name in one:
        np.testing.assert_array_equal(one[name], other[name], err_msg=name)


@pytest.mark.parametrize("data", ["notes.txt", "kjv", Path("electricity")])
def test_a_whole_training_is_of_samples_that_are_named(tmp_path, monkeypatch, data):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=f"^data: found {data}, of which the next is foretold; allowed with bispike train$"):
        bispike.train(None, data, epochs=1)
    assert not list(tmp_path.iterdir())


def test_a_model_is_the_integer_model(samples):
    model, golden = bispike.Model(CONFIG), IntegerModel(CONFIG)
    golden.decay = -1
    np.testing.assert_array_equal(model.train(*samples, decay=-1).voltages, golden.train(*samples).voltages)
    equal(model.state, golden.state())
    predicted = golden.train(*samples, learn=False).prediction
    np.testing.assert_array_equal(model.predict(samples[0]), predicted)
    assert model.accuracy(*samples) == (predicted == samples[1]).mean()
    golden.recall()
    np.testing.assert_array_equal(model.recall(), golden.h[0])
    assert model.trace(samples[0][0], 1)["s1"].shape == (CONFIG.steps, 8)


@pytest.mark.parametrize("where", ["golden", long("sim")])
def test_a_chip_that_is_an_auto_encoder_learns_without_labels_and_draws(samples, where):
    config = bispike.Config.from_dict({"task": "autoencoder", "sizes": [9, 4], "lanes": 4})
    golden, x, code = Autoencoder(config), samples[0][:6], np.array([[0, 3, 8, 5]])
    golden.decay = -1
    with bispike.Chip(config, where) as chip:
        expected = golden.train(x)
        equal(chip.train(x, decay=-1).arrays(), expected.arrays())
        equal(chip.draw(code).arrays(), golden.draw(code).arrays())
        equal(chip.state, golden.state())


def test_a_fit_is_a_training_of_the_command_and_prints_nothing(samples, tmp_path, monkeypatch, capfd):
    """All epochs, shuffled, with their decays; a saved network goes on where it was."""
    monkeypatch.chdir(tmp_path)
    x, y = samples
    np.savez("mine.npz", x=x, y=y, x_test=x[:4], y_test=y[:4])
    trained = bispike.train(CONFIG, "mine.npz", run="run")
    assert (tmp_path / "run" / "report.html").exists()
    assert trained.summary["training_samples"] == 60
    assert trained.run.name == "run"
    fitted = bispike.Model(CONFIG).fit(x, y)
    equal(fitted.state, trained.state)
    fitted.save("weights.npz")
    equal(bispike.Model.load("weights.npz").state, bispike.Model.load("run").state)
    assert bispike.train(CONFIG, "mine.npz", run="run", epochs=1).run.name == "run-2"
    assert capfd.readouterr() == ("", "")
    bispike.train(CONFIG, "mine.npz", epochs=1, verbose=True)
    assert "run runs/small" in capfd.readouterr().out


@pytest.mark.parametrize("where", ["golden", "sim"])
def test_a_chip_says_what_the_model_says(samples, where, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    """Simulated, it is a small one: a register of it takes Icarus milliseconds, and there are some for each weight."""
    config = CONFIG if where == "golden" else CONFIG.replace(sizes=(9, 2), lanes=3, block=4)
    x, y = (part[: 20 if where == "golden" else 6] for part in samples)
    model = bispike.Model(config)
    with bispike.Chip(config, where, simulator="icarus" if where == "sim" else None) as chip:
        equal(chip.state, model.state)  # both are new
        np.testing.assert_array_equal(chip.train(x, y).voltages, model.train(x, y).voltages)
        assert chip.accuracy(x, y) == model.accuracy(x, y)
        equal(chip.save("chip.npz"), model.save("model.npz"))


def test_a_chip_fits_as_a_model_does(samples):
    with bispike.Chip(CONFIG) as chip:
        equal(chip.fit(*samples).state, bispike.Model(CONFIG).fit(*samples).state)


def test_a_chip_and_a_model_write_the_same_file_and_a_chip_takes_it_over(samples, tmp_path):
    model = bispike.Model(CONFIG)
    with bispike.Chip(CONFIG) as chip:
        chip.train(*samples)
        model.train(*samples)
        chip.save(tmp_path / "chip.npz")
        equal(bispike.Model.load(tmp_path / "chip.npz").state, model.save(tmp_path / "model.npz"))
        chip.train(*samples)
        chip.load(tmp_path / "model.npz")
        np.testing.assert_array_equal(chip.train(*samples, decay=-2).voltages, model.train(*samples, decay=-2).voltages)
        equal(chip.state, model.state)


@pytest.mark.parametrize("where", ["serial", "simm"])
def test_a_port_has_to_be_named(where):
    with pytest.raises(UserError) as error:
        bispike.Chip(CONFIG, where)
    allowed = """allowed is golden, sim, or the port itself, as Chip("digits", "/dev/ttyUSB0")"""
    assert str(error.value) == f"where: found {where!r}; {allowed}"


def test_files_are_read_in_the_scale_that_a_model_learned(samples, tmp_path, monkeypatch, capsys):
    """0..15, as all it takes; else what is said of the data. A dark file of another scale is not guessed at."""
    monkeypatch.chdir(tmp_path)
    bright = np.clip(samples[0] * 17, 0, 255)
    np.savez("bright.npz", x=bright, y=samples[1])
    bispike.Model(CONFIG).save("plain.npz")
    assert cli.main(["predict", "--from", "plain.npz", "--data", "bright.npz"]) == 2
    assert "allowed are integers 0 to 15, the scale that the network learned" in capsys.readouterr().err
    bispike.Model(CONFIG, encoding=bispike.load("bright.npz").encoding).save("bright-net.npz")
    np.savez("dark.npz", x=bright % 16, y=samples[1])
    said = []
    for name, x in (("dark.npz", bright % 16), ("zero.npz", bright * 0)):
        np.savez(name, x=x, y=samples[1])
        assert cli.main(["predict", "--from", "bright-net.npz", "--data", name, "--output", "named.csv"]) == 0
        said.append((tmp_path / "named.csv").read_text())
    assert said[0] == said[1]  # up to 15 of 255 is dark
    assert bispike.Model.load("bright-net.npz").about["encoding"]["scale"] == "0..255"
    assert cli.main(["info", "--from", "plain.npz"]) == 0


def test_a_chip_at_a_port_that_is_not_there_is_one_line():
    with pytest.raises(TransportError, match=r"^/dev/nothing: cannot open it: No such file or directory$"):
        bispike.Chip(CONFIG, "/dev/nothing")


@pytest.mark.long
def test_a_comparison_counts_and_prints_nothing(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(verify, "BOTTLENECK", ((5, 2), 3))  # a quicker one, and fewer samples: tests/sw/proof has more
    monkeypatch.setattr(verify, "TESTS", 5)
    monkeypatch.setattr(verify, "BOTTLENECK_SAMPLES", 10)
    small = bispike.Config(name="small", sizes=(9, 3, 2), lanes=3, block=4)
    assert bispike.verify(small, 6, simulator="icarus") > 300
    assert capfd.readouterr() == ("", "")


def test_a_training_takes_the_column_and_the_size_as_the_command_does(tmp_path, monkeypatch):
    from PIL import Image

    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.csv").write_text("kind,a,b\n" + "no,1,5\nyes,9,2\n" * 5)
    assert bispike.train(data="own.csv", label="kind", epochs=1, run="own").about["encoding"]["names"] == ["no", "yes"]
    for name in ("dark", "light"):
        (tmp_path / "pictures" / name).mkdir(parents=True)
        for i in range(2):
            Image.new("L", (5 + i, 4), 99).save(tmp_path / "pictures" / name / f"{i}.png")
    assert bispike.train(data="pictures", size="3x2", epochs=1, run="two").config.sizes[0] == 6


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"backend": "fpga"}, "backend: found 'fpga'; allowed is one of golden, sim, serial"),
        ({"port": "COM3"}, "port: found with backend golden; allowed with backend serial"),
        ({"backend": "serial"}, "port: found none; with backend serial it must be the board's, as /dev/ttyUSB0; there is "),
    ],
)
def test_options_that_cannot_be_are_refused(options, text):
    with pytest.raises(UserError) as error:
        bispike.train(**options)
    assert str(error.value).startswith(text)


X, Y = np.zeros((20, 9), int), np.arange(20) % 2
DECAY = "allowed is a whole number, -8 to 0"
LABELS = "allowed is (20,), one label a sample"
TRACE = "allowed is one sample, (9,), and one label"


@pytest.mark.parametrize("kind", [bispike.Model, bispike.Chip])
@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda one: one.train(X, Y, 3), f"decay: found 3; {DECAY}"),
        (lambda one: one.train(X, Y, -9), f"decay: found -9; {DECAY}"),
        (lambda one: one.train(X, Y, -0.5), f"decay: found -0.5; {DECAY}"),
        (lambda one: one.train(X, Y, False), f"decay: found False; {DECAY}"),
        (lambda one: one.train(X, Y[:3]), f"y: found shape (3,); {LABELS}"),
        (lambda one: one.train(X, Y + 2), "y: found values from 2 to 3; allowed is 0 to 1"),
        (lambda one: one.train(X[:, :5], Y), "x: found shape (20, 5); allowed is (samples, 9)"),
        (lambda one: one.train(X + 16, Y), "x: found values from 16 to 16; allowed is 0 to 15"),
        (lambda one: one.predict(3), "x: found shape (); allowed is (samples, 9)"),
        (lambda one: one.accuracy(X, Y[:3]), f"y: found shape (3,); {LABELS}"),
        (lambda one: one.accuracy(X, Y[:1]), f"y: found shape (1,); {LABELS}"),
        (lambda one: one.accuracy(X, Y + 2), "y: found values from 2 to 3; allowed is 0 to 1"),
        (lambda one: one.train(X[:2], [[0], [1, 0]]), f"y: found lists of different lengths; {LABELS.replace('20', '2')}"),
        (lambda one: one.accuracy(X[:0], Y[:0]), "x: found no samples; allowed is one or more"),
        (lambda one: one.fit(X[:3], Y), "y: found shape (20,); allowed is (3,), one label a sample"),
        (lambda one: one.fit(X, Y, epochs=0), "epochs: found 0; allowed is a whole number, 1 to 10000"),
        (lambda one: one.save("/proc/x/y"), "/proc/x/y: cannot write: No such file or directory; choose another place"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line_and_changes_nothing(kind, call, text):
    one = kind(CONFIG)
    before = one.state
    with pytest.raises(ValueError) as error:
        call(one)
    assert str(error.value) == text
    equal(one.state, before)


@pytest.mark.parametrize(
    ("x", "y", "text"),
    [
        (X[:1], Y[:1], f"x: found shape (1, 9); {TRACE}"),
        (X[0], Y[:1], f"y: found shape (1,); {TRACE}"),
        (X[0], 0.7, "y: found values of type float64; allowed are whole numbers 0 to 1"),
    ],
)
def test_a_trace_is_of_one_sample(x, y, text):
    with pytest.raises(SampleError) as error:
        bispike.Model(CONFIG).trace(x, y)
    assert str(error.value) == text


def test_a_model_that_does_not_learn_says_so_and_names_samples(samples):
    model = bispike.Model(CONFIG.replace(learn=False))
    for learn in (model.train, model.fit):
        with pytest.raises(UserError, match=r"^train: small: found one that does not learn; allowed is one that does$"):
            learn(*samples)
    assert len(model.predict(samples[0])) == len(samples[0])


def test_data_may_be_a_path(samples, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.savez("mine.npz", x=samples[0], y=samples[1])
    assert bispike.train(CONFIG, Path("mine.npz"), epochs=1).summary["data"] == "mine"
    assert [folder.name for folder in Path("runs").iterdir()] == ["small"]


def test_an_auto_encoder_is_no_model(tmp_path):
    auto = bispike.Config.from_dict({"task": "autoencoder", "sizes": [9, 4], "lanes": 4, "name": "auto"})
    with bispike.Chip(auto) as chip:
        chip.save(tmp_path / "auto.npz")
    for make in (lambda: bispike.Model(auto), lambda: bispike.Model.load(tmp_path / "auto.npz")):
        with pytest.raises(UserError, match=r"^config: found auto, of task autoencoder; allowed with Model is recog"):
            make()


def test_a_comparison_needs_two_samples():
    with pytest.raises(UserError, match=r"^samples: found -1; allowed is a whole number, 2 or more$"):
        bispike.verify("tiny", -1)


def test_settings_are_changed_by_their_names_for_all_that_follows(samples, tmp_path):
    changed = CONFIG.replace(threshold=50, block=3)
    with bispike.Chip(CONFIG) as chip:
        chip.set(threshold=50, block=3)
        model = bispike.Model(changed)
        for decay in (0, -1):
            np.testing.assert_array_equal(chip.train(*samples, decay).voltages, model.train(*samples, decay).voltages)
        chip.save(tmp_path / "net.npz")
        assert bispike.Model.load(tmp_path / "net.npz").config == changed
        with pytest.raises(UserError, match=r"^set: found rate1; allowed is decay, threshold, dead_zone, window_lo"):
            chip.set(rate1=3)
        with pytest.raises(ValueError, match=r"^threshold: found 1000000000.0; allowed is a whole number from 2 to 1023$"):
            chip.set(threshold=1e9)
        assert chip.config == changed


SEQUENCE = bispike.Config.from_dict(
    {"task": "sequence", "name": "seq", "sizes": [6, 8, 3], "lanes": 4, "block": 4, "recurrent": True, "neighbours": 0}
)


def test_sequences_end_where_a_program_says():
    rng = np.random.default_rng(3)
    x, y, last = rng.integers(0, 16, (9, 6)), rng.integers(0, 3, 9), np.arange(9) % 4 == 3
    model, other = bispike.Model(SEQUENCE), bispike.Model(SEQUENCE)
    with bispike.Chip(SEQUENCE) as chip:
        told = model.train(x, y, last=last)
        np.testing.assert_array_equal(chip.train(x, y, last=last).counters, told.counters)
        equal(chip.state, model.state)
    assert not np.array_equal(other.train(x, y).counters, told.counters), "without ends it sees more rows"
    before = model.predict(x)
    np.testing.assert_array_equal(model.predict(x), before)
    np.testing.assert_array_equal(model.trace(x[0])["rl"], 0)  # what was asked is a sequence, and over


def test_what_knows_no_sequences_says_so():
    with pytest.raises(SampleError, match="last: found with small, of task recognition; allowed with task sequence"):
        bispike.Model(CONFIG).train(np.zeros((1, 9), int), [0], last=[1])
    with pytest.raises(SampleError, match="fit: found seq, a recurrent network; allowed is one whose samples stand alone"):
        bispike.Model(SEQUENCE).fit(np.zeros((1, 6), int), [0])


@pytest.mark.parametrize("kind", [bispike.Model, bispike.Chip])
def test_a_file_that_is_no_network_is_not_written_over(kind, tmp_path):
    path, one = tmp_path / "own.csv", kind(CONFIG)
    path.write_text("a,b\n1,2\n")
    with pytest.raises(UserError, match=r"save: found .*own\.csv, which is no earlier network; allowed is a new name"):
        one.save(path)
    assert path.read_text() == "a,b\n1,2\n"
    for _ in range(2):
        one.save(tmp_path / "net.npz")


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda w: w + 0.7, "W1: found values of type float64; allowed are whole numbers"),
        (lambda w: "abc", "W1: found values of type <U3; allowed are whole numbers"),
        (lambda w: None, "W1: found values of type object; allowed are whole numbers"),
        (lambda w: [[1], [2, 3]], "W1: found lists of different lengths; allowed is an array of whole numbers"),
    ],
)
def test_a_chip_takes_no_state_but_whole_numbers(change, text):
    chip = bispike.Chip(CONFIG)
    before = chip.state
    with pytest.raises(StateError) as error:
        chip.load(before | {"W1": change(before["W1"])})
    assert str(error.value) == text
    equal(chip.state, before)
