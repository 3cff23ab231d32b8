"""No planted bug has lost its line: most of them are run by `make test-all` alone, which would say so too late."""

import importlib
from pathlib import Path

from tests.cosim.mutants import Mutant

ROOT = Path(__file__).parents[2]


def mutants(value: object, depth: int = 0):
    """All that a module's variable holds, in lists, in dictionaries and in proofs."""
    if isinstance(value, Mutant):
        yield value
    elif depth < 4:
        inner = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
        for part in (*inner, *getattr(value, "mutants", ())):
            yield from mutants(part, depth + 1)


def test_every_planted_bug_has_its_line():
    found = 0
    for path in sorted((ROOT / "tests").rglob("*.py")):
        if "Mutant(" not in path.read_text(encoding="utf-8") or path.name in ("mutants.py", Path(__file__).name):
            continue
        module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for mutant in mutants(list(vars(module).values())):
            mutant.source()  # names the mutant whose line is not there once
            found += 1
    assert found > 150
