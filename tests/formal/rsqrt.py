"""`Rsqrt` for all N of 12 bits, against the root itself (docs/arithmetic.md, step 5)."""

from amaranth.hdl import Signal

from rtl.checks import holds
from rtl.rsqrt import Rsqrt
from tests.cosim.mutants import Mutant
from tests.formal.proof import Bench, Proof

BITS = 12


def rules(bench: Bench, block: Rsqrt) -> None:
    """t is 1024/sqrt(m + 1/2), rounded, where m = floor(16 N / 4^place), 17..63: both sides squared. Of 16 it is 255."""
    m = bench.m
    n, before = Signal(BITS), Signal(BITS)
    m.d.sync += n.eq(before), before.eq(block.n)
    some, t = n.any(), block.t
    above, mantissa = Signal(BITS), Signal(BITS + 4)
    m.d.comb += above.eq(n >> (block.place << 1)), mantissa.eq((n << 4) >> (block.place << 1))
    holds(m, "nothing of 0", some | ((t == 0) & (block.place == 0)))
    holds(m, "place is that of the highest digit of base 4", ~some | ((above >= 1) & (above <= 3)))
    odd = (mantissa << 1) + 1
    low, high = ((t << 1) - 1) * ((t << 1) - 1) * odd, ((t << 1) + 1) * ((t << 1) + 1) * odd
    holds(m, "t is the root, rounded", ~some | (mantissa == 16) | ((low <= 1 << 23) & (high > 1 << 23)))
    holds(m, "of a power of 4 it is exact but for 1", ~some | (mantissa != 16) | (t == 255))


PROOFS = (
    Proof(
        "rsqrt",
        "t and place of all N of 12 bits are those of 1/sqrt(N), rounded, two clocks later",
        lambda: Rsqrt(BITS),
        rules,
        depth=3,
        mutants=(
            Mutant("a digit too far", "rsqrt.py", "padded[2 * p : 2 * p + 6]", "padded[2 * p + 1 : 2 * p + 7]"),
            Mutant("no half", "rsqrt.py", "math.sqrt(m + 0.5)", "math.sqrt(m)"),
            Mutant("place of another N", "rsqrt.py", "self.place.eq(place)", "self.place.eq(self.places - 1 - place)"),
        ),
    ),
)
