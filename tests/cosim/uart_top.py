"""A small register file behind the serial bridge, with errors, side effects and a slow bus, for test_uart.py."""

from amaranth.hdl import Cat, Module, Signal
from amaranth.lib import data, wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from rtl.bus.bridge import UartBridge
from rtl.bus.bus import bus_signature, request_layout


class RegisterFile(wiring.Component):
    """Words at 0x000..0x0FC; 0x100 counts its own reads; 0x104 folds in what is written, in order; all else is an error.

    Members:
        slow: In, 0: answers at once; 1: waits half of the time, before it takes a request and before it responds; 2: long.
        writes, reads: Out, good accesses done. faults: Out, breaches of the bus rules by the master.
    """

    bus: In(bus_signature())
    slow: In(2)
    writes: Out(16)
    reads: Out(16)
    faults: Out(8)

    def elaborate(self, platform):
        m = Module()
        m.submodules.words = words = Memory(shape=32, depth=64, init=[])
        put, get = words.write_port(), words.read_port()
        request, response = self.bus.request, self.bus.response
        noise, wait = Signal(16, init=1), Signal()
        count, fold = Signal(32), Signal(32)
        m.d.sync += noise.eq(Cat(noise[15] ^ noise[13] ^ noise[12] ^ noise[10], noise))
        with m.Switch(self.slow):
            with m.Case(1):
                m.d.comb += wait.eq(noise[0])
            with m.Case(2):
                m.d.comb += wait.eq(noise[:6].any())
        taken, word = Signal(request_layout()), request.payload.address[2:8]
        in_words = taken.address < 0x100
        m.d.comb += [
            put.addr.eq(word),
            put.data.eq(request.payload.data),
            get.addr.eq(word),
            get.en.eq(request.valid & request.ready),
            put.en.eq(get.en & request.payload.write & (request.payload.address < 0x100)),
        ]
        last, offered = Signal(data.StructLayout({"request": request_layout()})), Signal()
        m.d.sync += last.request.eq(request.payload), offered.eq(request.valid & ~request.ready)
        with m.If((offered & (~request.valid | (last.request != request.payload))) | request.payload.address[:2].any()):
            m.d.sync += self.faults.eq(self.faults + 1)
        with m.FSM():
            with m.State("request"):
                m.d.comb += request.ready.eq(~wait)
                with m.If(request.valid & request.ready):
                    m.d.sync += taken.eq(request.payload)
                    m.next = "delay"
            with m.State("delay"):
                with m.If(request.valid):
                    m.d.sync += self.faults.eq(self.faults + 1)
                with m.If(~wait):
                    m.next = "response"
            with m.State("response"):
                m.d.comb += response.valid.eq(1)
                with m.If(in_words):
                    m.d.comb += response.payload.data.eq(get.data)
                with m.Elif((taken.address == 0x100) & ~taken.write):
                    m.d.comb += response.payload.data.eq(count)
                with m.Elif(taken.address == 0x104):
                    m.d.comb += response.payload.data.eq(fold)
                with m.Else():
                    m.d.comb += response.payload.error.eq(1)
                with m.If(taken.write):
                    m.d.comb += response.payload.data.eq(0)
                with m.If(response.ready):
                    m.next = "request"
                    with m.If(~response.payload.error):
                        m.d.sync += self.writes.eq(self.writes + taken.write), self.reads.eq(self.reads + ~taken.write)
                        with m.If(taken.address == 0x100):
                            m.d.sync += count.eq(count + 1)
                        with m.If(taken.write & (taken.address == 0x104)):
                            m.d.sync += fold.eq(fold.rotate_left(1) ^ taken.data)
        return m


class UartTop(wiring.Component):
    """UartBridge and RegisterFile."""

    def __init__(self, divisor: int):
        self.divisor = divisor
        ports = {"slow": In(2), "writes": Out(16), "reads": Out(16), "faults": Out(8)}
        super().__init__({"rx": In(1, init=1), "tx": Out(1, init=1), **ports})

    def elaborate(self, platform):
        m = Module()
        m.submodules.bridge = bridge = UartBridge(self.divisor)
        m.submodules.file = file = RegisterFile()
        wiring.connect(m, bridge.bus, file.bus)
        m.d.comb += bridge.rx.eq(self.rx), self.tx.eq(bridge.tx), file.slow.eq(self.slow)
        m.d.comb += [getattr(self, name).eq(getattr(file, name)) for name in ("writes", "reads", "faults")]
        return m
