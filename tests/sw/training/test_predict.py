"""`predict` and `recall` of a trained network: in its own scale and names, by golden, a simulated chip or a board."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from cosim.checkpoint import Checkpoint
from golden.config import NAMED, Config
from sw import cli, data
from sw.common.terminal import again
from sw.training import history
from sw.training.golden_backend import GoldenNetwork
from sw.training.place import Place
from tests.sw.driver.model_board import ModelBoard

pytestmark = pytest.mark.usefixtures("unpainted")

CONFIG = Config(sizes=(9, 8, 3), lanes=4, weight_bits=12, block=4)
SIMULATED = CONFIG.replace(sizes=(9, 3, 3), lanes=3)
"""A load of more weights takes Icarus a minute."""
RANDOM = np.random.default_rng(1)
Y = np.arange(30) % 3
STRIPES = np.repeat(np.eye(3, dtype=int), 3, axis=1)[Y] * 200 + RANDOM.integers(0, 50, (30, 9))


@pytest.fixture
def run(tmp_path, monkeypatch):
    """An empty folder with a network that learned three classes, with names, of 3 x 3 pictures of 0..255."""
    monkeypatch.chdir(tmp_path)
    words = np.array(["low", "middle", "top"])[Y]
    (tmp_path / "own.csv").write_text("".join(f"{','.join(map(str, x))},{y}\n" for x, y in zip(STRIPES, words, strict=True)))
    return learned(CONFIG)


def learned(config: Config) -> GoldenNetwork:
    """Kept as net.npz."""
    dataset, network = data.load("own.csv"), GoldenNetwork(config)
    for _ in range(8):
        network.learn(dataset.training, 0)
    Checkpoint(config, network.model.state(), history.about("own.csv", 0, dataset, "golden", False)).save("net.npz")
    return network


def test_a_column_that_does_nothing_is_refused(run, capsys):
    np.savez("own.npz", x=STRIPES, y=Y)
    assert cli.main(["predict", "--from", "net.npz", "--data", "own.npz", "--label", "kind"]) == 2
    assert capsys.readouterr().err == "bispike: --label: found with own.npz; allowed with a .csv file\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ("--data", "bare.csv", "--label", "kind"),
            "bare.csv: found no column 'kind' for --label in its first line; allowed is",
        ),
        (
            ("--data", "bare.csv", "--split", "3"),
            "--split: found with bare.csv, samples without labels; allowed with samples",
        ),
        (
            ("--data", "bare.csv", "--part", "test"),
            "--part: found with bare.csv, samples without labels; allowed with samples",
        ),
        (("--data", "whole.npz", "--split", "3"), "--split: found with whole.npz, which brings its own test part; allowed"),
        (
            ("--data", "other.npz", "--split", "3"),
            "--split: found with all samples of other.npz; allowed with --part test or",
        ),
        (("--part", "all", "--split", "0"), "--split: found with all samples of own.csv; allowed with --part test or train"),
        (("--baud", "9600"), "--baud: found with --backend golden; allowed with --backend serial"),
        (("--baud", "0"), "--baud: found with --backend golden; allowed with --backend serial"),
    ],
)
def test_an_option_that_does_nothing_is_refused(run, capsys, options, said):
    Path("bare.csv").write_text("".join(f"{','.join(map(str, x))}\n" for x in STRIPES))
    np.savez("whole.npz", x=STRIPES, y=Y, x_test=STRIPES, y_test=Y)
    np.savez("other.npz", x=STRIPES, y=Y)
    assert cli.main(["predict", "--from", "net.npz", *options]) == 2
    assert capsys.readouterr().err.startswith(f"bispike: {said}")


def ask(capsys, *arguments: str) -> str:
    assert cli.main([arguments[0], "--from", "net.npz", *arguments[1:]]) == 0
    return capsys.readouterr().out


def lines(path) -> list[list[str]]:
    return [line.split(",") for line in path.read_text().splitlines()]


def test_a_dark_file_is_read_in_the_scale_that_the_network_learned(run, tmp_path, capsys):
    """Values up to 15 of 255 are darkness. Guessed for each file alone, they would count 17 times as much."""
    np.savez("dark.npz", x=STRIPES // 17, y=Y)
    assert (STRIPES // 17).max() <= 15
    ask(capsys, "predict", "--data", "dark.npz", "--output", "dark.csv")
    seen = run.predict(np.zeros((1, 9), np.uint8))[0]
    assert {row[2] for row in lines(tmp_path / "dark.csv")[1:]} == {("low", "middle", "top")[seen]}
    np.savez("floats.npz", x=STRIPES / 255, y=Y)
    assert cli.main(["predict", "--from", "net.npz", "--data", "floats.npz"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("bispike: floats.npz: found floats 0.0") and "allowed are integers 0 to 255, the scale" in said


def test_classes_have_their_names_in_the_file_and_on_the_terminal(run, tmp_path, capsys):
    out = ask(capsys, "predict", "--output", "p.csv", "--part", "all")
    head, *rows = lines(tmp_path / "p.csv")
    assert head == ["sample", "label", "prediction"] and [row[0] for row in rows] == [str(i) for i in range(30)]
    assert [row[1] for row in rows] == np.array(["low", "middle", "top"])[Y].tolist()
    right = sum(row[1] == row[2] for row in rows)
    assert right >= 28 and out == f"{100 * right / 30:.2f} % of 30 samples right\np.csv: 30 predictions\n"
    np.savez("bare.npz", x=STRIPES[:2])
    assert "1 of class low, 1 of class middle" in ask(capsys, "predict", "--data", "bare.npz")
    assert ask(capsys, "recall").splitlines()[0].split() == ["low", "middle", "top"]


def test_what_was_learned_is_named_where_it_is_asked_for(run, tmp_path, capsys):
    dataset = data.load("own.csv")
    said = ask(capsys, "predict", "--part", "train", "--output", "p.csv")
    rows = lines(tmp_path / "p.csv")[1:]
    assert [int(row[0]) for row in rows] == dataset.places[:24].tolist()
    assert [row[1] for row in rows] == [("low", "middle", "top")[k] for k in dataset.y_train]
    right = sum(row[1] == row[2] for row in rows)
    assert said.startswith(f"{100 * right / 24:.2f} % of 24 training samples right\n")


def test_a_board_answers_and_every_value_is_compared(run, tmp_path, capsys):
    golden = ask(capsys, "predict", "--output", "golden.csv")
    said = ask(capsys, "predict", "--output", "board.csv", "--backend", "serial", "--port", ModelBoard(CONFIG).port)
    # 6 test samples: a prediction, 3 voltages, 2 x 4 counters
    right = golden.splitlines()[0]
    first = "loading the network\n"  # where there is no terminal
    assert said == f"{first}{right}; {6 * 12} values compared, 0 mismatches\nboard.csv: 6 predictions\n"
    assert lines(tmp_path / "board.csv") == lines(tmp_path / "golden.csv")
    memory = ask(capsys, "recall")
    board = ask(capsys, "recall", "--backend", "serial", "--port", ModelBoard(CONFIG).port)
    assert board == first + memory + "27 values compared, 0 mismatches\n"


def test_of_what_it_learned_the_test_part_is_named_whatever_the_file_is_called(run, tmp_path, capsys):
    said = ask(capsys, "predict")
    assert "of 6 test samples" in said
    for name in ("own.csv", "./own.csv", str(tmp_path / "own.csv")):
        assert ask(capsys, "predict", "--data", name) == said


def test_of_what_it_learned_no_other_part_counts_as_the_test(run, capsys):
    """Another split, or a file that has grown since, has learned samples in its test part."""

    def refused(*arguments: str) -> str:
        assert cli.main(["predict", "--from", "net.npz", *arguments]) == 2
        return capsys.readouterr().err

    allowed = "which the network learned; allowed is its own, 0"
    assert refused("--split", "5") == f"bispike: --split: found 5 with own.csv, {allowed}\n"
    assert "of 6 test samples" in ask(capsys, "predict", "--split", "0")
    with open("own.csv", "a") as file:
        file.write("0,0,0,0,0,0,9,9,9,top\n")
    allowed = "allowed is --part all, or the data as it was: else its parts are others, too"
    said = f"bispike: own.csv: found other samples than the network learned from it; {allowed}\n"
    for arguments in ((), ("--data", "own.csv"), ("--part", "train"), ("--part", "test", "--split", "0")):
        assert refused(*arguments) == said
    assert "of 31 samples" in ask(capsys, "predict", "--part", "all")
    Path("copy.csv").write_text(Path("own.csv").read_text())
    assert "of 31 samples" in ask(capsys, "predict", "--data", "copy.csv")


def test_another_column_of_labels_leaves_the_parts_as_they_are(run, capsys):
    """The network's own column decides which samples it learned."""
    Path("own.csv").write_text(
        "a,b,c,d,e,f,g,h,kind,label\n"
        + "".join(f"{','.join(map(str, x[:8]))},{2 - y},{y}\n" for x, y in zip(STRIPES, Y, strict=True))
    )
    learned(CONFIG)
    said = ask(capsys, "predict", "--label", "kind")
    assert "of 6 test samples" in said
    assert "of 6 test samples" in ask(capsys, "predict")
    Path("own.csv").write_text(Path("own.csv").read_text() + "0,0,0,0,0,0,0,0,1,1\n")
    assert cli.main(["predict", "--from", "net.npz", "--label", "kind"]) == 2
    assert "found other samples than the network learned" in capsys.readouterr().err


