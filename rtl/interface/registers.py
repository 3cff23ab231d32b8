"""The register map: every register's address, access and meaning. Plain data, read by the RTL, the driver and the docs."""

import dataclasses
import re
import zlib
from dataclasses import dataclass

from golden.config import Config
from rtl import formats
from rtl.engine.formats import engines_of
from rtl.formats import RATE_BITS, SETTINGS, TEMPLATE_BITS
from rtl.interface.memory_map import DATA_BITS, register_names, settings_of

BUS_ADDRESS_BITS = 12
IDENTITY = 0x42535031
"""The text BSP1."""
VERSION = (1, 0, 0)
"""Of this map: major.minor.patch. A driver takes any minor of its own major."""
FIRST_SETTING = 0x080
"""Address of the core's own register 0; register i of `rtl.interface.memory_map.register_names` lies 4 i above."""

MODES = ("infer", "learn", "recall")
"""What a sample does, by its number in MODE: named; learned with its label; named, then all concepts recalled anew. In an
auto-encoder: recalled; learned; a code that is drawn."""
ROUTES = ("stream", "register")
"""Where samples come from and results go, by the number in ROUTE."""

STATUS = {
    "idle": "the core is quiet: no complete packet and no result is anywhere inside",
    "result": "a word of a result is in RESULT, or follows at once",
    "room": "SAMPLE or SAMPLE_LAST takes a word",
}
"""Bits of STATUS, bit 0 first."""
ERRORS = {
    "short_packet": "a packet ended too early",
    "long_packet": "a packet did not end in time",
    "label": "a packet's label is not that of a concept",
    "busy": "the window or a setting was touched while the core was not idle",
    "no_result": "RESULT was read while it was empty",
    "no_room": "SAMPLE or SAMPLE_LAST was written without room",
    "unmapped": "an access to an address without a register",
    "read_only": "a write to a register that is read only",
}
"""Bits of ERRORS, bit 0 first."""

FIXED = ("sizes", "lanes", "steps", "coding", "leak", "learn")
"""Keys of a configuration that are fixed in Verilog; others are in `canonical` as what follows from them."""
_FORMATS = ("SYNAPSE_BITS", "MEMBRANE_BITS", "SUM_BITS", "LABEL_BITS", "PIXEL_BITS", "COUNTER_BITS")


@dataclass(frozen=True)
class Register:
    """One register.

    address: in bytes, a multiple of 4. access: "ro", "rw", "wo" (reads as 0), or "rw1c" (a bit written 1 is cleared).
    bits: what it holds; reads give 0 above them, or the sign where `signed`. reset: the value after reset.
    """

    name: str
    address: int
    access: str
    bits: int
    text: str
    reset: int = 0
    signed: bool = False


CONTROL = (
    Register("IDENTITY", 0x000, "ro", 32, 'the text "BSP1"', IDENTITY),
    Register("VERSION", 0x004, "ro", 32, "of the register map: major << 16, minor << 8, patch", int.from_bytes(VERSION)),
    Register("FINGERPRINT", 0x008, "ro", 32, "of all that is fixed in Verilog: see `rtl.interface.registers.fingerprint`"),
    Register(
        "MODE", 0x00C, "rw", 2, "what samples do whose first word comes from now on: 0 infer, 1 learn, 2 recall or draw"
    ),
    Register("STATUS", 0x010, "ro", len(STATUS), "bits, below"),
    Register("ERRORS", 0x014, "rw1c", len(ERRORS), "bits, below; they stay until a 1 is written to them"),
    Register("PACKETS", 0x018, "ro", 32, "good packets taken since reset"),
    Register("DROPPED", 0x01C, "ro", 32, "packets dropped since reset"),
    Register("RESULTS", 0x020, "ro", 32, "results given since reset"),
    Register("ROUTE", 0x024, "rw", 1, "samples and results: 0 by the stream ports, 1 by SAMPLE and RESULT"),
    Register("WINDOW_ADDRESS", 0x030, "rw", 32, "host address of the next access to WINDOW_DATA"),
    Register("WINDOW_DATA", 0x034, "rw", 32, "reads or writes memory there; WINDOW_ADDRESS grows by 1"),
    Register("SAMPLE", 0x040, "wo", 32, "next word of a sample's packet"),
    Register("SAMPLE_LAST", 0x044, "wo", 32, "last word of a sample's packet"),
    Register("RESULT", 0x048, "ro", 32, "next word of a result's packet; reading takes it"),
)
"""The registers that every core has, whatever its configuration."""
ADDRESS = {register.name: register.address for register in CONTROL}
"""Their addresses by name."""


