"""Frames on the host's side: what is sent comes back, in pieces of any size; what is damaged never comes back."""

import binascii
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosim.host.frames import Decoder, FrameError, Reply, crc16, frame, parse, read_command, write_command
from rtl.interface.frames import ACCESS_ERROR, END, ESC, MAX_WORDS

WORDS = st.lists(st.one_of(st.integers(0, (1 << 32) - 1), st.sampled_from([0xC0C0C0C0, 0xDBDCDDDB])), max_size=MAX_WORDS)
BYTE = st.integers(0, 255)
ADDRESS = st.integers(0, 1023).map(lambda word: 4 * word)


def encoded(reply: Reply) -> bytes:
    """A reply as the chip sends it."""
    body = bytes([reply.sequence, reply.status, reply.count]) + struct.pack(f"<{len(reply.words)}I", *reply.words)
    return frame(body)


@st.composite
def replies(draw):
    words = tuple(draw(WORDS))
    count = len(words) or draw(st.integers(0, MAX_WORDS))
    return Reply(draw(BYTE), draw(st.integers(0, 2)), count, words)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """The data in pieces; some may be empty."""
    ends = sorted(place % (len(data) + 1) for place in places)
    return [data[a:b] for a, b in zip([0, *ends], [*ends, len(data)], strict=True)]


def body_of(sent: bytes) -> bytes:
    """What is between the ENDs of one frame, checked: escapes out, CRC right and taken off."""
    assert sent[0] == END == sent[-1] and END not in sent[1:-1]
    whole = sent[1:-1].replace(bytes([ESC, 0xDC]), bytes([END])).replace(bytes([ESC, 0xDD]), bytes([ESC]))
    assert whole[-2:] == struct.pack("<H", binascii.crc_hqx(whole[:-2], 0xFFFF))
    return whole[:-2]


@given(st.binary(max_size=300))
def test_the_crc_is_the_standard_one(data):
    assert crc16(data) == binascii.crc_hqx(data, 0xFFFF)
    assert crc16(b"123456789") == 0x29B1


@given(st.lists(replies(), max_size=5), st.lists(st.integers(0), max_size=8))
def test_replies_come_back_from_pieces_of_any_size(sent, places):
    decoder = Decoder()
    found = [reply for piece in cut(b"".join(map(encoded, sent)), places) for reply in decoder.feed(piece)]
    assert found == sent
    assert decoder.dropped == 0 and decoder.error is None


@given(replies(), st.binary(max_size=30), st.data())
def test_damage_of_one_place_is_dropped_and_what_follows_arrives(reply, garbage, data):
    sent = bytearray(encoded(reply))
    place = data.draw(st.integers(0, len(sent) - 1))
    kind = data.draw(st.sampled_from(["flip", "lose", "insert"]))
    if kind == "flip":
        sent[place] ^= 1 << data.draw(st.integers(0, 7))
    elif kind == "lose":
        del sent[place]
    else:
        sent.insert(place, data.draw(BYTE))
    decoder = Decoder()
    # Only damage at an END can leave the reply whole. Whatever else arrives would be a wrong one.
    assert all(found == reply for found in decoder.feed(bytes(sent)))
    decoder.feed(garbage + bytes([END]))
    assert decoder.feed(encoded(reply)) == [reply]


@given(st.binary(max_size=600).filter(lambda data: END not in data))
def test_garbage_gives_no_reply_and_does_not_grow(garbage):
    decoder = Decoder()
    for _ in range(3):
        assert decoder.feed(garbage) == []
    assert len(decoder._body) <= 3 + 4 * MAX_WORDS + 3
    assert decoder.feed(bytes([END])) == []
    assert decoder.dropped == bool(garbage)


@given(BYTE, ADDRESS, st.integers(1, MAX_WORDS), st.booleans())
def test_a_read_command_is_as_documented(sequence, address, count, ascending):
    sent = body_of(read_command(sequence, address, count, ascending))
    assert sent == struct.pack("<BBHB", sequence, 0x01 if ascending else 0x00, address, count)


@given(BYTE, ADDRESS, WORDS.filter(len), st.booleans())
def test_a_write_command_is_as_documented(sequence, address, words, ascending):
    sent = body_of(write_command(sequence, address, words, ascending))
    assert sent == struct.pack(f"<BBH{len(words)}I", sequence, 0x11 if ascending else 0x10, address, *words)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: read_command(0, 0, 0), r"words of a command: found 0; allowed is 1..60"),
        (lambda: read_command(0, 0, 61), r"words of a command: found 61"),
        (lambda: write_command(0, 0, []), r"words of a command: found 0"),
        (lambda: write_command(0, 0, [0] * 61), r"words of a command: found 61"),
        (lambda: write_command(0, 0, [1 << 32]), r"word: found 4294967296"),
        (lambda: write_command(0, 0, [-1]), r"word: found -1"),
        (lambda: read_command(256, 0, 1), r"sequence: found 256"),
        (lambda: read_command(0, 0x1000, 1), r"address: found 0x1000"),
        (lambda: read_command(0, 6, 1), r"address: found 0x6"),
        (lambda: parse(b"1234"), r"reply: found 4 bytes; allowed is 5..245"),
        (lambda: parse(b"12345"), r"CRC of a reply: found 0x3534; allowed is"),
        (lambda: parse(b"\1\3\0" + struct.pack("<H", crc16(b"\1\3\0"))), r"reply: found status 3"),
        (lambda: parse(b"\1\0\2abcd" + struct.pack("<H", crc16(b"\1\0\2abcd"))), r"count 2, 4 bytes of words"),
    ],
)
def test_what_is_not_allowed_is_named(call, message):
    with pytest.raises(FrameError, match=message):
        call()


@pytest.mark.parametrize("bad, message", [(b"\xdb\x00", "byte after an escape: found 0x00"), (b"\xdb", "end of a frame")])
def test_a_wrong_escape_drops_the_frame(bad, message):
    decoder, good = Decoder(), Reply(7, ACCESS_ERROR, 3)
    assert decoder.feed(encoded(good)[:-1] + bad + bytes([END])) == []
    assert decoder.dropped == 1 and message in str(decoder.error)
    assert decoder.feed(encoded(good)) == [good]
