"""Frame decoder and encoder, clock by clock, against the host's side in plain Python."""

import random
import struct

import pytest
from amaranth.sim import Simulator

from cosim.host.frames import frame
from rtl.bus.frame import Decoder, Encoder
from rtl.interface.frames import END, ESC

SPECIAL = (END, ESC, 0xDC, 0xDD)


def bodies(seed: int, count: int = 25) -> list[bytes]:
    """Many bytes that look like ENDs and escapes; the first are short."""
    rng = random.Random(seed)
    sizes = [*range(5), *(rng.randint(1, 30) for _ in range(count))]
    return [bytes(rng.choice((rng.randrange(256), rng.choice(SPECIAL))) for _ in range(size)) for size in sizes]


def decoded(line: bytes, mute: set[int] = frozenset(), lost: set[int] = frozenset()) -> list[tuple[bytes, bool]]:
    """Frames (bytes, good) in the line's bytes; `mute` while the bytes at these places come, `lost` before them."""
    dut, found = Decoder(), []

    async def bench(ctx):
        rng, part = random.Random(len(line)), bytearray()
        for place, byte in enumerate(line):
            ctx.set(dut.lost, place in lost)
            ctx.set(dut.i.payload, rng.randrange(256))
            await ctx.tick()
            ctx.set(dut.lost, 0)
            ctx.set(dut.i.payload, byte)
            ctx.set(dut.i.valid, 1)
            ctx.set(dut.mute, place in mute)
            await ctx.tick()
            ctx.set(dut.i.valid, 0)
            _, _, valid, item = await ctx.tick().sample(dut.o.valid, dut.o.payload)
            ctx.set(dut.mute, 0)
            if valid and item.end:
                found.append((bytes(part), bool(item.good)))
                part = bytearray()
            elif valid:
                part.append(item.data)

    sim = Simulator(dut)
    sim.add_clock(1e-6)
    sim.add_testbench(bench)
    sim.run()
    return found


def encoded(sent: list[bytes], stall: float) -> bytes:
    """The encoder's bytes for these bodies; a stalled byte must stay as it is."""
    dut, found = Encoder(), bytearray()
    rng = random.Random(7)

    async def give(ctx):
        for body in sent:
            for n, byte in enumerate(body):
                while rng.random() < stall:
                    await ctx.tick()
                ctx.set(dut.i.payload, {"data": byte, "last": n == len(body) - 1})
                ctx.set(dut.i.valid, 1)
                await ctx.tick().until(dut.i.ready)
                ctx.set(dut.i.valid, 0)
        await ctx.tick().repeat(40 if stall == 0 else 400)

    async def take(ctx):
        waiting = None
        while True:
            ready = rng.random() >= stall
            ctx.set(dut.o.ready, ready)
            _, _, valid, byte = await ctx.tick().sample(dut.o.valid, dut.o.payload)
            assert waiting is None or (valid, byte) == (1, waiting)
            waiting = byte if valid and not ready else None
            if valid and ready:
                found.append(byte)

    sim = Simulator(dut)
    sim.add_clock(1e-6)
    sim.add_testbench(give)
    sim.add_testbench(take, background=True)
    sim.run()
    return bytes(found)


@pytest.mark.parametrize("seed", range(2))
def test_frames_come_out_of_the_decoder_without_their_crc(seed):
    sent = bodies(seed)
    assert [body for body, good in decoded(b"".join(map(frame, sent))) if good] == sent


def test_a_frame_that_began_before_the_reset_is_none():
    assert decoded(frame(b"abc")[1:] + frame(b"def")[1:]) == [(b"abc", False), (b"def", True)]


@pytest.mark.parametrize("body", [b"\x00\xc0\xdb\x10\x02", b"123456789"])
def test_no_frame_with_a_wrong_bit_is_good(body):
    """One bit, or two; a good frame comes behind it each time."""
    rng, line, whole = random.Random(3), b"", frame(body)
    flips = [{n} for n in range(8, 8 * len(whole) - 8)] + [
        set(rng.sample(range(8, 8 * len(whole) - 8), 2)) for _ in range(60)
    ]
    for bits in flips:
        wrong = bytearray(whole)
        for bit in bits:
            wrong[bit // 8] ^= 1 << bit % 8
        line += wrong + whole
    found = decoded(line)
    assert [content for content, good in found if good] == [body] * len(flips)


@pytest.mark.parametrize("part", [b"", b"\xff", b"\xff\xff", b"\xdb", b"\xdb\xdb", b"\xdb\x00", b"\xdb\xdc"])
def test_less_than_a_crc_or_a_wrong_escape_is_not_good(part):
    good = [content for content, good in decoded(bytes([END]) + part + bytes([END]) + frame(b"x")) if good]
    assert good == ([b""] if part == b"\xff\xff" else []) + [b"x"]


def test_an_escape_of_the_wrong_byte_voids_a_frame_with_a_right_crc():
    """0xDB 0x00 would stand for 0xDB if the wrong byte were let pass."""
    whole = frame(b"\x01\xdb\x02")
    assert bytes([ESC, 0xDD]) in whole
    assert not any(good for _, good in decoded(whole.replace(bytes([ESC, 0xDD]), bytes([ESC, 0x00]), 1)))


def test_what_is_muted_or_lost_voids_its_own_frame_only():
    line = b"".join(frame(bytes([n, n, n])) for n in range(4))
    size = len(frame(b"000"))
    for place in range(1, size - 1):
        for options in ({"mute": {size + place}}, {"lost": {size + place}}):
            assert [content[0] for content, good in decoded(line, **options) if good] == [0, 2, 3]
    assert [content[0] for content, good in decoded(line, mute={size, 2 * size - 1}) if good] == [0, 1, 2, 3]


@pytest.mark.parametrize("stall", [0.0, 0.5])
def test_the_encoder_sends_what_the_host_expects(stall):
    sent = [body for body in bodies(5) if body]
    # All 16 bits of the CRC take the values that need an escape.
    sent += [struct.pack("<H", n) for n in range(1 << 16) if {END, ESC} & set(frame(struct.pack("<H", n))[3:-1])][:40]
    assert encoded(sent, stall) == b"".join(map(frame, sent))
