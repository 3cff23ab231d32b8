"""The assembler of the folded engine's program."""

from dataclasses import dataclass, field

from rtl.folded.microcode import Jump, Mode, Source, Total

TOTALS = {
    "x": Total.X,
    "+x": Total.ADD_X,
    "-x": Total.LESS_X,
    "ab": Total.AB,
    "+ab": Total.ADD_AB,
    "-ab": Total.LESS_AB,
    "x+ab": Total.X_ADD_AB,
    "x-ab": Total.X_LESS_AB,
    "half": Total.HALVE,
    "halves": Total.HALVE_COUNTED,
    "hash": Total.HASH,
    "^x": Total.XOR,
    "&x": Total.AND,
}
PRODUCTS = {name for name in TOTALS if "ab" in name}
JUMPS = {"go": Jump.GO, "call": Jump.CALL, "by_layer": Jump.BY_LAYER, "by_memory": Jump.BY_MEMORY}


@dataclass
class Program:
    """A list of instructions, each a dict of the fields that are not 0, and the labels among them."""

    lines: list[dict] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)

    def label(self, name: str) -> None:
        """The next instruction's name."""
        if name in self.labels:
            raise ValueError(f"label: found {name!r} twice")
        self.labels[name] = len(self.lines)

    def table(self, name: str, targets: list[str]) -> None:
        """Jumps to labels, for a jump by 4 bits of the host's address."""
        while len(self.lines) % len(targets):
            self.lines.append({})
        self.label(name)
        for target in targets:
            self.op(go=target)

    def op(
        self,
        total: str = "",
        *,
        fetch: tuple | int | None = None,
        keep: tuple | int | None = None,
        waits: bool = False,
        **fields,
    ) -> None:
        """One instruction, and one that waits before it where it needs a product whose factors have only just come.

        Args:
            total: what total becomes, see `TOTALS`. The operand x is 0 where neither `x` nor `value` is given.
            fetch, keep: scratch address to read, or to write `result` to: a number, or (number, Mode).
            waits: the caller has seen to its product.
            fields: of the instruction; `go`, `call`: jump to a label; `back`: return; `unless`: as `when`, inverted.
        """
        if total in PRODUCTS and not waits and self.lines and self.lines[-1].keys() & {"left", "right"}:
            self.lines.append({})  # a product comes a clock after its factors
        line = {"total": TOTALS[total]} if total else {}
        if "x" in total and "value" not in fields and "x" not in fields:
            line["x"] = Source.NOTHING
        place = fetch if fetch is not None else keep
        if place is not None:
            if fetch is not None and keep is not None:
                raise ValueError(f"scratch: found {fetch} to read and {keep} to write; allowed is one of them")
            line["address"], line["mode"] = place if isinstance(place, tuple) else (place, Mode.PLAIN)
            line["fetch"], line["keep"] = int(fetch is not None), int(keep is not None)
        for name in JUMPS.keys() & fields.keys():
            if "value" in fields:
                raise ValueError(f"value: found {fields['value']} in a jump to {fields[name]!r}; allowed is one of them")
            fields["value"], line["jump"] = fields.pop(name), JUMPS[name]
        if fields.pop("back", False):
            line["jump"] = Jump.RETURN
        if "unless" in fields:
            line["when"], line["otherwise"] = fields.pop("unless"), 1
        self.lines.append(line | fields)

    def stay(self, total: str = "", **fields) -> str:
        """An instruction that repeats itself, unless, or until, its condition holds. Returns its label."""
        here = f"stay {len(self.lines)}"
        self.label(here)
        self.op(total, waits=True, go=here, **fields)
        return here

    def finish(self) -> list[dict]:
        """All instructions, with numbers for labels. Raises ValueError where one is missing."""
        for line in self.lines:
            if isinstance(line.get("value"), str):
                if line["value"] not in self.labels:
                    raise ValueError(f"label: found no {line['value']!r}")
                line["value"] = self.labels[line["value"]]
        return self.lines
