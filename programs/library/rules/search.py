"""Searching the library: by words, forgiving a typing error, and the same whatever the database."""

import re
import unicodedata
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from rapidfuzz.distance import OSA

Key = TypeVar("Key", bound=Hashable)

# What a match weighs by where it stands.
_NAME: Final = 8
_ABOUT: Final = 4
_KINDS: Final = 3
_DETAILS: Final = 1
# And by how near it is: the word itself, a word that begins so, with one typing error, with two.
_EXACT: Final = 12
_BEGINS: Final = 10
_TYPING_ERRORS: Final = {1: 7, 2: 5}
_BEGINS_WITH_ERROR: Final = 4
# A word of so many letters may have one typing error, or two; "hip" and "leg" are too near to too much.
_ONE_ERROR_FROM: Final = 4
_TWO_ERRORS_FROM: Final = 8
# A word that is not typed to its end may have an error too, if there is enough of it.
_UNFINISHED_FROM: Final = 5

# Each line: words that people use for the same thing, and British beside American.
_SAME: Final = (
    ("abdomen", "abs", "belly", "stomach", "tummy"),
    ("bike", "bicycle", "cycling"),
    ("bladder", "pee", "urine"),
    ("bottom", "bum", "buttock", "buttocks", "glute", "glutes"),
    ("calf", "calves"),
    ("color", "colour"),
    ("cobra", "pressup"),
    ("cold", "ice"),
    ("counter", "worktop"),
    ("cramp", "spasm"),
    ("floss", "flossing", "glide", "slider"),
    ("heat", "warm", "warmth"),
    ("jog", "jogging", "run", "running"),
    ("program", "programme"),
    ("raise", "lift"),
    ("sciatic", "sciatica"),
    ("shoe", "sneaker", "trainer"),
    ("stairs", "step"),
    ("strap", "towel"),
)
# They join words and are looked for only where nothing else is.
_SMALL_WORDS: Final = frozenset(
    {
        "a",
        "an",
        "and",
        "at",
        "by",
        "can",
        "do",
        "exercise",
        "exercises",
        "for",
        "from",
        "how",
        "i",
        "in",
        "is",
        "it",
        "move",
        "moves",
        "my",
        "of",
        "on",
        "or",
        "the",
        "to",
        "with",
        "your",
    }
)

# Beginnings of words for what must not wait: whoever looks for one is led to the warning signs first.
_WARNING_BEGINNINGS: Final = (
    *(
        "bladder",
        "bowel",
        "cancer",
        "chest",
        "clot",
        "dvt",
        "emergenc",
        "faint",
        "fever",
        "incontinen",
        "leak",
    ),
    *("numb", "paraly", "saddle", "shiver", "swell", "swollen", "urin", "weak"),
)
_WARNING_WORDS: Final = frozenset({"pee", "poo", "wee", "drag", "drags", "cold", "blue", "pale", "help"})

_MARKS: Final = re.compile(r"['’]")
# "press-up" is found as "press", as "up" and as "pressup"; "figure4" as "figure" and as "4".
_COMPOUND: Final = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_WORD: Final = re.compile(r"[^\W\d_]+|\d+")


