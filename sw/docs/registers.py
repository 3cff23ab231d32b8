"""docs/registers.md, from the register map: `python -m sw.docs.registers` writes it."""

import sys
from pathlib import Path

from golden.config import Config
from rtl.interface import registers as rm

FILE = Path(__file__).parents[2] / "docs" / "registers.md"

_HEAD = """# The registers and packets

Generated from `rtl/interface/registers.py` by `python -m sw.docs.registers`; do not edit. Version {version} of the map.

A register has 32 bits; addresses are in bytes. An access is answered within a few clocks, whatever the core does. It is
answered with an error (AXI: SLVERR), and does nothing but set a bit of ERRORS, where that bit says so. On AXI4-Lite a write
without all of its byte strobes is an error too. ro: read only; wo: reads as 0; rw1c: a bit written as 1 is cleared.

| address | name | access | bits | after reset | |
|---|---|---|---|---|---|
"""

_CORE = """
## Settings and counters of the core

These and WINDOW_DATA need an idle core, but for reads of registers: they are answered while samples run. `L` weight layers;
an inference-only core has no position. Signed values are read with their sign.

| address | name | access | bits | |
|---|---|---|---|---|
"""

_PACKETS = """
## Packets

Words of 32 bits, on the streams (TLAST with the last one), or by SAMPLE and RESULT.

| packet | word | |
|---|---|---|
| sample | 0 | bits 15:0 label, below the number of concepts whatever MODE is; the others are ignored |
| | 1 .. ceil(n_0 / 8) | 8 pixels of 4 bits, pixel 0 lowest; what lies beyond the last pixel is ignored |
| result | 0 | bits 7:0 prediction; bits 31:16 number of the sample, from 0 after reset |
| | 1 .. K | V_L of each concept, signed |
| | then, for each layer 1..L | rows, errors, saturations, spikes |

- A sample is taken whole or not at all: a packet that is too short or too long, or whose label is no concept's, is dropped,
  counted in DROPPED, and one or two bits of ERRORS say why. The next good one is taken.
- A sample does what MODE is when its first word comes; a change needs no idle core. In an inference-only core MODE has no
  effect.
- A new ROUTE takes hold between packets. A result that already waits at a stream stays there.
- An update of W is pending for two samples, and brings the settings of its own: they may be written at any time that the
  core is idle. Before reading or writing memory write `finish`, and wait until STATUS says idle.
- A good packet gives one result, in order. Results that nobody takes stop the core, never the bus.
- A host that finds a core in the middle of its predecessor's work reads RESULT until STATUS says idle and that no word
  waits. Then it writes as many words as a sample has to SAMPLE, and one to SAMPLE_LAST: whatever was there of a packet, it
  is now too long, and dropped; SAMPLE_LAST alone might make it a whole sample. When STATUS says idle again it clears ERRORS.
"""

_AUTOENCODER = """
## An auto-encoder's core

Its task is in the text behind the fingerprint, too. It has no concepts: a sample's label means nothing, and is
not looked at. Updates of both networks are pending, and they do not bring `threshold`, `window_low` and `window_high` with
them: who writes one of these writes `finish` first ([autoencoder.md](autoencoder.md), 4).

| packet | word | |
|---|---|---|
| sample | 0 | as above; of no meaning |
| | 1 .. ceil(max(n_0, n_L) / 8) | MODE 0, 1: pixels, in the first n_0 places; MODE 2: counts 0..T of a code, in n_L |
| result | 0 | bits 31:16 number of the sample, from 0 after reset; the others 0 |
| | 1 .. ceil(n_0 / 8) | 8 recalled counts of 4 bits, that of neuron 0 lowest |
| | ceil(n_L / 8) words | the code, 8 counts of 4 bits |
| | 1 word | squared error |
| | then, for each place 0..L-1 | its ten counters ([autoencoder.md](autoencoder.md), 6) |

What lies beyond the last value is ignored, and 0 in a result; a count above T stands for T. MODE 2 works in an
inference-only core, too. Its settings and counters:

| address | name | access | bits | |
|---|---|---|---|---|
"""

_SEQUENCE = """
## A sequence's core

Packets are those above, but for one bit of a *recurrent* core's samples: bit 16 of word 0 says that the sample ends a
sequence ([sequences.md](sequences.md), 3). `finish` ends one, too. Between two samples of a sequence the core holds counts
that no memory shows: who saves or loads a state writes `finish` first. `task` and, where it is so, `recurrent` are in the
text behind the fingerprint. Its settings and counters:

| address | name | access | bits | |
|---|---|---|---|---|
"""


def text() -> str:
    """The file's text."""
    parts = [_HEAD.format(version=".".join(map(str, rm.VERSION)))]
    for r in rm.CONTROL:
        reset = {"FINGERPRINT": "", "STATUS": "", "WINDOW_DATA": "", "ROUTE": "0, by UART 1"}.get(r.name, f"{r.reset:#x}")
        reset = "" if r.access == "wo" or r.name == "RESULT" else reset
        parts.append(f"| {r.address:#05x} | {r.name} | {r.access} | {r.bits} | {reset} | {r.text} |\n")
    for name, bits in (("STATUS", rm.STATUS), ("ERRORS", rm.ERRORS)):
        parts.append(f"\n## Bits of {name}\n\n| bit | name | |\n|---|---|---|\n")
        parts += [f"| {bit} | {key} | {meaning} |\n" for bit, (key, meaning) in enumerate(bits.items())]
    parts.append(_CORE)
    parts += [f"| {place} | {name} | {access} | {bits} | {text} |\n" for place, name, access, bits, text in _core_rows()]
    fixed, formats = ", ".join(f"`{key}`" for key in rm.FIXED), rm.canonical(Config.load("tiny"))
    parts.append(f"\n## FINGERPRINT\n\nCRC-32 (as in zlib) of a text of what is fixed in Verilog: {fixed}, the layers\n")
    parts.append("that each engine has (without `learn` or `stimulus_recall` none has layer 0 but in an auto-encoder, and\n")
    parts.append("an engine with no other is not there), and the widths of what is stored and sent\n")
    parts.append("(WEIGHT_BITS is `weight_bits`). ")
    parts.append(f"That of `tiny`:\n\n    {formats}\n")
    parts.append(_PACKETS)
    for task, words in (("autoencoder", _AUTOENCODER), ("sequence", _SEQUENCE)):
        parts.append(words)
        parts += [
            f"| {place} | {name} | {access} | {bits} | {text} |\n" for place, name, access, bits, text in _core_rows(task)
        ]
    return "".join(parts)


def _core_rows(task: str = "recognition"):
    """Those of a core of one layer, with the formulas for L of them."""
    found = rm.core_registers(Config.from_dict({"task": task, "sizes": [4, 2], "lanes": 2}))
    first = next(r.address for r in found if r.name == "rate1")
    layered = 2 if task == "autoencoder" else 1  # registers that every layer has
    for r in found:
        place, name, text = f"{r.address:#05x}", r.name, r.text
        if r.name == "rate1":
            place, name, text = f"{first:#05x} + 4 (l - 1)", "rate l", r.text.replace("W1", "W[l]")
        elif r.name == "backward_rate0":
            place, name, text = f"{first:#05x} + 4 L + 4 l", "backward_rate l", r.text.replace("Theta0", "Theta[l]")
        elif r.address > first:
            place = f"{r.address - 4 * layered:#05x} + {4 * layered} L"
        yield place, name, r.access, f"{r.bits}{', signed' if r.signed else ''}", text


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
    print(FILE, file=sys.stderr)
