"""An AxiCore in a cocotb test: registers by name, memories through the window, packets by the streams."""

import logging
from collections.abc import Iterable
from typing import Any

import cocotb
import numpy as np
from cocotb.clock import Clock
from cocotb.triggers import RisingEdge
from cocotbext.axi import AxiLiteBus, AxiLiteMaster, AxiResp, AxiStreamBus, AxiStreamSink, AxiStreamSource

from cosim.benches.drivers import stalls
from cosim.host.memory_map import MemoryMap
from golden.config import Config
from rtl.interface.packets import result_words
from rtl.interface.registers import ADDRESS, STATUS, registers

PATIENCE = 20_000
"""Clocks that anything awaited may take."""
_HELD = {
    "m_axis_tvalid": ("m_axis_tready", "m_axis_tdata", "m_axis_tlast"),
    "s_axi_ctrl_bvalid": ("s_axi_ctrl_bready", "s_axi_ctrl_bresp"),
    "s_axi_ctrl_rvalid": ("s_axi_ctrl_rready", "s_axi_ctrl_rdata", "s_axi_ctrl_rresp"),
}
"""What has to stay while it waits, by the valid that comes with it."""


class AccessError(RuntimeError):
    """The core answered SLVERR."""


class AxiChip:
    """Made by `await AxiChip.open(dut, config)`: the clock runs, and the core is out of reset.

    Members:
        address: registers by name. regions: memories by name.
    """

    def __init__(self, dut: Any, config: Config):
        logging.getLogger(f"cocotb.{dut._name}").setLevel(logging.WARNING)
        self.dut, self.config = dut, config
        self._pauses, self._waiting, self._running = [], {}, False
        self.address = ADDRESS | {register.name: register.address for register in registers(config)}
        self.regions = MemoryMap(config).regions
        port = {"clock": dut.aclk, "reset": dut.aresetn, "reset_active_level": False}
        self.lite = AxiLiteMaster(AxiLiteBus.from_prefix(dut, "s_axi_ctrl"), **port)
        self.source = AxiStreamSource(AxiStreamBus.from_prefix(dut, "s_axis"), **port)
        self.sink = AxiStreamSink(AxiStreamBus.from_prefix(dut, "m_axis"), **port)

    @classmethod
    async def open(cls, dut: Any, config: Config) -> "AxiChip":
        dut.aresetn.value = 0
        Clock(dut.aclk, 10, unit="ns").start()
        chip = cls(dut, config)
        await chip.reset()
        cocotb.start_soon(chip._each_clock())
        return chip

    async def reset(self, clocks: int = 3) -> None:
        """Resets core and bus masters; what was queued is given up, the memories stay."""
        self._running, self._waiting = False, {}
        self.dut.aresetn.value = 0
        await self.clocks(clocks)
        self.source.clear()
        self.sink.clear()
        self._running = True
        self.dut.aresetn.value = 1
        await self.clocks(2)

    async def clocks(self, count: int) -> None:
        for _ in range(count):
            await RisingEdge(self.dut.aclk)

    def stall(self, producer: str, consumer: str, seed: int = 0) -> None:
        """Patterns of `cosim.benches.drivers.STALLS` for all channels that the core listens to, and all it speaks on."""
        lite = self.lite
        givers = (self.source, lite.write_if.aw_channel, lite.write_if.w_channel, lite.read_if.ar_channel)
        takers = (self.sink, lite.write_if.b_channel, lite.read_if.r_channel)
        self._pauses = [
            (channel, stalls(producer if channel in givers else consumer, seed + number))
            for number, channel in enumerate(givers + takers)
        ]

    async def read(self, register: str | int) -> int:
        """A register by name, or a byte address. Raises AccessError."""
        response = await self.lite.read(self.address.get(register, register), 4)
        if response.resp != AxiResp.OKAY:
            raise AccessError(f"read of {register}: {response.resp!r}")
        return int.from_bytes(response.data, "little")

    async def write(self, register: str | int, value: int) -> None:
        """As `read`; value: of either sign."""
        data = (int(value) & 0xFFFFFFFF).to_bytes(4, "little")
        response = await self.lite.write(self.address.get(register, register), data)
        if response.resp != AxiResp.OKAY:
            raise AccessError(f"write of {register}: {response.resp!r}")

    async def status(self, bit: str) -> bool:
        """A bit of STATUS by name."""
        return bool(await self.read("STATUS") >> list(STATUS).index(bit) & 1)

    async def until(self, bit: str) -> None:
        """Waits for a bit of STATUS; AssertionError where it does not come."""
        for _ in range(PATIENCE // 10):
            if await self.status(bit):
                return
        raise AssertionError(f"STATUS: {bit} does not come")

    async def load(self, state: dict[str, np.ndarray]) -> None:
        """Writes memories by name."""
        for name, array in state.items():
            for address, value in self._runs(name, np.asarray(array).reshape(-1)):
                if address is not None:
                    await self.write("WINDOW_ADDRESS", address)
                await self.write("WINDOW_DATA", value)

    async def save(self, names: Iterable[str]) -> dict[str, np.ndarray]:
        """Memories by name."""
        found = {}
        for name in names:
            region, values = self.regions[name], []
            for address, _ in self._runs(name, np.zeros(self.regions[name].addresses.size)):
                if address is not None:
                    await self.write("WINDOW_ADDRESS", address)
                values.append(await self.read("WINDOW_DATA"))
            array = np.array(values, np.int64)
            if region.signed:
                array -= (array >> 31) << 32
            found[name] = array.reshape(region.shape)
        return found

    def send(self, *packets: Iterable[int]) -> None:
        """Queues packets of words for the input stream."""
        for packet in packets:
            self.source.send_nowait(np.asarray(packet, "<u4").tobytes())

    async def taken(self) -> None:
        """Waits until the core has taken every packet sent; AssertionError where it takes none."""
        left = patience = None
        while not self.source.idle():
            waiting = self.source.count()
            left, patience = waiting, (PATIENCE if waiting != left else patience - 1)
            assert patience, f"packets: {waiting} wait, none was taken for {PATIENCE} clocks"
            await RisingEdge(self.dut.aclk)

    async def gathered(self, count: int) -> None:
        """Waits until the results of `count` samples lie in the sink; AssertionError where they do not come."""
        for _ in range(PATIENCE):
            if self.sink.count() >= count:
                return
            await RisingEdge(self.dut.aclk)
        raise AssertionError(f"results: {self.sink.count()} of {count} after {PATIENCE} clocks")

    async def results(self, count: int) -> np.ndarray:
        """The next packets of the output stream, (count, result_words); AssertionError at one of another length."""
        await self.gathered(count)
        packets = [np.frombuffer(bytes(self.sink.recv_nowait().tdata), "<u4") for _ in range(count)]
        for number, packet in enumerate(packets):
            assert len(packet) == result_words(self.config), f"result {number}: found {len(packet)} words"
        return np.array(packets)

    def _runs(self, name: str, values: np.ndarray):
        """(address or None where it follows by itself, value) in the order of a region's values."""
        last = None
        for address, value in zip(self.regions[name].addresses.reshape(-1).tolist(), values.tolist(), strict=True):
            yield (address if last is None or address != last + 1 else None), value
            last = address

    async def _each_clock(self) -> None:
        """Stalls the channels, and sees to it that the core keeps what it offers."""
        ports = [(name, getattr(self.dut, name), [getattr(self.dut, port) for port in held]) for name, held in _HELD.items()]
        while True:
            await RisingEdge(self.dut.aclk)
            for channel, pause in self._pauses:
                channel.pause = next(pause)
            for name, valid, (ready, *payload) in ports if self._running else ():
                now = [str(port.value) for port in payload] if str(valid.value) == "1" else None
                waiting = self._waiting.get(name)
                assert waiting is None or now == waiting, f"{name}: from {waiting} to {now} before it was taken"
                self._waiting[name] = None if now is None or str(ready.value) == "1" else now
