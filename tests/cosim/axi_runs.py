"""What `cosim.benches.axi` plays: a scenario with golden's results. Shared by test_axi.py and test_axi_mutants.py."""

from pathlib import Path

import numpy as np

from cosim.files import save_arrays
from cosim.host.packets import pack_results
from cosim.job import take
from golden.autoencoder import Autoencoder
from golden.config import Config
from golden.records import Recalled, Records
from golden.samples import Samples
from rtl.interface.registers import MODES
from tests.cosim.core_runs import fresh

TOP, BENCH = "axi_core", "cosim.benches.axi"
SEGMENTS = (("recall", 1), ("learn", 9), ("learn", 8), ("infer", 3), ("learn", 8), ("recall", 1), ("learn", 6))
"""The first makes the chip's concepts."""
DRAWN = (("draw", 1), ("learn", 5), ("infer", 1), ("draw", 2), ("learn", 3), ("draw", 1), ("learn", 3))
"""Of an auto-encoder."""


def scenario(config: Config, path: Path) -> Path:
    """Writes it: the chip gets golden's first weights and recalls the rest itself. Sequences end here and there; each of the
    probes is one."""
    rng, model = np.random.default_rng(5), fresh(config)
    arrays = {f"begin.{name}": value for name, value in model.state().items() if name.startswith(("W", "Theta"))}
    modes = [mode for mode, number in SEGMENTS for _ in range(number)]
    x = rng.integers(0, 16, (len(modes), config.sizes[0])) * (rng.random((len(modes), config.sizes[0])) < 0.6)
    y = rng.integers(0, config.classes, len(modes))
    last = rng.random(len(modes)) < (0.3 if config.recurrent else 0)
    words = []
    for n, mode in enumerate(modes):
        sample = Samples(x[n : n + 1], y[n : n + 1], last[n : n + 1])
        words.append(_packets(config, take(model, sample, mode == "learn"), n))
        if mode == "recall":
            model.recall()
    arrays |= {"x": x, "y": y, "last": last, "words": np.concatenate(words)}
    arrays["segments"] = np.array([(MODES.index(mode), number) for mode, number in SEGMENTS])
    arrays |= {f"end.{name}": value for name, value in model.state().items()}
    probe = rng.integers(0, 16, (6, config.sizes[0]))  # one for each kind of a bad packet
    arrays |= {"probe_x": probe, "probe_words": _packets(config, take(model, Samples(probe, np.zeros(6, int)), False), 0)}
    save_arrays(path, arrays)
    return path


def drawn_scenario(config: Config, path: Path) -> Path:
    """Writes that of an auto-encoder: codes are drawn between samples, with counts above T, which stand for T."""
    rng, model = np.random.default_rng(5), Autoencoder(config, fast=False)
    arrays = {f"begin.{name}": value for name, value in model.state().items() if name.startswith(("W", "Theta"))}
    modes = [mode for mode, number in DRAWN for _ in range(number)]
    x = rng.integers(0, 16, (len(modes), config.inputs)) * (rng.random((len(modes), config.inputs)) < 0.8)
    words = []
    for n, mode in enumerate(modes):
        width = config.sizes[-1 if mode == "draw" else 0]
        x[n, width:] = 0
        here = x[n : n + 1, :width]
        drawn = mode == "draw"
        said = model.draw(np.minimum(here, config.steps)) if drawn else model.train(here, learn=mode == "learn")
        words.append(_packets(config, said, n))
    arrays |= {"x": x, "y": np.zeros(len(modes), int), "words": np.concatenate(words)}
    arrays["segments"] = np.array([(MODES.index("recall" if mode == "draw" else mode), number) for mode, number in DRAWN])
    arrays |= {f"end.{name}": value for name, value in model.state().items()}
    probe = rng.integers(0, 16, (6, config.sizes[0]))
    arrays |= {"probe_x": probe, "probe_words": _packets(config, model.train(probe, learn=False), 0)}
    save_arrays(path, arrays)
    return path


def _packets(config: Config, records: Records | Recalled, number: int) -> np.ndarray:
    return pack_results(config, number, records)
