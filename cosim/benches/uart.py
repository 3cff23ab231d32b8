"""cocotb bench of `rtl.bus.bridge.UartBridge` with a register file behind it: commands, errors, repeats, all damage."""

import random
import struct

import cocotb
from cocotb.triggers import Timer

from cosim.benches.uart_host import COUNT, END, ESC, FOLD, WORDS, Host
from cosim.host.frames import crc16, frame, read_command, write_command
from cosim.runner import parameters
from rtl.interface.frames import MALFORMED, OK

NONE = []
"""No reply is due."""


async def begin(dut, **options) -> Host:
    return await Host.begin(dut, parameters()["divisor"], **options)


def random_words(rng: random.Random, count: int) -> list[int]:
    """Many bytes that SLIP must escape."""
    return [rng.choice((rng.getrandbits(32), 0xC0DBDCDD, 0xC0C0C0C0, 0xDBDBDBDB)) for _ in range(count)]


def random_command(rng: random.Random, sequence: int, most: int = 8) -> bytes:
    """A frame that may touch an address without a register."""
    ascending, count = rng.random() < 0.6, rng.randint(1, most)
    address = rng.choice((4 * rng.randrange(WORDS), 4 * rng.randrange(WORDS), COUNT, FOLD, 0x108, 0xFFC))
    if rng.random() < 0.5:
        return read_command(sequence, address, count, ascending)
    return write_command(sequence, address, random_words(rng, count), ascending)


@cocotb.test()
@cocotb.parametrize((("slip", "slow"), [(0, 0), (1, 1), (-1, 2)]))
async def every_command_with_one_word_and_with_sixty(dut, slip, slow):
    """Also where the host's baud rate is off by 2 %, and with a bus that stalls."""
    rng, sequence = random.Random(slow), 0
    host = await begin(dut, slip=slip, slow=slow)
    for count in (1, 60):
        for address, ascending in ((0, True), (12, False), (FOLD, False)) if count == 1 or slow == 0 else ((12, True),):
            for line in (
                write_command(sequence, address, random_words(rng, count), ascending),
                read_command(sequence + 1, address, count, ascending),
            ):
                (reply,) = await host.ask(line)
                assert (reply.status, reply.count) == (OK, count)
            sequence += 2
    await host.ask(read_command(sequence, COUNT, 60, ascending=False))
    await host.end()


@cocotb.test()
async def the_crc_of_a_reply_is_escaped_too(dut):
    host = await begin(dut)
    crcs = {n: struct.pack("<H", crc16(bytes([n, OK, 1]))) for n in range(256)}
    special = [n for n, crc in crcs.items() if {END, ESC} & set(crc)]
    assert len({crcs[n].index(byte) for n in special for byte in (END, ESC) if byte in crcs[n]}) == 2  # either byte of it
    for n in special:
        await host.ask(write_command(n, FOLD, [n]))
    await host.end()


@cocotb.test()
async def errors_end_a_command_and_are_counted(dut):
    host, rng = await begin(dut, slow=1), random.Random(2)
    for sequence, (address, count, good) in enumerate(((0xF8, 6, 4), (0x108, 1, 0), (0x104, 2, 1), (0xFFC, 60, 0))):
        (reply,) = await host.ask(read_command(2 * sequence, address, count))
        assert (reply.count, len(reply.words)) == (good, good)
        (reply,) = await host.ask(write_command(2 * sequence + 1, address, random_words(rng, count)))
        assert reply.count == {0xF8: 2}.get(address, good)
    await host.end()


