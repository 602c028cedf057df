"""Every finding of the table (4.3), stored: it locks, opens a flag and rules out as its level asks."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from programs.library.models import Contraindication
from programs.monitoring.rules import Report, find_no_response
from programs.safety.actions import record_screening
from programs.safety.models import SafetyLock
from programs.safety.queries import exclusions_of
from programs.safety.rules import questions_of
from tests import makers
from tests.safety.test_findings import FINDINGS, NAMES, C, E, M, U


@pytest.mark.parametrize(("name", "said", "level"), FINDINGS, ids=NAMES)
def test_what_is_stored_locks_as_its_level_asks(alice, name, said, level):
    recorded = record_screening(
        clinic=alice.memberships.get().clinic,
        patient=alice,
        screening_id=uuid4(),
        kind="full",
        answers=dict.fromkeys(questions_of("full"), "no") | said,
        answered_at=makers.NOON,
        now=makers.NOON,
    )

    assert recorded.level == level
    locks = [lock.level for lock in SafetyLock.objects.open().filter(patient=alice)]
    assert locks == ([level] if level in (E, U) else [])
    flags = [flag.level for flag in alice.flags.all()]
    assert flags == {E: [E], U: [U], C: ["flag"], M: []}[level]


@pytest.mark.parametrize(
    ("slug", "level"),
    [
        ("pregnancy", "clinician_first"),
        ("recent-surgery", "clinician_first"),
        ("blood-thinner-and-new-calf-pain", "clinician_first"),
        ("leg-clot", "clinician_first"),
        ("severe-osteoporosis", "clinician_first"),
        ("under-18", "block"),
    ],
)
def test_what_asks_for_a_clinician_before_the_start(alice, slug, level):
    """Pregnant, recent surgery, blood thinners, a known clot, severe osteoporosis, under 18."""
    assert Contraindication.objects.get(slug=slug).level == level
    recorded = makers.answered(alice, kind="first", conditions={slug: "yes"})

    stored = recorded.screening.answers.get(question=slug)
    assert (stored.answer, stored.level) == ("yes", C)
    exclusions = exclusions_of(alice)
    assert [each.slug for each in (*exclusions.blocks, *exclusions.reasons)] == [slug]
    assert [each.slug for each in exclusions.blocks] == ([slug] if level == "block" else [])


@pytest.mark.pure
def test_not_better_after_weeks_of_home_care_needs_a_clinician_soon():
    began = date(2026, 10, 1)
    reports = [Report(began + timedelta(days=day), 6, 2) for day in range(29)]

    finding = find_no_response(reports, began, began + timedelta(days=28))

    assert finding is not None
    assert finding.level == "flag"
