"""cocotb bench of `rtl.bus.axi.AxiCore`: what a host does, by AXI4-Lite and AXI4-Stream, against golden's results.

Parameters: `config`; `scenario`, a file: the state to begin with ("begin.W1" ...) and at the end ("end.W1" ...); `segments`,
rows (mode, samples); x, y, words: the samples one after another, and each one's packet of the result; probe_x, probe_words:
samples to name in the state at the end.
"""

import random
from collections import Counter
from pathlib import Path
from typing import Any

import cocotb
import numpy as np
from cocotbext.axi import AxiResp

from cosim.benches.axi_chip import AccessError, AxiChip
from cosim.benches.pins import PATTERNS
from cosim.compare import compare_state
from cosim.files import load_arrays
from cosim.host.packets import pack_samples
from cosim.host.state import with_copies
from cosim.runner import parameters
from golden.config import Config
from rtl.formats import LABEL_BITS, PIXEL_BITS
from rtl.interface.memory_map import settings_of
from rtl.interface.packets import HEADER_LABEL_BITS, LAST_BIT, NUMBER_AT, sample_words
from rtl.interface.registers import CONTROL, DATA_BITS, ERRORS, MODES, ROUTES, registers


async def opened(dut: Any) -> tuple[AxiChip, dict[str, np.ndarray]]:
    """The chip after a reset, and the scenario."""
    config = Config.from_dict(parameters()["config"])
    return await AxiChip.open(dut, config), load_arrays(Path(parameters()["scenario"]))


async def trained(dut: Any) -> tuple[AxiChip, dict[str, np.ndarray]]:
    """The chip that names samples as golden does at the end: its weights are loaded, whatever ran before, or nothing."""
    chip, scenario = await opened(dut)
    await chip.until("idle")
    networks = ("W", "Theta") if chip.config.task == "autoencoder" else ("W",)
    await chip.load({name: value for name, value in part(scenario, "end").items() if name.startswith(networks)})
    await chip.write("WINDOW_ADDRESS", 0)
    return chip, scenario


def part(scenario: dict[str, np.ndarray], name: str) -> dict[str, np.ndarray]:
    """The state `name` of a scenario."""
    return {key.removeprefix(f"{name}."): value for key, value in scenario.items() if key.startswith(f"{name}.")}


def bad_packets(packet: np.ndarray, config: Config, rng: random.Random) -> list[tuple[list[int], str]]:
    """Packets that are dropped, each with its error, made from a good one; an auto-encoder knows no bad label."""
    words = [int(word) for word in packet]
    more = [rng.getrandbits(32) for _ in range(rng.choice((1, 2, 40)))]
    found = [
        (words[:1], "short_packet"),
        (words[:-1], "short_packet"),
        (words + more, "long_packet"),
        (words + words, "long_packet"),
    ]
    if config.task == "autoencoder":
        return found
    return [
        *found,
        ([config.classes, *words[1:]], "label"),
        ([words[0] | 1 << rng.randrange(LABEL_BITS, HEADER_LABEL_BITS), *words[1:]], "label"),
    ]


def probes(config: Config, scenario: dict[str, np.ndarray]) -> np.ndarray:
    """Packets of samples that hang on none before them."""
    last = np.ones(len(scenario["probe_x"]), int) if config.recurrent else None
    return pack_samples(config, scenario["probe_x"], None, last)


def bits(*names: str) -> int:
    """Bits of ERRORS."""
    return sum(1 << list(ERRORS).index(name) for name in set(names))


async def refused(access: Any) -> None:
    """The access has to be answered SLVERR."""
    try:
        await access
    except AccessError:
        return
    raise AssertionError("an access was not refused")


async def errors_are(chip: AxiChip, *names: str) -> None:
    """ERRORS has these bits, and no others after they have been cleared; other bits written change nothing."""
    found, expected = await chip.read("ERRORS"), bits(*names)
    assert found == expected, f"ERRORS: expected {expected:08b}, got {found:08b}"
    await chip.write("ERRORS", ~expected)
    assert await chip.read("ERRORS") == expected, "ERRORS: cleared by a 0"
    await chip.write("ERRORS", expected)
    assert await chip.read("ERRORS") == 0, "ERRORS: not cleared by a 1"