@cocotb.test()
async def malformed_commands_are_answered_and_touch_nothing(dut):
    host = await begin(dut)
    heads = [(command, 0) for command in (0x02, 0x04, 0x08, 0x20, 0x40, 0x80, 0xFF)]
    heads += [(command, address) for command in (0x01, 0x11) for address in (1, 2, 3, 0x1000, 0x2000, 0x4000, 0x8000)]
    bodies = [struct.pack("<BH", *head) + (b"\1\2\3\4" if head[0] & 0x10 else b"\1") for head in heads]
    bodies += [
        struct.pack("<BH", 0x01, 0) + payload for payload in (b"", b"\0", b"\x3d", b"\x40", b"\xff", b"\1\1", b"\1" * 5)
    ]
    bodies += [struct.pack("<BH", 0x11, 0) + bytes(length) for length in (0, 1, 2, 3, 5, 7, 239)]
    for sequence, body in enumerate(bodies):
        (reply,) = await host.ask(frame(bytes([sequence]) + body))
        assert (reply.status, reply.count) == (MALFORMED, 0), body.hex()
        assert await host.ask(frame(bytes([sequence]) + body)) == [reply]
    assert host.model.writes == host.model.reads == 0
    await host.ask(read_command(255, 0, 3))
    await host.end()


@cocotb.test()
async def a_repeated_sequence_is_answered_again_and_not_done_again(dut):
    host = await begin(dut)
    reads, writes = read_command(0, COUNT, 7, ascending=False), write_command(1, FOLD, [5, 6, 7], ascending=False)
    (first,) = await host.ask(reads)  # a zero is new after a reset
    for again in (reads, reads, read_command(0, 0, 1), write_command(0, FOLD, [1])):
        assert await host.ask(again) == [first]
    (first,) = await host.ask(writes)
    assert await host.ask(writes) == [first]
    assert (host.model.reads, host.model.writes) == (7, 3)
    await host.ask(read_command(2, FOLD, 1))
    (reply,) = await host.ask(reads)
    assert reply.words == tuple(range(7, 14)), "done anew: another one came between"
    await host.reset()
    (reply,) = await host.ask(read_command(0, FOLD, 1))
    assert reply.words == (0,), "the first one after a reset is done"
    await host.end()


@cocotb.test()
async def frames_too_short_too_long_or_empty_get_no_reply(dut):
    host, sequence = await begin(dut), 0
    inner = bytes([77]) + struct.pack("<BHI", 0x11, FOLD, 9)
    lines = [bytes([END]) * 3, frame(b""), frame(b"\1"), frame(b"\1\1\0"), bytes([END, 1, END]), bytes([END, ESC, END])]
    # With one byte too many, one word, and so many that a count of 8 bits is small again, or that of 9.
    lines += [frame(inner + bytes(length)) for length in (237, 240, 252, 256, 512)]
    # An escape without its byte, and one with a wrong byte that would stand for 0xDB if it were let pass.
    lines += [frame(inner)[:-1] + bytes([ESC, END]), frame(inner + b"\xdb\0\0\0").replace(b"\xdb\xdd", b"\xdb\0")]
    for line in lines:
        assert host.send(line) == NONE
        sequence = (sequence + 1) % 256
        await host.ask(write_command(sequence, 0, [sequence]))
    assert await host.ask(frame(bytes([sequence + 1]) + struct.pack("<BHI", 0x10, FOLD, 9) + bytes(4 * 59)))
    await host.end()


@cocotb.test()
async def a_wrong_crc_gets_no_reply(dut):
    """Every single bit of a frame, one after the other."""
    host = await begin(dut)
    body = frame(bytes([9]) + struct.pack("<BHI", 0x11, FOLD, 0x12345678))
    for place in range(1, len(body) - 1):
        for bit in range(8):
            wrong = bytearray(body)
            wrong[place] ^= 1 << bit
            assert host.send(bytes(wrong)) == NONE
    await host.ask(body)
    assert host.model.writes == 1
    await host.end()


