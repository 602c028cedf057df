"""What a prompt says: the same words again and again are soon not seen any more."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from uuid import UUID

FALLBACK = "Time to change position."
"""What a prompt says where there are no texts."""


def text_for(rule_id: UUID, step: int, texts: Mapping[str, str]) -> str:
    """The text of prompt number `step` of a rule, out of `texts` by their slugs.

    Each rule has an order of its own and goes round in it, so n texts mean that none comes again within n
    prompts: with 64 of them not within four days, even at 16 a day. A text that is added or taken away leaves
    the others in their order, but moves the place in it: one may then come back sooner, once.
    """
    if not texts:
        return FALLBACK
    order = sorted(texts, key=lambda slug: (sha256(f"{rule_id} {slug}".encode()).digest(), slug))
    return texts[order[step % len(order)]]