def test_one_sample_can_be_named(run, tmp_path, capsys):
    Path("one.csv").write_text(f"{','.join(map(str, STRIPES[2]))},top\n")
    assert ask(capsys, "predict", "--data", "one.csv", "--output", "p.csv") == (
        "100.00 % of 1 samples right\np.csv: 1 predictions\n"
    )
    assert lines(tmp_path / "p.csv")[1:] == [["0", "top", "top"]]
    assert cli.main(["predict", "--from", "net.npz", "--data", "one.csv", "--part", "test"]) == 2
    assert "one.csv: found 1 sample in x; allowed is 2 or more" in capsys.readouterr().err


def test_pictures_of_another_size_are_resized(run, capsys):
    for name, x in zip(("low", "middle", "top"), STRIPES, strict=False):
        Path("new", name).mkdir(parents=True)
        Image.fromarray(np.kron(x.reshape(3, 3), np.ones((2, 2))).astype(np.uint8)).save(Path("new", name, "1.png"))
    assert "of 3 samples right" in ask(capsys, "predict", "--data", "new", "--size", "3x3")
    assert cli.main(["predict", "--from", "net.npz", "--data", "new"]) == 2
    assert "found 36 pixels a sample; allowed is 9" in capsys.readouterr().err
    assert cli.main(["predict", "--from", "net.npz", "--size", "3x3"]) == 2
    assert capsys.readouterr().err == "bispike: --size: found with own.csv; allowed with a folder of pictures\n"


