"""What rules exercises out for a patient, and the questions that ask for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from programs.accounts.models import User
from programs.library.models import Contraindication
from programs.safety.models import Condition

ASKED_ELSEWHERE = ("open-warning-sign", "foot-drop")
"""Contraindications that the safety questions cover already."""


@dataclass(frozen=True, slots=True)
class ExclusionReason:
    """One thing that rules something out, and what to do about it, in words for the patient."""

    slug: str
    name: str
    advice: str
    exercises: frozenset[str]
    tags: frozenset[str]
    only_tags: frozenset[str]
    """Where not empty: everything without one of these tags is ruled out."""

    def rules_out(self, slug: str, tags: Iterable[str]) -> bool:
        """Whether the exercise of this slug, with these tags, is ruled out by it."""
        mine = set(tags)
        return (
            slug in self.exercises
            or not self.tags.isdisjoint(mine)
            or (bool(self.only_tags) and self.only_tags.isdisjoint(mine))
        )


@dataclass(frozen=True, slots=True)
class Exclusions:
    """All that rules exercises out for a patient now. While there are `blocks`, no session can start."""

    exercises: frozenset[str]
    tags: frozenset[str]
    only_tags: frozenset[str]
    blocks: tuple[ExclusionReason, ...]
    reasons: tuple[ExclusionReason, ...]
    """Those that rule out single exercises, or ask for a clinician first."""

    def reason_for(self, slug: str, tags: Iterable[str]) -> ExclusionReason | None:
        """What rules out the exercise of this slug, with these tags, if anything does."""
        tags = set(tags)
        return next((reason for reason in self.reasons if reason.rules_out(slug, tags)), None)


NOTHING_RULED_OUT = Exclusions(frozenset(), frozenset(), frozenset(), (), ())


def exclusion_questions() -> list[Contraindication]:
    """What is asked before the first session, in order; each has `slug` and `question`."""
    return list(Contraindication.objects.current().exclude(slug__in=ASKED_ELSEWHERE))


def exclusions_of(patient: User) -> Exclusions:
    """What the patient has said, and nobody has cleared."""
    slugs = Condition.objects.current().filter(patient=patient).values("slug")
    found = list(Contraindication.objects.filter(slug__in=slugs))
    reasons = {row: _reason(row) for row in found}
    levels = Contraindication.Level
    lesser = [reason for row, reason in reasons.items() if row.level != levels.BLOCK]
    return Exclusions(
        exercises=frozenset().union(*(reason.exercises for reason in lesser)),
        tags=frozenset().union(*(reason.tags for reason in lesser)),
        only_tags=frozenset().union(*(reason.only_tags for reason in lesser)),
        blocks=tuple(reason for row, reason in reasons.items() if row.level == levels.BLOCK),
        reasons=tuple(lesser),
    )


def _reason(row: Contraindication) -> ExclusionReason:
    return ExclusionReason(
        slug=row.slug,
        name=row.name,
        advice=row.advice,
        exercises=frozenset(row.excluded_exercises),
        tags=frozenset(row.excluded_tags),
        only_tags=frozenset(row.only_tags),
    )
