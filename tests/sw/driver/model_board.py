"""A board in plain Python: the golden model behind frames behind a pseudo-terminal, on a line that can be bad."""

import os
import pty
import random
import struct
import threading
import tty

from cosim.host.frames import crc16, frame
from rtl.interface.frames import ACCESS_ERROR, END, OK
from sw.driver.golden import GoldenTransport
from sw.driver.transport import AccessError

_ESCAPES = ((b"\xdb\xdc", b"\xc0"), (b"\xdb\xdd", b"\xdb"))


class ModelBoard:
    """Members: port, the terminal's path; executed, commands done; loss, the part of all bytes that the line loses."""

    def __init__(self, config, loss: float = 0.0):
        self.chip, self.loss, self.executed = GoldenTransport(config), loss, 0
        self._random, self._last = random.Random(1), (None, b"")
        self._here, self._there = pty.openpty()
        tty.setraw(self._there)
        self.port = os.ttyname(self._there)
        threading.Thread(target=self._serve, daemon=True).start()

    def unplug(self) -> None:
        """The terminal is gone, as a USB adapter pulled out."""
        os.close(self._there)
        os.close(self._here)

    def _serve(self) -> None:
        body = b""
        try:
            while data := os.read(self._here, 4096):
                for byte in self._line(data):
                    if byte != END:
                        body += bytes([byte])
                        continue
                    reply, body = self._answer(body), b""
                    os.write(self._here, self._line(reply))
        except OSError:
            return

    def _line(self, data: bytes) -> bytes:
        return bytes(byte for byte in data if self._random.random() >= self.loss)

    def _answer(self, body: bytes) -> bytes:
        for escaped, plain in _ESCAPES:
            body = body.replace(escaped, plain)
        if len(body) < 7 or crc16(body[:-2]) != struct.unpack("<H", body[-2:])[0]:
            return b""
        if body[0] != self._last[0]:
            self._last = (body[0], self._execute(*struct.unpack("<BBH", body[:4]), body[4:-2]))
        return self._last[1]

    def _execute(self, sequence: int, command: int, address: int, payload: bytes) -> bytes:
        self.executed += 1
        status, words = OK, []
        try:
            if command & 0x10:
                given = struct.unpack(f"<{len(payload) // 4}I", payload)
                self.chip.write(address, given, bool(command & 1))
                count = len(given)
            else:
                words = self.chip.read(address, payload[0], bool(command & 1))
                count = len(words)
        except AccessError as error:
            status, count = ACCESS_ERROR, error.done
        return frame(struct.pack("<BBB", sequence, status, count) + struct.pack(f"<{len(words)}I", *words))
