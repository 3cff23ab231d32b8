"""The serial frames' numbers (docs/serial.md)."""

END, ESC, ESC_END, ESC_ESC = 0xC0, 0xDB, 0xDC, 0xDD
CRC_BITS, CRC_INIT = 16, 0xFFFF
MAX_WORDS = 60
"""Words of one command, so that a frame and its reply fit 256 bytes each."""
HEADER = 4
"""Bytes before a command's payload: sequence, command, address (low byte first)."""
ASCENDING, WRITE = 0x01, 0x10
"""Bits of a command; all others must be 0."""
OK, ACCESS_ERROR, MALFORMED = 0, 1, 2
"""Status of a reply: all done; the access after the `count` good ones answered an error; not a command."""
