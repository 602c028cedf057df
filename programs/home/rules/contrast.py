"""How well the colours of the design language stand out from their grounds (WCAG 2.2, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pair:
    """Two colour tokens that meet, and how much they must stand out at least, light and dark."""

    front: str
    ground: str
    use: str
    light: float
    dark: float


PAIRS = (
    Pair("ink", "canvas", "text", 12.3, 14.8),
    Pair("ink", "card", "text on a card", 13.1, 12.4),
    Pair("ink", "panel", "text on a panel", 7.0, 7.0),
    Pair("ink", "brand-soft", "text of a note", 7.0, 7.0),
    Pair("ink", "stop-soft", "text of a note about an error", 7.0, 7.0),
    Pair("ink", "amber", "text of a warning", 7.0, 7.0),
    Pair("ink", "ok", "text of good news", 7.0, 7.0),
    Pair("muted", "canvas", "quiet text", 6.2, 8.7),
    Pair("muted", "card", "quiet text on a card", 6.6, 7.3),
    Pair("muted", "panel", "quiet text on a panel", 4.5, 4.5),
    Pair("muted", "brand-soft", "quiet text of a note", 4.5, 4.5),
    Pair("brand", "canvas", "links", 7.3, 9.8),
    Pair("brand", "card", "links on a card", 7.8, 8.2),
    Pair("brand", "brand-soft", "links in a note", 4.5, 4.5),
    Pair("on-brand", "brand", "buttons", 7.8, 9.8),
    Pair("on-brand", "brand-strong", "buttons under a finger", 7.8, 9.8),
    Pair("stop", "canvas", "stop, and what is wrong", 6.2, 8.5),
    Pair("stop", "card", "the same on a card", 6.6, 7.2),
    Pair("stop", "stop-soft", "stop under a finger", 4.5, 4.5),
    Pair("on-stop", "stop", "words on stop", 6.6, 8.5),
    Pair("on-emergency", "emergency", "emergency card", 12.0, 12.0),
    Pair("on-amber", "amber", "heading of a warning", 5.8, 9.4),
    Pair("on-amber", "canvas", "not yet checked", 4.5, 4.5),
    Pair("on-amber", "card", "not yet checked, on a card", 4.5, 4.5),
    Pair("on-ok", "ok", "heading of good news", 6.7, 8.6),
    Pair("canvas", "ink", "what was chosen", 12.3, 14.8),
    Pair("control", "canvas", "edges of fields and keys", 4.1, 6.6),
    Pair("control", "card", "the same on a card", 4.4, 5.6),
    Pair("focus-inner", "focus-outer", "the ring round what has the focus", 12.1, 12.1),
)
"""Text 4.5 at least, 7 where it is read at length, edges 3; more where the design has more."""

_HEXADECIMAL = re.compile(r"--([a-z0-9-]+):\s*#([0-9a-f]{6});")


def schemes(stylesheet: str) -> Mapping[str, Mapping[str, str]]:
    """The colours of tokens.css by name, "rrggbb" each, in the "light" and in the "dark" scheme."""
    screen = stylesheet.split("@media print")[0]
    light_part, dark_part = screen.split("@media (prefers-color-scheme: dark)")
    light = dict(_HEXADECIMAL.findall(light_part))
    return {"light": light, "dark": {**light, **dict(_HEXADECIMAL.findall(dark_part))}}


def contrast(first: str, second: str) -> float:
    """The ratio of two colours, "rrggbb" each, from 1 to 21, to one place."""
    darker, lighter = sorted((_luminance(first), _luminance(second)))
    return round((lighter + 0.05) / (darker + 0.05), 1)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
