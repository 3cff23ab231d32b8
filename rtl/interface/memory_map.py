"""The memory map behind the host port: how an address is made, and the core's own registers.

An address has 32 bits: engine (4), memory (4), index (24); index = word x 2^ceil(log2 lanes) + lane. Words of weights are
(group of posts, row); those of templates and sums (concept, place), where a place is a group of some layer of the engine.
"""

from golden.config import ADDRESS_BITS, Config
from rtl.formats import MIN_BLOCK_SHIFT

INDEX_BITS, MEMORY_BITS, DATA_BITS = ADDRESS_BITS, 4, 32
MEMORIES = ("weights", "kept", "templates", "sums", "norms", "scalar_sums", "samples")
"""What an engine holds, in the order of the address field `memory`."""
REGISTERS = 15
"""The engine field of the core's own registers."""


def settings_of(config: Config, decay: int = 0) -> dict[str, int]:
    """The values of the core's registers for a configuration and a decay shift (contract, steps 3, 6, 7 and 9)."""
    autoencoder = config.task == "autoencoder"
    names = ("threshold", "seed") if autoencoder else ("threshold", "dead_zone", "seed")
    values = {name: getattr(config, name) for name in names}
    values["window_low"], values["window_high"] = config.window
    if not autoencoder:
        values["block"] = config.block - 1
        values["block_shift"] = MIN_BLOCK_SHIFT + max(0, config.block.bit_length() - 1 - 4)
        values["backward_rate"] = config.backward_rate(decay) + 8
    values |= {name: int(getattr(config, name)) for name in ("stochastic", "learn_theta")}
    if config.task == "sequence":
        values["neighbours"] = config.neighbours
    values |= {f"rate{layer}": config.forward_rate(layer, decay) + 8 for layer in range(1, config.layers + 1)}
    if autoencoder:
        values |= {f"backward_rate{layer}": config.backward_rate(decay, layer) + 8 for layer in range(config.layers)}
    return values


def register_names(config: Config) -> list[str]:
    """The core's registers in the order of their index.

    Settings; position: learning samples in this block; clocks; finish: a write of anything lets two blank samples through,
    after which all that was pending has been applied.
    """
    in_block = ("position",) if config.learn and config.task != "autoencoder" else ()
    return [*settings_of(config), *in_block, "clocks", "finish"]
