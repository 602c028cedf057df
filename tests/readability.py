"""How hard a text is to read, by the Flesch-Kincaid grade (the school year in which it can be read)."""

import re
from collections.abc import Collection

_WORD = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?|[0-9]+")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”’)]*\s+")
_SUFFIX = re.compile(r"(?<=e)(?:ly|ful|less|ness|ment|ments)$")
# The e of "used", "games" and "late" is not heard. That of "-ted" and "-ded", of "-ces" and "-ches", and of
# "-tle", "-tled" and "-tles" is; so is a vowel before it, as in "worried", "value" and "degrees".
_SILENT_ENDING = re.compile(
    r"(?:(?<![bcdfgkpstz])led|[^aeiouytdl]ed|(?<![bcdfgkpstz])les|[^aeiouycghlsxz]es|thes"
    r"|(?<=[gq]u)e|(?<![aeiouy])(?<![bcdfgkpstz]l)e)$"
)
# "something" and "safety" keep the silent e of their first half
_SILENT_INSIDE = re.compile(r"^(?:some|every|safe|side|home|life)(?=[bfhlmtw])")
# two vowels that are said apart: "medium", "create", "trial", "doing", "quiet", "usual", "easier", "player"
_SAID_APART = re.compile(
    r"(?<![ct])ia|[ct]ia(?![ln])|io(?!n|ur|us)|(?<![ctgx])ious|iu|area|idea|creat|ience|(?<![ct])ient|uie|eos?$"
    r"|(?<![qg])ua(?=[lrt])|[aeiouy][^aeiouy]+ie(?=r|st)|[aeo]y(?=[aio]|er)|[eoy]ing"
)
# the second half of "spasm" and "rhythm" has no vowel of its own
_VOICED_ENDING = re.compile(r"[aiy](?:sm|thm)s?$")


def sentences(text: str) -> list[str]:
    """The sentences of a text; a text without a full stop is one sentence."""
    return [sentence for sentence in _SENTENCE_END.split(text.strip()) if _WORD.search(sentence)]


def words(text: str) -> list[str]:
    """The words of a text: "one-leg" is two, a number is one."""
    return _WORD.findall(text)


def syllables(word: str) -> int:
    """Syllables by groups of vowels; a number counts as one, as common counters have it."""
    word = re.sub("['’]s$", "", word.lower())
    suffix = _SUFFIX.search(word) is not None
    stem = _SUFFIX.sub("", word)
    heard = len(re.findall(r"[aeiouy]+", stem)) + suffix
    heard += len(_SAID_APART.findall(stem)) + len(_VOICED_ENDING.findall(stem))
    if len(stem) > 2:
        heard -= len(_SILENT_ENDING.findall(stem)) + len(_SILENT_INSIDE.findall(stem))
    return max(heard, 1)


def grade(text: str, known: Collection[str] = ()) -> float:
    """Flesch-Kincaid grade: 0.39 words a sentence + 11.8 syllables a word - 15.59.

    A word that is among `known`, in small letters, counts one syllable.
    """
    found = words(text)
    words_a_sentence = len(found) / len(sentences(text))
    syllables_a_word = sum(1 if word.lower() in known else syllables(word) for word in found) / len(found)
    return 0.39 * words_a_sentence + 11.8 * syllables_a_word - 15.59
