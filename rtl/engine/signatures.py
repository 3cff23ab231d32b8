"""What goes between an engine's blocks both ways, a port each, as its sender sees it (docs/hardware.md)."""

from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from rtl.engine import layouts
from rtl.engine.formats import EngineFormat
from rtl.engine.layouts import sent


def claim_signature() -> wiring.Signature:
    """A sample for a source begins only where there is `room`, with a pulse of `claim`: one of its two lists is free."""
    return wiring.Signature({"room": In(1), "claim": Out(1)})


def link_signature(f: EngineFormat) -> wiring.Signature:
    """Spikes for a source, and its list. Of `words` the source means nothing: a link is one of the receiver's."""
    return wiring.Signature({"words": Out(stream.Signature(layouts.spikes_layout(f))), "list": Out(claim_signature())})


def listing_signature(f: EngineFormat) -> wiring.Signature:
    """Samples that are listed.

    listed: a bit a source: one is there to be walked. source -> job, front, back: of the oldest one of that source, and the
    first address of its two lists, a clock later. taken: pulse: it is about to be walked, and the source's next one is meant
    from now on.
    """
    return wiring.Signature(
        {
            "listed": Out(len(f.sources)),
            "source": In(f.source_bits),
            "job": Out(layouts.job_layout(f)),
            "front": Out(f.list_bits),
            "back": Out(f.list_bits),
            "taken": In(1),
        }
    )


def lookup_signature(f: EngineFormat) -> wiring.Signature:
    """The record `at` a layer and a bank is `update` from the clock behind the pulse `look` on."""
    return wiring.Signature({"look": Out(1), "at": Out(layouts.record_place(f)), "update": In(layouts.update_layout)})


def sample_signature(f: EngineFormat) -> wiring.Signature:
    """Layer 0's next sample. free: it may take one. taken: pulse: it has one, whole, of that header."""
    return wiring.Signature({"free": In(1), "taken": Out(1), "header": Out(layouts.header_layout(f))})


def bottom_signature(f: EngineFormat, groups: int) -> wiring.Signature:
    """The stimulus to layer 0, which has so many groups. The sample's header is there with each word and with
    `taken`."""
    words = stream.Signature(layouts.bottom_layout(f, groups))
    return wiring.Signature({"words": Out(words), "sample": Out(sample_signature(f))})


def codes_signature() -> wiring.Signature:
    """The codes of all concepts, one after another. start: pulse, not before the last ones are
    done; done: pulse: the last one is out."""
    return wiring.Signature({"start": Out(1), "done": In(1)})


def learner_signature(f: EngineFormat) -> wiring.Signature:
    """What the schedule asks the learner for, and hears of it.

    concept: k is about to be recalled at a layer none of whose samples is to be taught; made: pulse: the errors, where
    `relearn`, and the record are written. normed: k has its templates and their norm there. taught: a sample's errors and
    its record are written, its sums are done.
    """
    return wiring.Signature(
        {
            "concept": Out(stream.Signature(layouts.offered_layout(f))),
            "made": In(1),
            "normed": In(sent(layouts.concept_layout(f))),
            "taught": In(sent(layouts.taught_layout(f))),
        }
    )
