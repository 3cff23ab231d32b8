"""`verify` with an auto-encoder: samples are learned and inferred, and codes drawn."""

import re
from pathlib import Path

import pytest

from golden.config import Config
from sw import cli
from sw.proof import verify
from sw.proof.verify import bottleneck
from tests.cosim import mutants
from tests.marks import long

AUTOENCODER = Config.from_dict({"task": "autoencoder", "name": "small", "sizes": [5, 3], "lanes": 2})


def test_the_second_core_of_an_auto_encoder_is_one():
    """It has no blocks to be made shorter."""
    assert (bottleneck(AUTOENCODER).task, bottleneck(AUTOENCODER).sizes) == ("autoencoder", verify.BOTTLENECK[0])


@pytest.fixture
def command(tmp_path, monkeypatch):
    """Of a comparison of few samples and codes of an auto-encoder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(verify, "TESTS", 4)
    (tmp_path / "small.toml").write_text(AUTOENCODER.to_toml())
    return lambda simulator: [
        *("verify", "--config", "small.toml", "--samples", "6", "--simulator", simulator, "--one-shape"),
    ]


@pytest.mark.parametrize("simulator", ["icarus", long("verilator")])
def test_an_auto_encoder_learns_infers_and_draws_codes(command, simulator, capsys):
    assert cli.main(command(simulator)) == 0
    begun, first, last = capsys.readouterr().out.splitlines()
    assert begun == "building the simulation: a minute or two the first time"  # where there is no terminal
    done = rf"small on {simulator}: 6 samples learned, 4 inferred, 4 codes drawn, "
    assert re.fullmatch(done + r"[\d,]+ clocks a sample \(sizes 5-3, 2 lanes\)", first)
    # Each of 6 + 2 + 4 + 4: 5 counts recalled, a code of 3, an error, 10 counters; and 2 x 15 weights, 2 counts of samples.
    assert last == f"{16 * (5 + 3 + 1 + 10) + 2 * 15 + 2} values compared, 0 mismatches"


@pytest.mark.long
def test_a_core_without_learning_recalls_and_draws_too(command, capsys):
    Path("small.toml").write_text(AUTOENCODER.replace(learn=False).to_toml())
    assert cli.main(command("icarus")) == 0
    assert capsys.readouterr().out.endswith(f"\n{16 * (5 + 3 + 1 + 10) + 2 * 15} values compared, 0 mismatches\n")


@pytest.mark.long
def test_a_code_that_is_drawn_wrong_is_a_mismatch(command, monkeypatch, capsys):
    """What samples evoke is right: trains of codes are of these alone."""
    mutant = mutants.Mutant("another train", "spikes.py", "rate_train(16 // steps * c, steps)", "rate_train(c, steps)")
    monkeypatch.setattr(
        verify, "core_verilog", lambda config, **how: mutants.with_mutant(mutant, "tests.cosim.mutants:core", config)
    )
    assert cli.main(command("icarus")) == 1
    assert re.search(r"bispike: mismatch at sample 0, .*\(epoch 1, draw", capsys.readouterr().err)
