"""Data flows one way, `sw -> cosim -> rtl -> golden.config`, and no room of sw leads back to itself: by the imports."""

import ast
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHARED = {"golden.config", "golden.errors", "golden.records", "golden.samples"}
"""Of golden, what needs no torch: every room may read it."""


def imports(path: Path, typing: bool = False) -> set[str]:
    """Modules that a file imports anywhere in it, "package.module.name" for what it takes out of one.

    typing: whether to count what only a type checker reads.
    """
    found, nodes = set(), [ast.parse(path.read_text(encoding="utf-8"))]
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING") and not typing:
            nodes += node.orelse
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: a relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        nodes += ast.iter_child_nodes(node)
    return found


def files(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def within(name: str, packages: set[str]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


@pytest.mark.parametrize(
    "folder, forbidden, allowed",
    [
        ("golden", {"sw", "cosim", "rtl", "tests", "amaranth", "cocotb"}, set()),
        ("rtl", {"sw", "cosim", "tests", "torch", "cocotb", "golden"}, SHARED),
        ("rtl/interface", {"amaranth", "numpy"}, set()),
        ("cosim", {"sw", "tests", "golden"}, SHARED),
        ("cosim/host", {"amaranth", "cocotb", "cosim"}, {"cosim.host"}),
        ("sw", {"tests"}, set()),
        ("sw/driver", {"amaranth", "matplotlib", "rich", "sklearn", "typer"}, set()),
    ],
)
def test_a_room_imports_nothing_from_further_up(folder, forbidden, allowed):
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in files(folder)
        for name in imports(path)
        if within(name, forbidden) and not within(name, allowed)
    }
    assert files(folder) and not found, "\n".join(sorted(found))


def room(name: str) -> str | None:
    """The room of sw that a module is in; "sw" itself, where it is a file beside the rooms."""
    parts = name.split(".")
    if parts[0] != "sw":
        return None
    return parts[1] if len(parts) > 1 and (ROOT / "sw" / parts[1]).is_dir() else "sw"


def test_no_room_of_sw_leads_back_to_itself():
    needs: dict[str, dict[str, str]] = {}
    for path in files("sw"):
        own = room(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for name in imports(path):
            if room(name) not in (None, own):
                needs.setdefault(own, {}).setdefault(room(name), f"{path.relative_to(ROOT)}: {name}")
    assert len(needs) > 5
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        circle = error.args[1]
        steps = [needs[later][sooner] for sooner, later in pairwise(circle)]
        pytest.fail("a circle of rooms:\n" + "\n".join(steps))
