"""Counts and trains of spikes: the coding of the stimulus (contract, 2)."""

from amaranth.hdl import Value

from rtl.formats import PIXEL_BITS
from rtl.hdl import constant


def pixel_count(pixel: Value, steps: int) -> Value:
    """Spike count of a pixel, r_0 = (x T + 8) >> 4 (contract, 2)."""
    return ((pixel * steps + 8) >> 4)[: steps.bit_length()]


def pixel_train(pixel: Value, steps: int) -> Value:
    """Rate code of a pixel, as a `steps`-bit train."""
    return constant((rate_train(x, steps) for x in range(1 << PIXEL_BITS)), pixel)


def code_train(count: Value, steps: int) -> Value:
    """The train of a drawn count 0..T: the rate code of 16 c / T (docs/autoencoder.md, 5)."""
    return constant((rate_train(16 // steps * c, steps) for c in range(steps + 1)), count)


def rate_train(x: int, steps: int) -> int:
    """Rate code of x sixteenths: spike at t where (x(t+1) + 8) >> 4 > (xt + 8) >> 4, bit t of a `steps`-bit number."""
    return sum(int((x * (t + 1) + 8) >> 4 > (x * t + 8) >> 4) << t for t in range(steps))


def train_count(train: Value, steps: int) -> Value:
    """Spike count of a train, 0..steps."""
    return sum(train[t] for t in range(1, steps)) + train[0]
