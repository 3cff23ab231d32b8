import pytest
from amaranth import Module, Signal
from amaranth.back import verilog
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from cosim.benches.drivers import STALLS, InOrderChecker, stalls
from cosim.build import build
from cosim.runner import BenchError, run
from tests.marks import long

BENCH = "tests.cosim.bench_drivers"


class Doubler(wiring.Component):
    """o = 2 a + b, one register. `fault`: it stops, drops valid, changes its payload, or loses a payload."""

    i: In(stream.Signature(data.StructLayout({"a": 8, "b": 4})))
    o: Out(stream.Signature(10))

    def __init__(self, fault=None):
        self.fault = fault
        super().__init__()

    def elaborate(self, platform):
        m, count = Module(), Signal(8)
        m.d.comb += self.i.ready.eq(~self.o.valid | self.o.ready)
        if self.fault == "stops":
            m.d.comb += self.i.ready.eq((~self.o.valid | self.o.ready) & (count != 50))
        with m.If(self.o.ready):
            m.d.sync += self.o.valid.eq(0)
        with m.If(self.i.valid & self.i.ready):
            lost = (count == 50) if self.fault == "loses" else 0
            m.d.sync += [self.o.valid.eq(~lost if self.fault == "loses" else 1), count.eq(count + 1)]
            m.d.sync += self.o.payload.eq((self.i.payload.a << 1) + self.i.payload.b)
        with m.If(self.o.valid & ~self.o.ready):
            if self.fault == "drops":
                m.d.sync += self.o.valid.eq(0)
            if self.fault == "changes":
                m.d.sync += self.o.payload.eq(self.o.payload + 1)
        return m


def doubler(simulator, fault=None):
    text = verilog.convert(Doubler(fault), name="doubler", emit_src=False, strip_internal_attrs=True)
    # A payload of several fields is one vector in Amaranth's Verilog: this shell gives each a port, as drivers also take it.
    shell = """
module shell(input clk, input rst, input i__valid, output i__ready, input [7:0] i__payload__a, input [3:0] i__payload__b,
             output o__valid, input o__ready, output [9:0] o__payload);
  doubler dut(.clk(clk), .rst(rst), .i__valid(i__valid), .i__ready(i__ready), .i__payload({i__payload__b, i__payload__a}),
              .o__valid(o__valid), .o__ready(o__ready), .o__payload(o__payload));
endmodule
"""
    return build(shell + text, "shell", simulator)


@pytest.mark.parametrize("simulator", [long("verilator"), "icarus"])  # as the blocks
@pytest.mark.parametrize(
    "inputs, outputs", [("never", "never"), ("random", "bursts"), ("mostly", "random"), ("bursts", "mostly")]
)
def test_streams_keep_order_and_content_under_every_stall(simulator, inputs, outputs):
    run(doubler(simulator), BENCH, {"inputs": inputs, "outputs": outputs}, timeout=60)


@pytest.mark.parametrize(
    "fault, message",
    [
        ("stops", "doubler: nothing for 1000 clocks, at .* after 50"),
        ("loses", "doubler: payload 50: expected"),
        ("drops", "stream o: valid fell before the payload was taken"),
        ("changes", "stream o: payload changed from .* before it was taken"),
    ],
)
def test_a_broken_stream_fails_with_a_message_that_names_it(fault, message, tmp_path):
    values = {"inputs": "never", "outputs": "random"}
    with pytest.raises(BenchError, match=message):
        run(doubler("icarus", fault), BENCH, values, folder=tmp_path, tests="all_payloads", timeout=60)


def test_stall_patterns_stall_as_often_as_they_say_and_repeat_for_a_seed():
    rates = {}
    for pattern in STALLS:
        first, again = (list(zip(range(4000), stalls(pattern, 5), strict=False)) for _ in range(2))
        assert first == again
        rates[pattern] = sum(s for _, s in first) / 4000
    assert rates["never"] == 0
    assert 0.45 < rates["random"] < 0.55
    assert 0.4 < rates["bursts"] < 0.6
    assert 0.87 < rates["mostly"] < 0.93
    with pytest.raises(ValueError, match="stalls: found 'often'; allowed is one of never, random, bursts, mostly"):
        stalls("often")


def test_a_checker_takes_fields_one_by_one_and_refuses_what_is_too_much():
    checker = InOrderChecker("port", [{"a": 1, "b": 2}])
    with pytest.raises(AssertionError, match="port: payload 0, b: expected 2, got 3"):
        checker.check({"a": 1, "b": 3})
    with pytest.raises(AssertionError, match="port: payload 0 is one more than expected"):
        checker.check({"a": 1, "b": 2})
