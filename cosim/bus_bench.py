"""Serves a register bus: takes commands from a socket, plays them in the simulator, sends the answers (see `sw.driver.sim`).

A command: kind (0 read, 1 write, 2 end), ascending, address, count, and the words of a write; an answer: refused, count of
good accesses, and the words read. Simulated time stands still while none is asked for.
"""

import socket
import struct
from typing import Any

import cocotb
import numpy as np
from cocotb.handle import Immediate
from cocotb.triggers import Timer, ValueChange

from cosim.bits import from_strings, numbers, to_strings
from cosim.bus_wrapper import BURST
from cosim.runner import parameters
from rtl.interface.registers import ADDRESS

COMMAND, ANSWER = struct.Struct("<BBHH"), struct.Struct("<BH")
READ, WRITE, END = range(3)
NAP = 32
"""Clocks that go by before STATUS is read: who reads it waits for something."""


def receive(connection: socket.socket, count: int) -> bytes:
    """Exactly `count` bytes; b"" at the other side's end."""
    found = b""
    while len(found) < count:
        part = connection.recv(count - len(found))
        if not part:
            return b""
        found += part
    return found


async def play(dut: Any, write: int, ascending: int, address: int, words: np.ndarray) -> bytes:
    """One command, the words of a write or as many of anything else; its answer."""
    values = {"write": write, "ascending": ascending, "address": address, "count": len(words)}
    values |= {"pause": NAP if address == ADDRESS["STATUS"] else 0}
    for name, value in values.items():
        getattr(dut, name).value = Immediate(value)
    if write:
        padded = np.zeros((1, BURST), np.int64)
        padded[0, : len(words)] = words
        dut.words.value = Immediate(to_strings(padded, 32)[0])
    dut.request.value = Immediate(int(str(dut.request.value), 2) + 1)
    await ValueChange(dut.wake)
    done, refused = int(str(dut.done.value), 2), int(str(dut.refused.value), 2)
    found = b""
    if not write and done:
        found = numbers(from_strings([str(dut.answers.value)[-32 * done :]])[0].reshape(-1, 32)).astype("<u4").tobytes()
    return ANSWER.pack(refused, done) + found


@cocotb.test()
async def serve(dut):
    """Ends when it is told to, or when nobody is there any more."""
    await Timer(1, unit="ns")  # at time 0 Icarus has not yet run the initialisers
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(parameters()["socket"])
        while head := receive(connection, COMMAND.size):
            kind, ascending, address, count = COMMAND.unpack(head)
            if kind == END:
                return
            body = receive(connection, 4 * count) if kind == WRITE else bytes(4 * count)
            connection.sendall(await play(dut, kind == WRITE, ascending, address, np.frombuffer(body, "<u4")))