@pytest.mark.parametrize(
    ("command", "config"),
    [("predict", CONFIG), ("recall", CONFIG), ("forecast", NAMED["electricity"]), ("generate", NAMED["autoencoder"])],
)
def test_a_network_before_its_first_epoch_is_not_asked(run, capsys, command, config):
    Path("my run").mkdir()
    Checkpoint(config, about=Checkpoint.load("net.npz").about).save("my run/weights.npz")
    for source in ("my run", "my run/weights.npz"):
        assert cli.main([command, "--from", source]) == 2
        said = f"{source}: found a network before its first epoch; allowed is one that has learned: "
        assert capsys.readouterr().err == f"bispike: {said}{again('train', '--resume', '--run', 'my run')}\n"


def test_no_file_but_an_earlier_prediction_is_overwritten(run, tmp_path, capsys):
    before = (tmp_path / "own.csv").read_text()
    arguments = ["predict", "--from", "net.npz", "--data", "own.csv", "--output", "own.csv"]
    assert cli.main(arguments) == 2
    assert capsys.readouterr().err == (
        "bispike: --output: found own.csv, which is no earlier prediction; allowed is a new name\n"
    )
    assert (tmp_path / "own.csv").read_text() == before
    np.savez("bare.npz", x=STRIPES)
    for name in ("own.csv", "own.csv", "bare.npz", "bare.npz"):
        ask(capsys, "predict", "--data", name, "--output", "new.csv")
    assert lines(tmp_path / "new.csv")[0] == ["sample", "prediction"]
    (tmp_path / "empty.csv").touch()
    for name in ("empty.csv", "/dev/null"):
        ask(capsys, "predict", "--output", name)


def test_a_chip_is_said_to_be_built_where_one_is(run, monkeypatch, capsys):
    shown, status = [], Console.status
    monkeypatch.setattr(Console, "status", lambda console, text: shown.append(text) or status(console, text))
    for command in ("predict", "recall"):
        ask(capsys, command)
        ask(capsys, command, "--backend", "serial", "--port", ModelBoard(CONFIG).port)
    assert shown == ["loading the network"] * 4
    assert Place("sim").opening == "building the chip"


