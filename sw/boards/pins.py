"""Platforms with the pins of boards that amaranth-boards has not, or of which it lacks the serial line or the lights."""

from amaranth.build import Attrs, Clock, Pins, Resource
from amaranth.vendor import GowinPlatform, LatticeECP5Platform
from amaranth_boards.orangecrab_r0_2 import OrangeCrabR0_2_25FPlatform
from amaranth_boards.resources import LEDResources, UARTResource

CMOS = Attrs(IO_TYPE="LVCMOS33")


class ColorlightI5(LatticeECP5Platform):
    """Colorlight i5 v7.0 in its extension board, whose debugger has the serial line (wuxx/Colorlight-FPGA-Projects)."""

    device, package, speed = "LFE5U-25F", "BG381", "6"
    default_clk = "clk25"
    resources = [
        Resource("clk25", 0, Pins("P3", dir="i"), Clock(25e6), CMOS),
        *LEDResources(pins="U16", invert=True, attrs=CMOS),
        UARTResource(0, rx="H18", tx="J17", attrs=CMOS),
    ]
    connectors = []


class ColorlightI9(LatticeECP5Platform):
    """Colorlight i9 v7.2 in the same extension board (the same source)."""

    device, package, speed = "LFE5U-45F", "BG381", "6"
    default_clk = "clk25"
    resources = [
        Resource("clk25", 0, Pins("P3", dir="i"), Clock(25e6), CMOS),
        *LEDResources(pins="L2", invert=True, attrs=CMOS),
        UARTResource(0, rx="H18", tx="J17", attrs=CMOS),
    ]
    connectors = []


class OrangeCrab(OrangeCrabR0_2_25FPlatform):
    """OrangeCrab r0.2: serial line at the Feather's pins RX and TX, and the colours of its light, red, green, blue."""

    resources = [
        *OrangeCrabR0_2_25FPlatform.resources,
        *LEDResources(pins="K4 M3 J3", invert=True, attrs=CMOS),
        UARTResource(0, rx="0", tx="1", conn=("io", 0), attrs=CMOS),
    ]


class TangNano20k(GowinPlatform):
    """Tang Nano 20K, whose debugger has the serial line (Sipeed's schematic, as litex-boards has it)."""

    part, family = "GW2AR-LV18QN88C8/I7", "GW2AR-18C"
    default_clk = "clk27"
    resources = [
        Resource("clk27", 0, Pins("4", dir="i"), Clock(27e6), CMOS),
        *LEDResources(pins="15 16 17", invert=True, attrs=CMOS),
        UARTResource(0, rx="70", tx="69", attrs=CMOS),
    ]
    connectors = []
