"""The core as one Verilog file, with its parameters in front."""

import re

from golden.config import Config


def core_verilog(config: Config, name: str = "core", asserted: bool = False) -> str:
    """The text of module `name`: a comment with the configuration and the streams, then the design.

    asserted: with the assertions that end a simulation (docs/proofs.md); not for hardware.
    """
    from cosim import elaborate  # Amaranth takes its time to import

    return header(config, name) + without_initial_wires(elaborate.core_verilog(config, name=name, asserted=asserted))


_INITIAL_WIRE = re.compile(r"^ *\(\* init = [^\n]*\n(?= *(?:\(\*[^\n]*\n *)*(?:input |output )?wire )", re.MULTILINE)


def without_initial_wires(text: str) -> str:
    """Yosys' Verilog without what it says of a wire's beginning: whoever drives it says so too, and Icarus Verilog warns of
    those of more than 63 bits."""
    return _INITIAL_WIRE.sub("", text)


def header(config: Config, name: str, axi: bool = False) -> str:
    """What the file's reader needs to know, as Verilog comments; axi: of a core behind AXI ports."""
    lines = [
        f"{name}: a BiSpike core, which {_DOES[config.task]}",
        "Generated; do not edit. SPDX-License-Identifier: Apache-2.0",
        "",
        *(_AXI if axi else _streams(config)),
        "",
        "Configuration:",
        *(
            f"  {line}"
            for line in config.to_toml().replace("[\n    ", "[").replace(",\n    ", ", ").replace(",\n]", "]").splitlines()
        ),
    ]
    return "".join(f"// {line}".rstrip() + "\n" for line in lines) + "\n"


def _streams(config: Config) -> list[str]:
    if config.task == "autoencoder":
        sample, label = f"{config.beat} pixels of 4 bits, or with recall counts of a code", "learn, recall"
        result = "recalled counts, code, squared error, counters of each layer"
    else:
        sample = f"{config.beat} pixels of 4 bits"
        label = "label, learn, recall" + ", last: it ends a sequence" * config.recurrent
        result = "prediction, summed voltages of the concepts, counters of each layer"
    return [
        "Streams are valid/ready, one clock, reset synchronous and active high. Results are the same under any stalls.",
        f"  i       a sample: {config.beats} beats of {sample}, the first lowest; {label}",
        f"  o       a result a sample: {result}",
        "  host_i  a read or write of any memory or register, while idle; host_o (valid alone) its answer",
    ]


_DOES = {
    "recognition": "learns on chip by Bidirectional Spike-based Distillation (arXiv 2509.20284).",
    "autoencoder": "learns on chip to recall samples from its own code of them (docs/autoencoder.md).",
    "sequence": "learns on chip to foretell what comes next in a sequence (docs/sequences.md).",
}
_AXI = [
    "One clock, aclk; aresetn is synchronous and active low. Registers and packets: docs/registers.md.",
    "  s_axi_ctrl  AXI4-Lite: settings, status, counters, and a window on every memory",
    "  s_axis      AXI4-Stream: packets of samples, while ROUTE is 0",
    "  m_axis      AXI4-Stream: packets of results",
]
