"""UartBoard: a core on a board with nothing but its serial line and up to three lights."""

from fractions import Fraction

from amaranth.hdl import ClockDomain, Elaboratable, Instance, Module, Signal
from amaranth.lib import io
from amaranth.lib.cdc import FFSynchronizer, ResetSynchronizer

from golden.config import Config
from rtl.boards.clock import Pll, filter_range, line_divisor, pll_settings
from rtl.bus.uart_core import UartCore
from rtl.hdl import signals

BOOT = 2047
"""Clocks until the core begins after the PLL has locked: an iCE40's block memories are not ready in the first 15 us."""


class UartBoard(Elaboratable):
    """`rtl.bus.uart_core.UartCore` with the pins of an amaranth platform: its uart 0, and of its leds 0 to 2 those it has.

    Args:
        family: "ecp5", "ice40", "gowin" or "xilinx". crystal: MHz of the platform's default clock. megahertz: asked for.
        baud: bits a second of the line.

    Members:
        pll: its settings. The clock that the core really gets is `pll.megahertz`.
        divisor: clocks a bit.

    Raises:
        ClockError: the PLL cannot make that clock, or the line is too fast for it.
    """

    def __init__(self, config: Config, family: str, crystal: Fraction, megahertz: Fraction, baud: int):
        self.config, self.family, self.baud = config, family, baud
        self.pll = pll_settings(family, crystal, megahertz)
        self.divisor = line_divisor(self.pll.megahertz, baud)

    def elaborate(self, platform):
        m = Module()
        m.domains.sync = domain = ClockDomain("sync")
        m.submodules.clock = clock = BoardClock(self.family, self.pll)
        m.domains.boot = boot = ClockDomain("boot", reset_less=True, local=True)
        m.d.comb += domain.clk.eq(clock.clk), boot.clk.eq(clock.clk)
        m.submodules.start = start = Start()
        m.d.comb += start.locked.eq(clock.locked)
        m.submodules.chip = chip = UartCore(self.config, self.divisor)
        uart = platform.request("uart", 0, dir="-")
        m.submodules.rx, m.submodules.tx = rx, tx = io.Buffer("i", uart.rx), io.Buffer("o", uart.tx)
        m.d.comb += [chip.rx.eq(rx.i), tx.o.eq(chip.tx)]
        for index, name in enumerate(("busy", "learning", "error")):
            if ("led", index) in platform.resources:
                m.submodules[name] = light = io.Buffer("o", platform.request("led", index, dir="-"))
                m.d.comb += light.o.eq(getattr(chip, name))
        return m


class Start(Elaboratable):
    """Keeps the domain `sync` in reset until its clock has been locked for `BOOT` clocks.

    Until then that clock may be of any shape, and would spoil any register that changes. The reset is there from the first
    moment on, and ends in the clock's own time: no register sees it end later than another. What counts the wait has only
    zeros to take until the lock, so that no edge can spoil it. A lock that is lost begins anew.

    Members:
        locked: whether the clock is stable, in no clock's time.

    The domain `boot` is of the same clock, without reset.
    """

    def __init__(self):
        self.locked = Signal()

    def elaborate(self, platform):
        m = Module()
        locked, begun, waited = signals(locked=1, begun=1, waited=range(BOOT + 1))
        m.submodules.locked = FFSynchronizer(self.locked, locked, o_domain="boot")
        m.d.boot += begun.eq(locked & (waited == BOOT))  # in a register: what begins a reset must not flicker
        with m.If(~locked):
            m.d.boot += waited.eq(0)
        with m.Elif(waited != BOOT):
            m.d.boot += waited.eq(waited + 1)
        m.submodules.reset = ResetSynchronizer(~begun, domain="sync")
        return m