async def same_memories(chip: AxiChip, state: dict[str, np.ndarray]) -> None:
    """All memories are those of a golden state, once nothing is pending."""
    await chip.write("finish", 1)
    await chip.until("idle")
    expected = with_copies(state, chip.config)
    assert compare_state(expected, await chip.save(expected), 0)


def same_words(expected: np.ndarray, got: np.ndarray) -> None:
    """Packets of results are equal, word by word."""
    assert expected.shape == got.shape, f"expected {expected.shape} packets and words, got {got.shape}"
    for sample, word in np.argwhere(expected != got)[:1]:
        raise AssertionError(f"sample {sample}, word {word}: expected {expected[sample, word]}, got {got[sample, word]}")


def numbered(words: np.ndarray, first: int) -> np.ndarray:
    """The packets as they are where the first of them is the result number `first` since the reset."""
    prediction = words[:, 0] & ((1 << NUMBER_AT) - 1)
    return np.column_stack([prediction | (first + np.arange(len(words))) << NUMBER_AT, words[:, 1:]])


def noisy(config: Config, packet: np.ndarray, mode: int, rng: random.Random) -> list[int]:
    """The packet with noise where no pixel of its sample is, or no count of its code, and in all that its header does not
    say."""
    draws = config.task == "autoencoder" and mode == MODES.index("recall")
    used, words = config.sizes[-1 if draws else 0] * PIXEL_BITS, [int(word) for word in packet]
    for number in range(1, len(words)):
        mine = min(DATA_BITS, max(0, used - DATA_BITS * (number - 1)))
        words[number] |= rng.getrandbits(DATA_BITS) >> mine << mine
    said = 0 if config.task == "autoencoder" else LAST_BIT + config.recurrent  # a label means nothing there
    words[0] = words[0] % (1 << said) | rng.getrandbits(DATA_BITS) >> said << said
    return words


async def ask(chip: AxiChip, asked: Counter) -> None:
    """A host that touches the core again and again, in its idle clocks and in others: it must not be disturbed by it.

    Registers are there to be read all the time.
    """
    written = chip.regions["W1"].addresses.flat[0]
    while True:
        await chip.write("WINDOW_ADDRESS", written)
        clocks, busy, seed = await chip.read("clocks"), not await chip.status("idle"), await chip.read("seed")
        passed = (await chip.read("clocks") - clocks) & 0xFFFFFFFF
        assert seed == chip.config.seed and 0 < passed < 4096, f"seed reads as {seed}, {passed} clocks have passed"
        asked["read"] += busy
        for access in (lambda: chip.read("WINDOW_DATA"), lambda: chip.write("seed", chip.config.seed)):
            try:
                await access()
                asked["answered"] += 1
            except AccessError:
                asked["refused"] += 1
            await chip.clocks(asked.total() % 17)


