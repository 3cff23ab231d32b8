"""Frames to register accesses: takes a command, does it word by word on the register bus, and answers with one frame."""

from amaranth.hdl import Cat, Const, Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from rtl.bus.bus import bus_signature
from rtl.bus.frame import Decoder, Encoder, byte_layout, item_layout
from rtl.bus.uart import Receiver, Transmitter
from rtl.checks import never, patient
from rtl.hdl import signals
from rtl.interface.frames import ACCESS_ERROR, ASCENDING, HEADER, MALFORMED, MAX_WORDS, OK, WRITE
from rtl.memories import ram
from rtl.streams import Held

TOO_LONG = HEADER + 4 * MAX_WORDS + 1


def answered(m: Module, state: str):
    """An FSM's state, with two before it that wait until a memory has read and its answer is in its register."""
    with m.State(state):
        m.next = f"{state}, read"
    with m.State(f"{state}, read"):
        m.next = f"{state}, answered"
    return m.State(f"{state}, answered")


class Bridge(wiring.Component):
    """Does the command of each good frame, unless its sequence number is that of the last one done, and replies.

    A repeated sequence number gets the same reply again and no access is made. A frame that is shorter than any command, or
    longer, gets none; another one that is no command gets the status `MALFORMED`. The first access that answers an error
    ends a command. An ascending command goes on at address 0 after the last. It waits for the bus as long as the bus takes.

    Members:
        i: In, stream of `item_layout` that does not wait; while `busy` it is not looked at.
        busy: Out, a command is being done or its reply is on its way.
        bus: Out, master of the register bus. o: Out, stream of `byte_layout`, the replies.
    """

    i: In(stream.Signature(item_layout, always_ready=True))
    busy: Out(1)
    bus: Out(bus_signature())
    o: Out(stream.Signature(byte_layout))

    def elaborate(self, platform):
        m = Module()
        m.submodules.command = command = ram(shape=8, depth=256, init=[])
        m.submodules.reply = reply = ram(shape=8, depth=256, init=[])
        store = command.write_port()
        fetch = command.read_port()
        note = reply.write_port()
        recall = reply.read_port()

        length, index = signals(length=range(TOO_LONG + 1), index=8)
        known, sequence, status = signals(known=1, sequence=8, status=2)
        write, ascending, malformed, wrong = signals(write=1, ascending=1, malformed=1, wrong=1)
        address, word, part = signals(address=10, word=32, part=2)
        count, done = signals(count=range(MAX_WORDS + 1), done=range(MAX_WORDS + 1))
        request, response = self.bus.request, self.bus.response
        byte, outgoing = signals(byte=8, outgoing=8)
        m.d.comb += [
            # A memory reads what `index` says, and what its answer steers looks at it two clocks later (`answered`).
            fetch.addr.eq(index),
            recall.addr.eq(index),
            store.addr.eq(length),
            store.data.eq(self.i.payload.data),
            note.addr.eq(index),
            note.data.eq(word[:8]),
            request.payload.address.eq(Cat(Const(0, 2), address)),
            request.payload.write.eq(write),
            request.payload.data.eq(word),
        ]
        m.d.sync += byte.eq(fetch.data), outgoing.eq(recall.data)

        with m.FSM() as fsm:
            with m.State("listen"):
                m.d.sync += index.eq(0)
                m.d.comb += store.en.eq(self.i.valid & ~self.i.payload.end)
                with m.If(store.en & (length != TOO_LONG)):
                    m.d.sync += length.eq(length + 1)
                with m.If(self.i.valid & self.i.payload.end):
                    m.d.sync += length.eq(0)
                    with m.If(self.i.payload.good & (length >= HEADER) & (length != TOO_LONG)):
                        m.d.sync += length.eq(length)
                        m.next = "sequence"
            with answered(m, "sequence"):
                with m.If(known & (byte == sequence)):
                    m.d.sync += index.eq(0)
                    m.next = "reply sequence"
                with m.Else():
                    m.d.sync += index.eq(1)
                    m.d.sync += known.eq(1), sequence.eq(byte), status.eq(OK), done.eq(0)
                    m.next = "command"
            with answered(m, "command"):
                m.d.sync += index.eq(2)
                m.d.sync += (
                    ascending.eq(byte[0]),
                    write.eq(byte[4]),
                    malformed.eq((byte & 0xFF - ASCENDING - WRITE).any()),
                )
                m.next = "address low"
            with answered(m, "address low"):
                m.d.sync += index.eq(3)
                m.d.sync += address[:6].eq(byte[2:]), malformed.eq(malformed | byte[:2].any())
                m.next = "address high"
            with answered(m, "address high"):
                m.d.sync += index.eq(4)
                m.d.sync += address[6:].eq(byte[:4]), malformed.eq(malformed | byte[4:].any())
                m.next = "count"
            with answered(m, "count"):
                m.d.sync += part.eq(0), count.eq(Mux(write, length[2:] - HEADER // 4, byte))
                with m.If(write):
                    m.d.comb += wrong.eq(length[:2].any() | (length == HEADER))
                    m.next = "gather"
                with m.Else():
                    m.d.comb += wrong.eq((length != HEADER + 1) | (byte == 0) | (byte > MAX_WORDS))
                    m.d.sync += index.eq(0)
                    m.next = "request"
                with m.If(malformed | wrong):
                    m.d.sync += index.eq(0)
                    m.d.sync += status.eq(MALFORMED)
                    m.next = "reply sequence"
            with answered(m, "gather"):
                m.d.sync += index.eq(index + 1)
                m.d.sync += word.eq(Cat(word[8:], byte)), part.eq(part + 1)
                m.next = "gather"
                with m.If(part == 3):
                    m.next = "request"
            with m.State("request"):
                m.d.comb += request.valid.eq(1)
                with m.If(request.ready):
                    m.next = "response"
            with m.State("response"):
                m.d.comb += response.ready.eq(1)
                with m.If(~write):  # all the time, and the last one is the answer's: `valid` comes from far
                    m.d.sync += word.eq(response.payload.data)
                with m.If(response.valid):
                    with m.If(response.payload.error):
                        m.d.sync += index.eq(0)
                        m.d.sync += status.eq(ACCESS_ERROR)
                        m.next = "reply sequence"
                    with m.Else():
                        m.d.sync += done.eq(done + 1), address.eq(address + ascending)
                        m.next = "next"
                        with m.If(~write):
                            m.next = "note"
            with m.State("note"):
                m.d.comb += note.en.eq(1)
                m.d.sync += index.eq(index + 1)
                m.d.sync += word.eq(word >> 8), part.eq(part + 1)
                with m.If(part == 3):
                    m.next = "next"
            with m.State("next"):
                m.next = "request"
                with m.If(write):
                    m.next = "gather"
                with m.If(done == count):
                    m.d.sync += index.eq(0)
                    m.next = "reply sequence"
            self._reply(m, sequence, status, done, ~write & (done != 0), index, outgoing)
            with m.State("silent"):
                m.d.sync += length.eq(0)
                m.next = "listen"
            m.d.comb += self.busy.eq(~fsm.ongoing("listen"))
        patient(m, "request", request)
        patient(m, "o", self.o)
        never(m, "a response that was not asked for", response.valid & ~fsm.ongoing("response"))
        return m

    def _reply(self, m, sequence, status, done, words_follow, index, data):
        """The states that send the reply, which stays as it is until the next command."""
        head = (("reply sequence", sequence, "reply status"), ("reply status", status, "reply done"))
        for state, value, after in head:
            with m.State(state):
                m.d.comb += self.o.valid.eq(1), self.o.payload.data.eq(value)
                with m.If(self.o.ready):
                    m.next = after
        with m.State("reply done"):
            m.d.comb += self.o.valid.eq(1), self.o.payload.data.eq(done), self.o.payload.last.eq(~words_follow)
            with m.If(self.o.ready):
                m.next = "silent"
                with m.If(words_follow):
                    m.next = "reply words"
        last = Signal()  # a register: like the byte, it has two clocks from the index's change
        m.d.sync += last.eq(index[:2].all() & (index[2:] + 1 == done))
        with answered(m, "reply words"):
            m.d.comb += self.o.valid.eq(1), self.o.payload.data.eq(data), self.o.payload.last.eq(last)
            with m.If(self.o.ready):
                m.d.sync += index.eq(index + 1)
                m.next = "reply words"
                with m.If(self.o.payload.last):
                    m.next = "silent"


class UartBridge(wiring.Component):
    """A serial line to the register bus.

    Args:
        divisor: clocks a bit (see `rtl.bus.uart`).

    Members:
        rx: In, the line to here, asynchronous. tx: Out, the line from here. bus: Out, master of the register bus.
    """

    def __init__(self, divisor: int):
        self.divisor = divisor
        super().__init__({"rx": In(1, init=1), "tx": Out(1, init=1), "bus": Out(bus_signature())})

    def elaborate(self, platform):
        m = Module()
        m.submodules.receiver = receiver = Receiver(self.divisor)
        m.submodules.decoder = decoder = Decoder()
        m.submodules.bridge = bridge = Bridge()
        m.submodules.encoder = encoder = Encoder()
        m.submodules.transmitter = transmitter = Transmitter(self.divisor)
        wiring.connect(m, receiver.o, decoder.i)
        m.d.sync += bridge.i.valid.eq(decoder.o.valid), bridge.i.payload.eq(decoder.o.payload)  # bytes are far apart
        m.submodules.held = held = Held(byte_layout)
        wiring.connect(m, bridge.o, held.i)
        wiring.connect(m, held.o, encoder.i)
        wiring.connect(m, encoder.o, transmitter.i)
        wiring.connect(m, bridge.bus, wiring.flipped(self.bus))
        m.d.comb += [
            receiver.rx.eq(self.rx),
            self.tx.eq(transmitter.tx),
            decoder.lost.eq(receiver.error),
            decoder.mute.eq(bridge.busy),
        ]
        return m