class BoardClock(Elaboratable):
    """The platform's default clock through the family's PLL. The tools find by themselves what the PLL makes of it.

    Members:
        clk: the clock. locked: it is stable, in no clock's time.
    """

    def __init__(self, family: str, pll: Pll):
        self.family, self.pll = family, pll
        self.clk, self.locked = signals(clk=1, locked=1)

    def elaborate(self, platform):
        m = Module()
        pin = platform.request(platform.default_clk, dir="-")
        make = {"ecp5": self._ecp5, "ice40": self._ice40, "gowin": self._gowin, "xilinx": self._xilinx}[self.family]
        make(m, pin)
        return m

    def _ecp5(self, m, pin):
        m.submodules.pin = buffer = io.Buffer("i", pin)
        dividers = {"p_CLKI_DIV": self.pll.reference, "p_CLKFB_DIV": self.pll.feedback, "p_CLKOP_DIV": self.pll.output}
        phase = {"p_CLKOP_CPHASE": self.pll.output - 1, "p_CLKOP_FPHASE": 0, "p_CLKOP_ENABLE": "ENABLED"}
        off = {f"p_{name}_ENABLE": "DISABLED" for name in ("CLKOS", "CLKOS2", "CLKOS3")}
        low = {
            f"i_{name}": 0 for name in ("RST", "STDBY", "PHASESEL0", "PHASESEL1", "PHASEDIR", "PHASESTEP", "PHASELOADREG")
        }
        m.submodules.pll = Instance(
            "EHXPLLL",
            **dividers,
            **phase,
            **off,
            p_FEEDBK_PATH="CLKOP",
            p_OUTDIVIDER_MUXA="DIVA",
            i_CLKI=buffer.i,
            i_CLKFB=self.clk,
            i_PLLWAKESYNC=0,
            i_ENCLKOP=0,
            **low,
            o_CLKOP=self.clk,
            o_LOCK=self.locked,
        )

    def _ice40(self, m, pin):
        m.submodules.pll = Instance(
            "SB_PLL40_PAD",
            p_FEEDBACK_PATH="SIMPLE",
            p_DIVR=self.pll.reference - 1,
            p_DIVF=self.pll.feedback - 1,
            p_DIVQ=self.pll.output.bit_length() - 1,
            p_FILTER_RANGE=filter_range(self.pll.detector),
            i_PACKAGEPIN=pin.io,
            i_RESETB=1,
            i_BYPASS=0,
            o_PLLOUTGLOBAL=self.clk,
            o_LOCK=self.locked,
        )

    def _gowin(self, m, pin):
        m.submodules.pin = buffer = io.Buffer("i", pin)
        fixed = {f"p_DYN_{name}_SEL": "false" for name in ("IDIV", "FBDIV", "ODIV")}
        paths = {"p_CLKFB_SEL": "internal", "p_CLKOUT_BYPASS": "false"}
        m.submodules.pll = Instance(
            "rPLL",
            p_DEVICE="GW2AR-18C",
            p_FCLKIN=f"{float(self.pll.crystal):g}",
            p_IDIV_SEL=self.pll.reference - 1,
            p_FBDIV_SEL=self.pll.feedback - 1,
            p_ODIV_SEL=self.pll.output,
            **fixed,
            **paths,
            i_CLKIN=buffer.i,
            i_CLKFB=0,
            i_RESET=0,
            i_RESET_P=0,
            **{f"i_{name}": 0 for name in ("FBDSEL", "IDSEL", "ODSEL", "PSDA", "DUTYDA", "FDLY")},
            o_CLKOUT=self.clk,
            o_LOCK=self.locked,
        )

    def _xilinx(self, m, pin):
        m.submodules.pin = buffer = io.Buffer("i", pin)
        feedback, fast = signals(feedback=1, fast=1)
        m.submodules.pll = Instance(
            "MMCME2_BASE",
            p_CLKIN1_PERIOD=float(1000 / self.pll.crystal),
            p_DIVCLK_DIVIDE=self.pll.reference,
            p_CLKFBOUT_MULT_F=float(self.pll.feedback),
            p_CLKOUT0_DIVIDE_F=float(self.pll.output),
            i_CLKIN1=buffer.i,
            i_CLKFBIN=feedback,
            i_RST=0,
            i_PWRDWN=0,
            o_CLKFBOUT=feedback,
            o_CLKOUT0=fast,
            o_LOCKED=self.locked,
        )
        m.submodules.buffer = Instance("BUFG", i_I=fast, o_O=self.clk)
