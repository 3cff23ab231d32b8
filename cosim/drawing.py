"""Images that the simulated chip draws from codes, every value of them compared with golden's. No torch."""

import tempfile
from pathlib import Path

import numpy as np

from cosim.build import build
from cosim.compare import compare_records, compare_state
from cosim.files import load_arrays, save_arrays
from cosim.host.state import with_copies
from cosim.runner import run
from cosim.wrapper import TOP, wrapped
from golden.config import Config
from golden.records import Recalled


def draw(
    config: Config,
    state: dict[str, np.ndarray],
    codes: np.ndarray,
    expected: Recalled,
    verilog: str,
    simulator: str | None = None,
) -> tuple[Recalled, int]:
    """Loads a trained auto-encoder into a simulated chip and lets it draw from codes (B, n_L), counts 0..T.

    Args:
        state: golden's memories, of a configuration of task autoencoder.  expected: what golden draws with them.
        verilog: the core's text (module "core").

    Returns:
        what the chip said of each code, and how many values were compared: all of that, and its memories afterwards.

    Raises:
        Mismatch: a value differs.  SimulatorError: no simulator.  BuildError, BenchError: something else went wrong.
    """
    built = build(wrapped(verilog, config), TOP, simulator)
    with tempfile.TemporaryDirectory(prefix="bispike-draw-") as folder:
        asked, said, memories = (Path(folder) / f"{name}.npz" for name in ("asked", "said", "memories"))
        save_arrays(asked, state | {"codes": codes})
        values = {"config": config.to_dict(), "asked": str(asked), "said": str(said), "memories": str(memories)}
        run(built, "cosim.drawing_bench", values, timeout=None)
        drawn, found = Recalled(**load_arrays(said)), load_arrays(memories)
    compared = compare_records(expected, drawn)
    full = with_copies(state, config)
    return drawn, compared + compare_state({name: full[name] for name in found}, found)
