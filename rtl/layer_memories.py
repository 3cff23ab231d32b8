"""What the host reaches of a layer: every memory of its blocks, and the two counters of the block."""

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.utils import ceil_log2

from rtl.layer_host import READ_LATENCY, SLOWEST, WRITE_AT, Window, connect, is_any
from rtl.synapses import HOST_READ, HOST_WRITE


def connect_memories(m: Module, layer):
    """Wires the memories of an elaborated `rtl.layer.Layer` to its host port."""
    f, word, host = layer.form, Signal.like(layer.host.data), layer.host
    # 0 while another layer is asked, or the synthesis would make one register of all layers', as they are the same.
    indices, windows = [Mux(host.select, host.index, 0)], []
    for clock in range(SLOWEST + 2):  # the windows' `select` comes with the second
        indices.append(Signal.like(host.index, name=f"index{clock}"))
        m.d.sync += indices[-1].eq(indices[-2])
    m.d.sync += word.eq(Mux(host.select, host.data, 0))

    def index(latency):
        """For a window whose word comes so many clocks after the address, as each block's `host_*` says."""
        return indices[2 + SLOWEST - latency]

    def group(latency):
        return index(latency) >> ceil_log2(f.lanes)

    if f.planes:
        assert WRITE_AT >= HOST_WRITE, "the host's lane comes before the word that it goes into"
        assert HOST_READ <= SLOWEST, "the weights come later than all look at them"
        assert WRITE_AT + 3 <= READ_LATENCY, "an access ends more than a clock before its word goes in"
        synapses, base = layer.synapses, Signal.like(layer.synapses.host_address)
        memories = tuple({"basal": "weights", "apical": "theta"}[side] for side in layer.rows)
        m.d.sync += base.eq(Mux(is_any(host.memory, ("theta",)), synapses.apical_base, 0))
        m.d.comb += synapses.host_data.eq(word), synapses.host_address.eq(group(HOST_READ) + base)
        select, write, read = synapses.host_select, synapses.host_write, synapses.host_read
        windows.append(Window(memories, f.lanes, select, write, read, signed=True))
    if "apical" in layer.rows:
        rows = layer.rows["apical"]
        m.d.comb += rows.host_data.eq(word), rows.host_address.eq(index(3) >> ceil_log2(f.lanes_apical))
        windows.append(Window(("apical",), f.lanes_apical, rows.host_select, rows.host_write, rows.host_read))
    if f.learn and not layer.top:
        concepts, plasticity, coefficients = layer.concepts, layer.plasticity, layer.coefficients
        norm_written, part_bits = Signal(), ceil_log2(f.update_rounds)
        m.d.comb += [
            concepts.host_address.eq(group(2)),
            concepts.host_data.eq(word),
            plasticity.host_address_e.eq(Cat(index(3)[:part_bits], group(3))),
            plasticity.host_address_s.eq(index(1)),
            plasticity.host_data.eq(word),
            coefficients.norm_host_k.eq(index(1)),
        ]
        with m.If(norm_written):
            m.d.comb += coefficients.norm_write_en.eq(1), coefficients.norm_write_k.eq(index(1))
            m.d.comb += coefficients.norm_write_data.eq(word)
        for name in ("counts", "flags"):
            ports = (getattr(concepts, f"host_{port}_{name}") for port in ("select", "write", "read"))
            windows.append(Window((name,), f.lanes, *ports))
        e, s = ([getattr(plasticity, f"host_{port}_{sums}") for port in ("select", "write", "read")] for sums in "es")
        windows += [
            Window(("sums",), f.update_units, *e, signed=True, lane_at=part_bits),
            Window(("scalar_sums",), 1, *s, signed=True),
            Window(("norms",), 1, None, norm_written, coefficients.norm_host_data),
        ]
    if f.learn:
        for name in ("samples", "position"):
            register, written = getattr(layer, name), Signal(name=f"host_write_{name}")
            with m.If(written):
                m.d.sync += register.eq(word)
            windows.append(Window((name,), 1, None, written, register))
    connect(m, host, index(0), windows)