async def fill(chip: AxiChip, packet: np.ndarray, expected: np.ndarray) -> None:
    """Words of samples until there is no room; the one refused comes again later, and every sample has its result."""
    before, words, written = await chip.read("RESULTS"), [], 0
    for attempt in range(2):
        try:
            while not attempt or written % len(packet):
                word, last = packet[written % len(packet)], written % len(packet) == len(packet) - 1
                await chip.write("SAMPLE_LAST" if last else "SAMPLE", word)
                written += 1
                assert written < 500, "there is always room"
        except AccessError:
            await errors_are(chip, "no_room")
        while written // len(packet) > await chip.read("RESULTS") - before or await chip.status("result"):
            if await chip.status("result"):
                words.append(await chip.read("RESULT"))
    assert written > 3 * len(packet) and written % len(packet) == 0
    got = np.array(words).reshape(-1, len(expected))
    same_words(numbered(np.tile(expected, (written // len(packet), 1)), before), got)


@cocotb.test()
async def registers_are_the_maps(dut):
    chip, _ = await opened(dut)
    known = registers(chip.config)
    await chip.until("idle")
    for register in known:
        if register.name in ("clocks", "STATUS", "RESULT"):
            continue
        if register.name == "WINDOW_DATA":  # what is behind it is no register's: see `the_window_reads_and_writes_memory`
            continue
        found, expected = await chip.read(register.name), register.reset & 0xFFFFFFFF
        assert found == expected, f"{register.name}: expected {expected:#x}, got {found:#x}"
    for register in known[len(CONTROL) :]:
        if register.access == "wo":  # see `same_memories`
            assert await chip.read(register.name) == 0
            continue
        low = -(1 << (register.bits - 1)) if register.signed else 0
        for value in (low, low + (1 << register.bits) - 1):
            await chip.write(register.name, value)
            found = await chip.read(register.name)
            ticks = (found - value) & 0xFFFFFFFF
            assert ticks < 64 if register.name == "clocks" else ticks == 0, f"{register.name}: {value} reads as {found}"
    await errors_are(chip)
    mapped = {register.address for register in known}
    for address in [*random.Random(1).sample([a for a in range(0, 1 << 12, 4) if a not in mapped], 12), 0xFFC]:
        await refused(chip.read(address))
        await refused(chip.write(address, 1))
    await errors_are(chip, "unmapped")
    for register in known:
        if register.access == "ro":
            await refused(chip.write(register.name, 0xFFFFFFFF))
    await errors_are(chip, "read_only")
    assert await chip.read("IDENTITY") == 0x42535031
    assert await chip.read("SAMPLE") == 0 and await chip.read("SAMPLE_LAST") == 0
    response = await chip.lite.write(chip.address["MODE"], b"\x01")
    assert response.resp == AxiResp.SLVERR and await chip.read("MODE") == 0, "a write of one byte"
    await refused(chip.read(chip.address["MODE"] + 1))
    await errors_are(chip, "unmapped")
    await chip.write("WINDOW_ADDRESS", 0xFFFFFFFF)
    reads = [chip.lite.init_read(chip.address["WINDOW_ADDRESS"], 4) for _ in range(8)]
    writes = [chip.lite.init_write(chip.address["MODE"], bytes([number % 3, 0, 0, 0])) for number in range(8)]
    for event in reads + writes:  # both at once: none starves, and each gets its own answer
        await event.wait()
        assert event.data.resp == AxiResp.OKAY
    assert all(bytes(event.data.data) == b"\xff\xff\xff\xff" for event in reads)
    assert await chip.read("MODE") == 7 % 3


@cocotb.test()
async def the_window_reads_and_writes_memory(dut):
    """One value after another, each at its own address; the window's address is that of the next one."""
    chip, _ = await opened(dut)
    await chip.until("idle")
    addresses = sorted(chip.regions["W1"].addresses.reshape(-1).tolist())[:2]
    assert addresses[1] == addresses[0] + 1, "two values that follow each other"
    values = (5, -7)
    await chip.write("WINDOW_ADDRESS", addresses[0])
    for address, value in zip(addresses, values, strict=True):
        await chip.write("WINDOW_DATA", value)
        found = await chip.read("WINDOW_ADDRESS")
        assert found == address + 1, f"WINDOW_ADDRESS behind a write: expected {address + 1:#x}, got {found:#x}"
    await chip.write("WINDOW_ADDRESS", addresses[0])
    for address, value in zip(addresses, values, strict=True):
        found, expected = await chip.read("WINDOW_DATA"), value & 0xFFFFFFFF
        assert found == expected, f"WINDOW_DATA: expected {expected:#x}, got {found:#x}"
        found = await chip.read("WINDOW_ADDRESS")
        assert found == address + 1, f"WINDOW_ADDRESS behind a read: expected {address + 1:#x}, got {found:#x}"


@cocotb.test()
async def a_stream_of_packets_is_goldens(dut):
    """Learning, naming and recall with stalls everywhere, dropped packets between, and a host that keeps asking."""
    chip, scenario = await opened(dut)
    config, rng = chip.config, random.Random(2)
    await chip.until("idle")
    for name, value in settings_of(config).items():
        await chip.write(name, value)
    await chip.load(part(scenario, "begin"))
    packets, sent, dropped, asked = (
        pack_samples(config, scenario["x"], scenario["y"], scenario.get("last")),
        0,
        [],
        Counter(),
    )
    asking = cocotb.start_soon(ask(chip, asked))
    for number, (mode, count) in enumerate(scenario["segments"].tolist()):
        chip.stall(*PATTERNS[number % len(PATTERNS)], seed=number)
        await chip.write("MODE", mode)
        for packet in packets[sent : sent + count]:
            if rng.random() < 0.5:
                kinds = bad_packets(packet, config, rng)
                words, error = kinds[len(dropped) % len(kinds)]
                chip.send(words)
                dropped.append(error)
            chip.send(noisy(config, packet, mode, rng))
        sent += count
        await chip.taken()
        if number % 2:  # other segments' packets come on the heels of the ones before
            await chip.gathered(sent)
            await chip.clocks(400)  # quiet ones
    asking.cancel()
    same_words(scenario["words"], await chip.results(sent))
    chip.stall("never", "never")
    await chip.until("idle")
    await same_memories(chip, part(scenario, "end"))
    assert [await chip.read(name) for name in ("PACKETS", "DROPPED", "RESULTS")] == [sent, len(dropped), sent]
    kinds = {error for _, error in bad_packets(packets[0], config, rng)}
    assert set(dropped) == kinds and asked["answered"] and asked["refused"], (dropped, asked)
    assert asked["read"], "no register was read while samples ran"
    await errors_are(chip, *dropped, "busy")


@cocotb.test()
async def a_reset_in_mid_packet_leaves_nothing_behind(dut):
    """At any word of a packet, with samples inside, and then in the middle of a result."""
    chip, scenario = await trained(dut)
    packets, expected = probes(chip.config, scenario), scenario["probe_words"]
    for after in range(1, 3 * sample_words(chip.config) + 30, 2):
        chip.sink.pause = after % 4 == 1
        chip.send(*packets)
        await chip.clocks(after)
        await chip.reset()
        chip.sink.pause = False
        chip.send(packets[0])
        same_words(expected[:1], await chip.results(1))
        assert [await chip.read(name) for name in ("PACKETS", "DROPPED", "RESULTS", "ERRORS")] == [1, 0, 1, 0]
    chip.send(*packets)
    while not chip.sink.active:  # the first word of a result is out
        await chip.clocks(1)
    await chip.reset()
    chip.send(*packets)
    same_words(expected, await chip.results(len(packets)))


@cocotb.test()
async def samples_and_results_by_registers(dut):
    """ROUTE 1: no room, no result, what is busy refuses, and a bad packet leaves the next good one alone."""
    chip, scenario = await trained(dut)
    packets, expected = probes(chip.config, scenario), scenario["probe_words"]
    await refused(chip.write("SAMPLE", 1))
    await refused(chip.read("RESULT"))
    await errors_are(chip, "no_room", "no_result")
    await chip.write("ROUTE", ROUTES.index("register"))
    await refused(chip.read("RESULT"))
    await errors_are(chip, "no_result")
    got = []
    for number, packet in enumerate(packets):
        bad = bad_packets(packet, chip.config, random.Random(number))
        for words, error in [bad[number % len(bad)], (packet, "")]:
            for index, word in enumerate(words):
                await chip.until("room")
                await chip.write("SAMPLE_LAST" if index == len(words) - 1 else "SAMPLE", word)
            if error:
                await errors_are(chip, error)
        for _ in expected[number]:
            await chip.until("result")
            for name in ("WINDOW_DATA", "threshold"):
                await refused(chip.write(name, 0))
                if name == "threshold":
                    assert await chip.read(name) == chip.config.threshold
                else:
                    await refused(chip.read(name))
            got.append(await chip.read("RESULT"))
        await refused(chip.read("RESULT"))
        await errors_are(chip, "busy", "no_result")
    same_words(expected, np.array(got).reshape(expected.shape))
    await chip.until("idle")
    assert await chip.read("threshold") == chip.config.threshold, "a refused write was done"
    assert await chip.read("WINDOW_ADDRESS") == 0, "a refused access moved the window"
    await fill(chip, packets[0], expected[0])
    before, (first, *rest) = await chip.read("RESULTS"), packets[0]
    await chip.until("room")
    await chip.write("SAMPLE", first)
    await chip.write("ROUTE", ROUTES.index("stream"))
    chip.send(*packets[1:])  # they wait until the packet that has begun is whole
    for index, word in enumerate(rest):
        await chip.until("room")
        await chip.write("SAMPLE_LAST" if index == len(rest) - 1 else "SAMPLE", word)
    same_words(numbered(expected, before), await chip.results(len(packets)))