def canonical(config: Config) -> str:
    """All that is fixed in Verilog, as a text that is the same for cores that take the same state and packets."""
    keys = [f"{name}={getattr(config, name)}" for name in FIXED]
    engines = [[context.layer for context in engine.contexts] for engine in engines_of(config)]
    keys += [f"engines={engines}", f"TEMPLATE_BITS={TEMPLATE_BITS}"]
    keys.append(f"WEIGHT_BITS={config.weight_bits}")
    keys += [f"task={config.task}"] if config.task != "recognition" else []
    keys += ["recurrent=True"] if config.recurrent else []
    return ";".join(keys + [f"{name}={getattr(formats, name)}" for name in _FORMATS])


def fingerprint(config: Config) -> int:
    """CRC-32 of `canonical`."""
    return zlib.crc32(canonical(config).encode("ascii"))


def registers(config: Config, route: int = 0) -> list[Register]:
    """All registers of a core by address; its own settings and counters lie behind those of `CONTROL`.

    Args:
        route: ROUTE after reset.
    """
    resets = {"FINGERPRINT": fingerprint(config), "ROUTE": route}
    control = [dataclasses.replace(r, reset=resets.get(r.name, r.reset)) for r in CONTROL]
    return control + core_registers(config)


def core_registers(config: Config) -> list[Register]:
    """The core's settings and counters."""
    defaults, found = settings_of(config), []
    for index, name in enumerate(register_names(config)):
        kind = name if name in _TEXTS else name.rstrip("0123456789")
        kind = "layer_rate" if kind == "backward_rate" and name != kind else kind
        bits, signed = (RATE_BITS, False) if kind in ("rate", "layer_rate") else SETTINGS.get(name, (DATA_BITS, False))
        bits = SETTINGS["block"][0] if kind == "position" else bits
        access = "wo" if kind == "finish" else "rw"
        text = _TEXTS[kind].format(layer=re.sub(r"\D", "", name))
        found.append(Register(name, FIRST_SETTING + 4 * index, access, bits, text, defaults.get(name, 0), signed))
    return found


_DOCS = {f.name: f.metadata.get("doc", "") for f in dataclasses.fields(Config)}
_TEXTS = {
    "threshold": _DOCS["threshold"],
    "dead_zone": _DOCS["dead_zone"],
    "window_low": "surrogate window: a voltage summed over all steps below this closes a hidden neuron",
    "window_high": "surrogate window: from such a voltage on a hidden neuron may only fall",
    "seed": "seed of the rounding noise",
    "block": "samples between two Theta updates, less 1",
    "block_shift": "shift of the sums that a block's end brings: 6 + max(0, log2(samples) - 4), 6 to 14",
    "backward_rate": "shift of the Theta update, + 8",
    "layer_rate": "update shift of Theta{layer}, + 8",
    "stochastic": "1: round updates stochastically, 0: half up",
    "learn_theta": "1: learn the backward network",
    "rate": "update shift of W{layer}, + 8",
    "neighbours": _DOCS["neighbours"],
    "clocks": "clocks since reset; writing sets it",
    "position": "learning samples in this block",
    "finish": "a write of anything: updates that are pending are written, and no sample counts them",
}
