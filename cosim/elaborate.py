"""A core's Verilog text."""

import gc

from cosim.job import Parts
from golden.config import Config


def core_verilog(config: Config, core: str = Parts.core, name: str = "core") -> str:
    """The core's Verilog text. core: "module:name" of the component."""
    from amaranth.back import verilog

    collecting = gc.isenabled()
    gc.disable()  # Amaranth makes millions of small objects that live on: looking at them costs a third of the time
    try:
        return verilog.convert(Parts.get(core)(config), name=name, emit_src=False, strip_internal_attrs=True)
    finally:
        if collecting:
            gc.enable()
