"""What the host reaches of a layer: every memory of its blocks, and the two counters of the block."""

from amaranth.hdl import Module, Signal

from rtl.layer_host import Window, connect


def connect_memories(m: Module, layer):
    """Wires the memories of an elaborated `rtl.layer.Layer` to its host port."""
    f, word = layer.form, Signal.like(layer.host.data)
    m.d.sync += word.eq(layer.host.data)
    windows, ports, index = [], [], Signal.like(layer.host.index)
    m.d.sync += index.eq(layer.host.index)
    if f.planes:
        synapses = layer.synapses
        ports.append((synapses.host_address, f.lanes))
        m.d.comb += synapses.host_data.eq(word)
        for side, memory in (("basal", "weights"), ("apical", "theta")):
            if side in layer.rows:
                select, write, read = (getattr(synapses, f"host_{name}_{side}") for name in ("select", "write", "read"))
                windows.append(Window(memory, f.lanes, select, write, read, signed=True))
    if "apical" in layer.rows:
        rows = layer.rows["apical"]
        ports.append((rows.host_address, f.lanes_apical))
        m.d.comb += rows.host_data.eq(word)
        windows.append(Window("apical", f.lanes_apical, rows.host_select, rows.host_write, rows.host_read))
    if f.learn and not layer.top:
        concepts, plasticity, coefficients = layer.concepts, layer.plasticity, layer.coefficients
        norm_written = Signal()
        ports += [(concepts.host_address, f.lanes), (plasticity.host_address_e, f.lanes), (plasticity.host_address_s, 1)]
        m.d.comb += concepts.host_data.eq(word), plasticity.host_data.eq(word)
        m.d.comb += coefficients.norm_host_k.eq(index)
        with m.If(norm_written):
            m.d.comb += coefficients.norm_write_en.eq(1), coefficients.norm_write_k.eq(index)
            m.d.comb += coefficients.norm_write_data.eq(word)
        windows += [
            *(
                Window(name, f.lanes, *(getattr(concepts, f"host_{port}_{name}") for port in ("select", "write", "read")))
                for name in ("counts", "flags")
            ),
            Window("sums", f.lanes, plasticity.host_select_e, plasticity.host_write_e, plasticity.host_read_e, signed=True),
            Window("scalar_sums", 1, plasticity.host_select_s, plasticity.host_write_s, plasticity.host_read_s, signed=True),
            Window("norms", 1, None, norm_written, coefficients.norm_host_data),
        ]
    if f.learn:
        for name in ("samples", "position"):
            register, written = getattr(layer, name), Signal(name=f"host_write_{name}")
            with m.If(written):
                m.d.sync += register.eq(word)
            windows.append(Window(name, 1, None, written, register))
    connect(m, layer.host, windows, ports)
