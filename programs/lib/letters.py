"""An e-mail in two parts that say the same: the plain text, and a quiet page made of that text alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.template.loader import render_to_string

_BLANK_BEFORE_ADDRESS = re.compile(r":\n\s*\n(?=https?://)")
_BLANK = re.compile(r"\n\s*\n")
_ADDRESS = re.compile(r"https?://\S+")
_LEADING_TO_IT = re.compile(r"(.*[.?!])?\s*([^.?!]+):")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words, and perhaps a link after them that leads to `address`. The first of a letter is a button."""

    words: str
    link: str = ""
    address: str = ""
    is_button: bool = False


def in_two_parts(message: EmailMessage) -> EmailMultiAlternatives:
    """The same message with a page beside its text, which stays as it is."""
    subject, text = str(message.subject), str(message.body)
    page = render_to_string("letter.html", {"subject": subject, "paragraphs": paragraphs(text)})
    both = EmailMultiAlternatives(
        subject=subject,
        body=text,
        from_email=message.from_email,
        to=message.to,
        headers=message.extra_headers,
        connection=message.connection,
    )
    both.attach_alternative(page, "text/html")
    return both


def paragraphs(text: str) -> list[Paragraph]:
    """What blank lines set apart. The sentence with a colon before an address is the name of a link to it:
    of "Here is your reminder. Open it here:" that is "Open it here".
    """
    together = _BLANK_BEFORE_ADDRESS.sub(":\n", text.strip())
    found: list[Paragraph] = []
    for block in _BLANK.split(together):
        is_first = not any(each.address for each in found)
        found.append(_paragraph(block, is_first=is_first))
    return found


def _paragraph(block: str, *, is_first: bool) -> Paragraph:
    *lines, last = block.split("\n")
    if not _ADDRESS.fullmatch(last):
        return Paragraph(" ".join([*lines, last]))
    words, link = " ".join(lines), last
    if leading := _LEADING_TO_IT.fullmatch(words):
        words, link = leading[1] or "", leading[2]
    return Paragraph(words, link, address=last, is_button=is_first)
