"""A report as nextpnr writes it."""

from sw.boards.nextpnr import USED


def report(*pieces, clock="$glbnet$sync.clk", megahertz=87.5):
    """One clock whose longest path is made of (kind, from, to, ns)."""
    path = [{"type": kind, "from": {"cell": a}, "to": {"cell": b}, "delay": delay} for kind, a, b, delay in pieces]
    paths = [{"from": "async", "to": f"posedge {clock}", "path": []}, {"from": f"posedge {clock}", "to": f"posedge {clock}"}]
    paths[1]["path"] = path
    used = {name: {"used": 7, "available": 9} for names in USED.values() for name in names.values()}
    return {"fmax": {clock: {"achieved": megahertz, "constraint": 100}}, "utilization": used, "critical_paths": paths}
