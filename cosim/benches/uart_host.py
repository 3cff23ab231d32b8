"""The other end of the serial line in a bench: a host with an independent UART, and a model of what must answer it."""

import logging
import struct
from typing import Any

from cocotb.triggers import FallingEdge, Timer, with_timeout
from cocotbext.uart import UartSink, UartSource

from cosim.host.frames import Decoder, Reply, crc16
from rtl.interface.frames import ACCESS_ERROR, END, ESC, MALFORMED, MAX_WORDS, OK

CLOCK_NS = 10
WORDS, COUNT, FOLD = 64, 0x100, 0x104
"""The register file behind the line: words at 0; one that counts its reads; one that folds in what is written."""
MEMORY = [0] * WORDS
"""What the words hold; no reset clears them, so this outlives a test."""


class Model:
    """The bridge and the register file in plain Python. Members: writes, reads: good accesses since the reset."""

    def __init__(self):
        self.part, self.void = bytearray(), True  # a frame that began before the reset is none
        self.writes = self.reads = self.count = self.fold = 0
        self.last: Reply | None = None

    def take(self, line: bytes, busy: bool = False) -> list[Reply]:
        """Bytes on the line, to the replies due. busy: a reply is on its way, as after the first frame that gets one."""
        replies = []
        for byte in line:
            if byte != END:
                self.part.append(byte)
                self.void |= busy
                continue
            body, self.part, void, self.void = _body(bytes(self.part)), bytearray(), self.void, False
            if body and not void:
                replies.append(self._command(body))
                busy = True
        return replies

    @property
    def open(self) -> bool:
        """A whole frame waits for the END that it lost."""
        return not self.void and _body(bytes(self.part)) is not None

    def _command(self, body: bytes) -> Reply:
        if self.last is None or self.last.sequence != body[0]:
            self.last = self._execute(*struct.unpack("<BBH", body[:4]), body[4:])
        return self.last

    def _execute(self, sequence: int, command: int, address: int, payload: bytes) -> Reply:
        write, step = bool(command & 0x10), 4 * (command & 1)
        counted = len(payload) % 4 == 0 if write else len(payload) == 1
        count = (len(payload) // 4 if write else payload[0]) if counted else 0
        if command & ~0x11 or address % 4 or address >> 12 or not 1 <= count <= MAX_WORDS:
            return Reply(sequence, MALFORMED, 0)
        words = []
        for i in range(count):
            at = (address + step * i) % 4096
            if at > FOLD or (write and at == COUNT):
                return Reply(sequence, ACCESS_ERROR, i, tuple(words))
            if write:
                self._write(at, *struct.unpack_from("<I", payload, 4 * i))
            else:
                words.append(self._read(at))
        return Reply(sequence, OK, count, tuple(words))

    def _write(self, at: int, word: int) -> None:
        self.writes += 1
        if at == FOLD:
            self.fold = (self.fold << 1 | self.fold >> 31) & 0xFFFFFFFF ^ word
        else:
            MEMORY[at // 4] = word

    def _read(self, at: int) -> int:
        self.reads += 1
        if at == COUNT:
            self.count += 1
            return self.count - 1
        return self.fold if at == FOLD else MEMORY[at // 4]


async def _reset(dut: Any) -> None:
    await FallingEdge(dut.clk)
    dut.rst.value = 1
    await Timer(2 * CLOCK_NS, "ns")
    dut.rst.value = 0


def _body(part: bytes) -> bytes | None:
    """What a command's frame carries without its CRC, or None where the bridge must take no notice of it."""
    try:
        whole = b"".join(
            piece if i == 0 else bytes([{0xDC: END, 0xDD: ESC}[piece[0]]]) + piece[1:]
            for i, piece in enumerate(part.split(bytes([ESC])))
        )
    except (KeyError, IndexError):
        return None
    body, crc = whole[:-2], whole[-2:]
    return body if 4 <= len(body) <= 4 + 4 * MAX_WORDS and struct.pack("<H", crc16(body)) == crc else None


class Host:
    """Sends bytes, and compares every reply with the model's. All waiting ends with a message.

    Args:
        divisor: clocks a bit of the design. slip: this end's bits are so many ns longer.
    """

    def __init__(self, dut: Any, divisor: int, slip: int = 0):
        self.dut, self.model, self.decoder = dut, Model(), Decoder()
        self.bit = divisor * CLOCK_NS
        logging.getLogger(f"cocotb.{dut.rx._path}").setLevel(logging.WARNING)
        logging.getLogger(f"cocotb.{dut.tx._path}").setLevel(logging.WARNING)
        self.source, self.sink = (
            end(pin, 1e9 / (self.bit + slip)) for end, pin in ((UartSource, dut.rx), (UartSink, dut.tx))
        )
        self.replies = 0

    @classmethod
    async def begin(cls, dut: Any, divisor: int, slip: int = 0, slow: int = 0) -> "Host":
        """Resets, with the line idle. The clock runs in the design: in Python it would take most of the time."""
        dut.rx.value, dut.slow.value = 1, slow
        await _reset(dut)
        return cls(dut, divisor, slip)

    async def reset(self) -> None:
        """Resets now for two clocks, whatever is on the way."""
        await _reset(self.dut)
        await self.bits(12)  # the line's end: what the sink made of a byte that was cut is in its queue now
        self.sink.clear()
        self.model, self.decoder = Model(), Decoder()

    async def bits(self, count: float) -> None:
        """Waits for so many bits' time."""
        await Timer(max(1, round(count * self.bit)), "ns")

    def send(self, line: bytes, busy: bool = False) -> list[Reply]:
        """Queues bytes; returns the replies that they are due. busy: they come while a reply is on its way."""
        if line:  # after nothing the source would never say that it is idle
            self.source.write_nowait(line)
        return self.model.take(line, busy)

    async def sent(self) -> None:
        """Returns when all that was queued is on the line."""
        await with_timeout(self.source.wait(), (self.source.count() + 2) * 11 * self.bit, "ns")

    async def without_stop(self, byte: int) -> None:
        """Sends a byte with a low stop bit, then a bit's pause. The source must be idle."""
        for level in (0, *(byte >> bit & 1 for bit in range(8)), 0, 1):
            self.dut.rx.value = level
            await self.bits(1)

    async def ask(self, line: bytes) -> list[Reply]:
        """Sends bytes, waits for the replies that are due, and compares them."""
        due = self.send(line)
        await self.expect(due)
        return due

    async def expect(self, due: list[Reply]) -> None:
        """The next replies are these. A slow bus answers within 400 clocks, so that a frame's time has an end."""
        found: list[Reply] = []
        limit = (self.source.count() + 40 + 600 * len(due)) * 11 * self.bit + 60 * 400 * CLOCK_NS
        while len(found) < len(due):
            found += self.decoder.feed(await with_timeout(self.sink.read(), limit, "ns"))
        assert found == due, f"reply {self.replies}: expected {due}, got {found}"
        self.replies += len(found)
        assert not self.decoder.dropped, f"reply {self.replies}: {self.decoder.error}"

    async def end(self) -> int:
        """Nothing more comes, and the register file saw just the accesses due. Returns the replies compared."""
        await self.sent()
        await self.bits(40)
        assert self.sink.empty(), f"reply {self.replies}: expected none, got {bytes(self.sink.read_nowait()).hex()}"
        found = {name: int(getattr(self.dut, name).value) for name in ("writes", "reads", "faults")}
        assert found == {"writes": self.model.writes, "reads": self.model.reads, "faults": 0}, f"accesses: got {found}"
        return self.replies
