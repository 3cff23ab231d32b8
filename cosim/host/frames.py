"""The host's side of the serial frames (docs/serial.md): commands to bytes, and a stream of bytes to replies."""

import struct
from binascii import crc_hqx
from collections.abc import Sequence
from dataclasses import dataclass

from rtl.interface.frames import ASCENDING, CRC_INIT, END, ESC, ESC_END, ESC_ESC, MALFORMED, MAX_WORDS, WRITE

_HEAD, _CRC = 3, 2
_MAX_REPLY = _HEAD + 4 * MAX_WORDS + _CRC


class FrameError(ValueError):
    """A command that cannot be sent, or a reply that did not come whole: what was found and what is allowed."""


@dataclass(frozen=True)
class Reply:
    """What the chip answered. sequence: of the command; count: accesses done; words: those read, none of a write."""

    sequence: int
    status: int
    count: int
    words: tuple[int, ...] = ()


def crc16(data: bytes) -> int:
    """CRC-16/CCITT-FALSE: polynomial 0x1021, from 0xFFFF, high bit first."""
    return crc_hqx(data, CRC_INIT)


def frame(body: bytes) -> bytes:
    """The bytes on the line: END, body and CRC with escapes, END. The first END ends whatever the line made up before."""
    whole = body + struct.pack("<H", crc16(body))
    escaped = whole.replace(bytes([ESC]), bytes([ESC, ESC_ESC])).replace(bytes([END]), bytes([ESC, ESC_END]))
    return bytes([END]) + escaped + bytes([END])


def read_command(sequence: int, address: int, count: int, ascending: bool = True) -> bytes:
    """Frame that reads `count` words (1..60) from byte address `address` on, or all from there.

    Raises:
        FrameError: sequence beyond 0..255, address beyond 0..0xFFC or not a multiple of 4, or a count beyond 1..60.
    """
    if not 1 <= count <= MAX_WORDS:
        raise FrameError(f"words of a command: found {count}; allowed is 1..{MAX_WORDS}")
    return frame(_head(sequence, 0, address, ascending) + bytes([count]))


def write_command(sequence: int, address: int, words: Sequence[int], ascending: bool = True) -> bytes:
    """Frame that writes 1..60 words of 0..2^32 - 1 to byte address `address` on, or all there.

    Raises:
        FrameError: as `read_command`, or a word out of range.
    """
    if not 1 <= len(words) <= MAX_WORDS:
        raise FrameError(f"words of a command: found {len(words)}; allowed is 1..{MAX_WORDS}")
    for word in words:
        if not 0 <= word < 1 << 32:
            raise FrameError(f"word: found {word}; allowed is 0..{(1 << 32) - 1}")
    return frame(_head(sequence, WRITE, address, ascending) + struct.pack(f"<{len(words)}I", *words))


def _head(sequence: int, command: int, address: int, ascending: bool) -> bytes:
    if not 0 <= sequence < 256:
        raise FrameError(f"sequence: found {sequence}; allowed is 0..255")
    if not 0 <= address < 4096 or address % 4:
        raise FrameError(f"address: found {address:#x}; allowed is a multiple of 4 in 0..0xffc")
    return struct.pack("<BBH", sequence, command | (ASCENDING if ascending else 0), address)


def parse(body: bytes) -> Reply:
    """A reply from the bytes between two ENDs, escapes already taken out.

    Raises:
        FrameError: too short or too long, a wrong CRC, or another number of words than counted.
    """
    if not _HEAD + _CRC <= len(body) <= _MAX_REPLY:
        raise FrameError(f"reply: found {len(body)} bytes; allowed is {_HEAD + _CRC}..{_MAX_REPLY}")
    found, due = struct.unpack("<H", body[-_CRC:])[0], crc16(body[:-_CRC])
    if found != due:
        raise FrameError(f"CRC of a reply: found {found:#06x}; allowed is {due:#06x}")
    sequence, status, count = body[:_HEAD]
    payload = body[_HEAD:-_CRC]
    if status > MALFORMED or len(payload) not in (0, 4 * count):
        raise FrameError(f"reply: found status {status}, count {count}, {len(payload)} bytes of words; allowed is 4 each")
    return Reply(sequence, status, count, struct.unpack(f"<{len(payload) // 4}I", payload))


class Decoder:
    """Takes the line's bytes in pieces of any size, and gives the replies that came whole.

    Members:
        dropped: frames that did not come whole. error: FrameError of the last of these, or None.
    """

    def __init__(self):
        self.dropped, self.error = 0, None
        self._start()

    def _start(self) -> None:
        self._body, self._escaped, self._wrong = bytearray(), False, ""

    def feed(self, data: bytes) -> list[Reply]:
        """Replies that end within `data`."""
        replies = []
        for byte in data:
            if byte != END:
                self._take(byte)
                continue
            if self._body or self._escaped:  # two ENDs in a row are no frame
                try:
                    replies.append(self._finish())
                except FrameError as error:
                    self.dropped, self.error = self.dropped + 1, error
            self._start()
        return replies

    def _take(self, byte: int) -> None:
        if self._escaped:
            self._escaped = False
            if byte not in (ESC_END, ESC_ESC):
                self._wrong = f"byte after an escape: found {byte:#04x}; allowed is {ESC_END:#04x} or {ESC_ESC:#04x}"
            byte = END if byte == ESC_END else ESC
        elif byte == ESC:
            self._escaped = True
            return
        if len(self._body) <= _MAX_REPLY:  # one more than allowed tells that it is too long
            self._body.append(byte)

    def _finish(self) -> Reply:
        if self._wrong or self._escaped:
            raise FrameError(self._wrong or "end of a frame: found an escape before it; allowed is a byte")
        return parse(bytes(self._body))
