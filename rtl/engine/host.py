"""The host's access to an engine's memories, a value at a time, slow and small."""

from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from rtl.interface.memory_map import DATA_BITS, INDEX_BITS, MEMORY_BITS

STROBE_AT, LATENCY = 6, 12
"""Clocks of an access as the core counts them; an engine sees it a clock later, and a register takes what it says. `write`
comes in its clock 6, by when a block has read the word that it changes a lane of; `read` is looked at in its clock 10."""
READ_AT = LATENCY - 2
"""The clock of an engine's in which `read` is looked at: no block's answer may take longer."""


def host_signature() -> wiring.Signature:
    """One access while nothing else goes on: all stays for some more than `READ_AT` clocks but `write`, a pulse.

    memory: its number in `rtl.interface.memory_map.MEMORIES`. index: word x 2^ceil(log2 lanes) + lane. read: the value, with
    its sign, by then.
    """
    return wiring.Signature(
        {
            "select": Out(1),
            "memory": Out(MEMORY_BITS),
            "index": Out(INDEX_BITS),
            "data": Out(DATA_BITS),
            "write": Out(1),
            "read": In(DATA_BITS),
        }
    )
