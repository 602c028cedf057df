"""How hard a text is to read, by the Flesch-Kincaid grade (the school year in which it can be read)."""

import re

_WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?|[0-9]+")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
# the e of "-ted" and "-ded" is heard, as is that of "-ces", "-ches", "-ies" and "-tle"
_SILENT_ENDING = re.compile(r"(?:[^td]ed|[^cghilsxz]es|thes|(?<![bcdfgkpstz]l)e)$")
_SUFFIX = re.compile(r"(?<=e)(?:ly|ful|less|ment|ments)$")
# two vowels that are said apart: "medium", "create", "trial", "doing", "quiet"
_SAID_APART = re.compile(r"ia|io(?!n)|iu|area|idea|creat|[eoy]ing|uie|ience")


def sentences(text: str) -> list[str]:
    """The sentences of a text; a text without a full stop is one sentence."""
    return [sentence for sentence in _SENTENCE_END.split(text.strip()) if _WORD.search(sentence)]


def words(text: str) -> list[str]:
    """The words of a text: "one-leg" is two, a number is one."""
    return _WORD.findall(text)


def syllables(word: str) -> int:
    """Syllables by groups of vowels; a number counts as one, as common counters have it."""
    word = word.lower().removesuffix("'s")
    suffix = _SUFFIX.search(word) is not None
    stem = _SUFFIX.sub("", word)
    heard = len(re.findall(r"[aeiouy]+", stem)) + len(_SAID_APART.findall(stem)) + suffix
    if len(stem) > 2 and _SILENT_ENDING.search(stem):
        heard -= 1
    return max(heard, 1)


def grade(text: str) -> float:
    """Flesch-Kincaid grade: 0.39 words a sentence + 11.8 syllables a word - 15.59."""
    found = words(text)
    words_a_sentence = len(found) / len(sentences(text))
    syllables_a_word = sum(map(syllables, found)) / len(found)
    return 0.39 * words_a_sentence + 11.8 * syllables_a_word - 15.59