@dataclass(frozen=True, slots=True)
class Entry(Generic[Key]):
    """One thing that can be found: its name weighs most, then what it is about, then the rest.

    `kinds` are what it counts among or is headed with, `details` what it says at length.
    """

    key: Key
    name: str
    about: str = ""
    kinds: Sequence[str] = ()
    details: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of an entry, each with its weight: those of the name, and all."""

    name: Mapping[str, int]
    all: Mapping[str, int]


def words_to_find(query: str) -> list[str]:
    """The words of a query that are looked for, each once; none in a query without letters and digits."""
    found = list(dict.fromkeys(_WORD.findall(_plain(query))))
    return [word for word in found if word not in _SMALL_WORDS] or found


def may_be_a_warning_sign(query: str) -> bool:
    """Whether somebody looks for what may be a warning sign, rather than for an exercise."""
    words = set(_WORD.findall(_plain(query)))
    return (
        bool(words & _WARNING_WORDS)
        or {"foot", "drop"} <= words
        or any(word.startswith(_WARNING_BEGINNINGS) for word in words)
    )


def search(query: str, entries: Iterable[Entry[Key]]) -> list[Key]:
    """The keys of the entries in which every word of the query is found, best first, equals by name.

    A word is found as it is, as the beginning of a word, or with a typing error (a letter too many, missing,
    wrong, or two swapped). Where it stands somewhere as typed, an error is forgiven in names alone: nobody
    who types "calf" looks for "calm".
    """
    wanted = words_to_find(query)
    if not wanted:
        return []
    indexed = [(entry, _words_of(entry)) for entry in entries]
    known = {word for _, words in indexed for word in words.all}
    matches = [_Matches(word, known) for word in wanted]
    found = []
    for entry, words in indexed:
        points = [match.points(words) for match in matches]
        if all(points):
            found.append((-sum(points), _plain(entry.name), str(entry.key), entry.key))
    return [key for *_, key in sorted(found, key=lambda each: each[:3])]


class _Matches:
    """The words that one word of a query may mean, each with how near it is."""

    def __init__(self, wanted: str, known: Iterable[str]) -> None:
        self.as_typed: dict[str, int] = {}
        self.with_errors: dict[str, int] = {}
        for typed in _forms(wanted):
            allowed = 2 if len(typed) >= _TWO_ERRORS_FROM else int(len(typed) >= _ONE_ERROR_FROM)
            for word in known:
                if word.startswith(typed):
                    near = _EXACT if word == wanted else _BEGINS
                    self.as_typed[word] = max(near, self.as_typed.get(word, 0))
                elif (errors := OSA.distance(typed, word, score_cutoff=allowed)) <= allowed:
                    near = _TYPING_ERRORS[errors]
                    self.with_errors[word] = max(near, self.with_errors.get(word, 0))
                elif len(typed) >= _UNFINISHED_FROM and OSA.distance(typed, word[: len(typed)]) == 1:
                    self.with_errors.setdefault(word, _BEGINS_WITH_ERROR)

    def points(self, words: _Words) -> int:
        return max(
            _best(self.as_typed, words.all),
            _best(self.with_errors, words.name if self.as_typed else words.all),
        )


def _best(near: Mapping[str, int], weights: Mapping[str, int]) -> int:
    return max((near[word] * weights[word] for word in near.keys() & weights.keys()), default=0)


def _words_of(entry: Entry[Key]) -> _Words:
    name = _weighed(_NAME, [entry.name])
    weights = _weighed(_DETAILS, entry.details)
    for weight, texts in ((_KINDS, entry.kinds), (_ABOUT, [entry.about])):
        weights |= _weighed(weight, texts)
    return _Words(name=name, all=weights | name)


def _weighed(weight: int, texts: Iterable[str]) -> dict[str, int]:
    """Every word with this weight; what only means the same weighs a little less."""
    said = {word for text in texts for word in _said_in(text)}
    meant = {same for word in said for same in _MEANT.get(word, ())}
    return dict.fromkeys(meant, weight * 3 // 4 or 1) | dict.fromkeys(said, weight)


def _said_in(text: str) -> set[str]:
    """The words of a text; joined ones together and apart, and one of many: "shoulder" for "shoulders"."""
    found = set()
    for compound in _COMPOUND.findall(_plain(text)):
        parts = _WORD.findall(compound)
        found |= {*parts, "".join(parts)}
    return found | {word[:-1] for word in found if len(word) > _ONE_ERROR_FROM and word.endswith("s")}


def _forms(word: str) -> list[str]:
    """A word, and without its ending the one it is made from: "stretching" is "stretch" too."""
    stems = (word.removesuffix(ending) for ending in ("ing", "es", "s"))
    return [word, *(stem for stem in stems if stem != word and len(stem) >= _ONE_ERROR_FROM)]


def _plain(text: str) -> str:
    """Small letters without accents."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    return _MARKS.sub("", "".join(letter for letter in apart if not unicodedata.combining(letter)))


_MEANT: Final = {word: [same for same in line if same != word] for line in _SAME for word in line}
