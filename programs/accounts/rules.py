"""How a join code is written and read: 10 characters of Crockford's base 32, which has no I, L, O or U."""

import re

CODE_BITS = 50

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 10
_CODE = re.compile(f"[{_ALPHABET}]{{{_LENGTH}}}")
# What looks like a digit is that digit, and what sets characters apart says nothing. Only these are changed:
# `str.upper` would take letters of other scripts for ours.
_AS_MEANT = str.maketrans("abcdefghijklmnopqrstuvwxyzILO", "ABCDEFGH1JK1MN0PQRSTUVWXYZ110")
_APART = re.compile(r"[\s\-\u2010-\u2015\u2212]+")


def code_of(number: int) -> str:
    """The code that stands for a number of `CODE_BITS` bits."""
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(_LENGTH)))


def read_code(typed: str) -> str | None:
    """The code that somebody typed, in small letters, with spaces or dashes, or with O, I and L for digits;
    None for what is no code.
    """
    code = _APART.sub("", typed).translate(_AS_MEANT)
    return code if _CODE.fullmatch(code) else None


def show_code(code: str) -> str:
    """A code in two groups, as it is read out and copied: ABCDE-12345."""
    return f"{code[:5]}-{code[5:]}"
