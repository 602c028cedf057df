"""What the tags of exercises mean, for people."""

from typing import Final

_WORDS: Final = {
    "break": "Moves for a break",
    "calf": "Calf moves",
    "calm": "Calm moves",
    "extension": "Moves that arch your back",
    "flexion": "Moves that bend you forward",
    "function": "Moves of daily life",
    "gated": "Moves that wait for a calm leg",
    "hip": "Hip moves",
    "nerve": "Nerve glides",
    "nerve_load": "Stretches that pull on the nerve",
    "slider": "Nerve sliders",
    "standing": "Moves on your feet",
    "tensioner": "The nerve tensioner",
    "test": "Moves that test your leg",
    "trunk": "Moves for your middle",
}


def describe_tag(tag: str) -> str:
    """Which exercises carry this tag, in words; a tag that a clinic made up is its own word."""
    return _WORDS.get(tag, tag.replace("_", " ").capitalize())