@cocotb.test()
async def after_any_damage_the_next_good_frame_works(dut):
    rng, counts = random.Random(parameters()["seed"]), {}
    host = await begin(dut, slow=1)
    for n in range(parameters()["frames"]):
        line = bytearray(random_command(rng, rng.randrange(256)))
        kind = rng.choice(("flip", "lose", "insert", "END", "garbage", "cut", "none"))
        for _ in range(rng.choice((1, 1, 2, 5))):
            place = rng.randrange(len(line) + (kind in ("insert", "END")))
            if kind == "flip":
                line[place] ^= 1 << rng.randrange(8)
            elif kind == "lose" and len(line) > 1:
                del line[place]
            elif kind in ("insert", "END"):
                line.insert(place, END if kind == "END" else rng.randrange(256))
        if kind == "garbage":
            line += bytes(rng.choice((rng.randrange(256), END, ESC)) for _ in range(rng.randint(1, 12)))
        await host.ask(bytes(line[:place] if kind == "cut" else line))
        good = random_command(rng, n % 256)
        late = (
            host.model.open
        )  # that frame lost its END: the good one's END brings it back, and the host repeats the good one
        replies = await host.ask(good)
        if late:
            replies = await host.ask(good)
        assert len(replies) == 1, f"frame {n} after {kind}"
        counts[kind] = counts.get(kind, 0) + 1
    dut._log.info("%d replies; damage: %s", await host.end(), counts)


@cocotb.test()
async def a_line_that_breaks_costs_one_frame(dut):
    """Low for long, a byte without a stop bit, and pulses shorter than half a bit."""
    host, line = await begin(dut), write_command(1, FOLD, [3])
    for cut in (0, 1, 7, len(line) - 1):
        host.send(line[:cut])
        await host.sent()
        dut.rx.value = 0
        await host.bits(35.3)
        dut.rx.value = 1
        await host.bits(2)
        host.model.part += b"?" * (cut > 0)  # a broken byte makes what it stands in no frame
        assert host.send(line[cut:] if cut > 1 else b"") == NONE
        await host.ask(read_command(2 + cut, FOLD, 1))
    host.send(line[:5])
    await host.sent()
    await host.without_stop(line[5])
    host.model.part += b"?"
    assert host.send(line[6:]) == NONE
    await host.ask(read_command(202, FOLD, 1))
    for at in (0, 1, 4, len(line) - 1):
        host.send(line[:at])
        await host.sent()
        dut.rx.value = 0
        await Timer(host.bit // 4, "ns")
        dut.rx.value = 1
        await host.bits(2)
        (reply,) = await host.ask(line[at:])
        assert reply.status == OK
        await host.ask(read_command(201, FOLD, 1))
    await host.end()


@cocotb.test()
async def bytes_that_come_while_it_is_busy_are_no_frame(dut):
    host = await begin(dut, slow=2)
    due = host.send(read_command(1, 0, 60))
    late = write_command(2, FOLD, [1])
    assert host.send(late[:5], busy=True) == NONE
    await host.expect(due)
    assert host.send(late[5:]) == NONE  # the end of one whose beginning was lost, though it had no wrong byte
    inner = bytes([3]) + struct.pack("<BHI", 0x11, FOLD, 4)
    due = host.send(read_command(4, 0, 60))
    host.send(b"?", busy=True)
    await host.expect(due)
    assert host.send(frame(inner)[1:]) == NONE
    (reply,) = await host.ask(late)
    assert reply.status == OK
    await host.end()


@cocotb.test()
async def a_reset_within_a_frame_an_access_or_a_reply(dut):
    rng, host = random.Random(8), await begin(dut, slow=2)
    line = read_command(5, COUNT, 6, ascending=False)
    for after in [rng.randrange(len(line) * 10) for _ in range(8)] + [rng.randrange(90, 450) for _ in range(10)]:
        dut.slow.value = rng.randrange(3)
        host.send(line)
        await host.bits(after)
        await host.reset()
        await host.sent()
        await host.bits(12)
        host.sink.clear()
        (reply,) = await host.ask(line)
        assert reply.words == tuple(range(6))
    dut.rx.value = 0
    await host.bits(4.5)
    dut.rx.value = 1
    await host.reset()  # within a byte, and an idle line behind it
    await host.ask(line)
    await host.reset()
    assert host.send(frame(bytes([6]) + struct.pack("<BHI", 0x11, FOLD, 4))[1:]) == NONE  # began before the reset, perhaps
    await host.ask(line)
    await host.end()