@pytest.mark.parametrize("output", [("predict", "taken/new.csv"), ("recall", "taken/new.png")])
def test_a_place_that_takes_no_file_is_refused_before_the_work(run, tmp_path, capsys, monkeypatch, output):
    monkeypatch.setattr(f"sw.training.{output[0]}.asked", None)
    (tmp_path / "taken").write_text("a file")
    command, path = output
    assert cli.main([command, "--from", "net.npz", "--output", path]) == 2
    assert capsys.readouterr() == ("", "bispike: taken: cannot write: found a file; allowed is a folder\n")


def test_what_was_found_is_said_also_where_it_cannot_be_written(run, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("sw.training.predict.check_own", lambda *_: None)  # a place that takes none later on
    (tmp_path / "taken").write_text("a file")
    assert cli.main(["predict", "--from", "net.npz", "--output", "taken/new.csv"]) == 2
    said = capsys.readouterr()
    assert "of 6 test samples right" in said.out and "taken: cannot write" in said.err


def test_the_data_of_a_recall_is_looked_at_before_a_chip_is_asked(run, capsys):
    board = ModelBoard(CONFIG)
    assert cli.main(["recall", "--from", "net.npz", "--data", "own.csv"]) == 2
    said = "bispike: --data: found own.csv without --output; allowed with a picture to draw, --output FILE.png\n"
    assert capsys.readouterr().err == said
    np.savez("large.npz", x=np.zeros((6, 16), np.uint8), y=np.arange(6) % 3)
    where = ["--backend", "serial", "--port", board.port]
    assert cli.main(["recall", "--from", "net.npz", "--data", "large.npz", "--output", "memory.png", *where]) == 2
    assert "found 16 pixels a sample; allowed is 9" in capsys.readouterr().err
    assert not board.executed


@pytest.mark.long
def test_a_simulated_chip_answers_and_every_value_is_compared(run, capsys):
    from sw.driver.sim import SimTransport

    learned(SIMULATED)
    opened = []

    def once(config, folder, simulator):
        opened.append(simulator)
        return SimTransport(config, folder, simulator)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sw.driver.sim.SimTransport", once)
        golden = ask(capsys, "predict")
        said = ask(capsys, "predict", "--backend", "sim", "--simulator", "icarus")
    assert opened == ["icarus"]
    assert said == f"building the chip\n{golden.strip()}; {6 * 12} values compared, 0 mismatches\n"


@pytest.mark.parametrize("command", ["predict", "recall"])
def test_a_wrong_value_of_the_chip_is_a_mismatch(run, capsys, command):
    board = ModelBoard(CONFIG)
    take, load = board.chip.model.train, board.chip.model.load

    def wrong(x, y, learn):
        records = take(x, y, learn=learn)
        records.voltages[:, 1] += 1
        return records

    def wrong_memory(state):
        load(state)
        board.chip.model.load = load
        theta = board.chip.model.state()
        theta["Theta0"] = -theta["Theta0"] - 1
        load(theta)

    board.chip.model.train = wrong if command == "predict" else take
    board.chip.model.load = load if command == "predict" else wrong_memory
    assert cli.main([command, "--from", "net.npz", "--backend", "serial", "--port", board.port]) == 1
    said = capsys.readouterr().err
    assert said.startswith("bispike: mismatch at ") and said.count("\n") == 1
    assert ("voltages expected" if command == "predict" else "h0 expected") in said


@pytest.mark.parametrize(
    ("more", "text"),
    [
        (("--simulator", "icarus"), "--simulator: found with --backend golden; allowed with --backend sim"),
        (("--backend", "sim", "--port", "x"), "--port: found with --backend sim; allowed with --backend serial"),
        (("--backend", "serial"), "--port: found none; with --backend serial it must be the board's"),
        (("--backend", "serial", "--port", "nowhere"), "nowhere: cannot open it: No such file or directory"),
    ],
)
def test_options_of_a_chip_that_do_nothing_or_are_missing_are_refused(run, capsys, more, text):
    for command in ("predict", "recall"):
        assert cli.main([command, "--from", "net.npz", *more]) == 2
        assert text in capsys.readouterr().err


def test_a_board_with_another_network_is_refused(run, capsys):
    port = ModelBoard(CONFIG.replace(sizes=(9, 7, 3))).port
    assert cli.main(["predict", "--from", "net.npz", "--backend", "serial", "--port", port]) == 2
    assert "found a core with fingerprint" in capsys.readouterr().err
