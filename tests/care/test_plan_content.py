"""What a plan version holds: kept as JSON, read again, also as it was written earlier."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.care.rules import PlanContent, PlanStage, PrescribedExercise
from programs.library.rules import PAIN_MEASURES, Dose

pytestmark = pytest.mark.pure

DOSE = Dose(
    sets=2,
    repetitions=20,
    hold_seconds=0,
    duration_seconds=None,
    rest_seconds=20,
    times_a_day=3,
    days_a_week=7,
    tempo="",
)
PUMPS = PrescribedExercise("0199-pumps", "ankle-pumps", "Ankle pumps", "together", DOSE, "Slowly.")
EASE = PlanStage(
    number=1,
    name="Ease",
    goal="Fewer cramps.",
    minimum_days=7,
    pain_ceiling=4,
    break_interval_minutes=30,
    test="No more cramps than before.",
    exercises=(PUMPS,),
    pain_measure="calf",
    cautions=("If the calf is hot, stop.", "If it tingles, stop."),
)
KEEP = replace(EASE, number=2, name="Keep", minimum_days=None, pain_ceiling=None, test="", cautions=())

# A version as it was stored before stages had a pain measure and cautions.
OLD = """
{"stages": [{"number": 1, "name": "Settle and move", "goal": "Calm your leg pain.", "minimum_days": 7,
"pain_ceiling": 6, "break_interval_minutes": 25, "test": "You can sit for 15 minutes.", "exercises": [
{"exercise_id": "0199-pumps", "slug": "ankle-pumps", "name": "Ankle pumps", "sides": "together",
"dose": {"sets": 2, "repetitions": 20, "hold_seconds": 0, "duration_seconds": null, "rest_seconds": 20,
"times_a_day": 3, "days_a_week": 7, "tempo": ""}, "note": "Slowly."}]}]}
"""

sentences = st.text(min_size=1, max_size=20)
stages = st.builds(
    replace,
    st.just(EASE),
    minimum_days=st.none() | st.integers(1, 365),
    pain_ceiling=st.none() | st.integers(0, 10),
    pain_measure=st.sampled_from(list(PAIN_MEASURES)),
    test=st.just("") | sentences,
    cautions=st.lists(sentences, max_size=4).map(tuple),
)


@given(st.lists(stages, min_size=1, max_size=4).map(tuple))
def test_what_was_kept_is_read_again_as_it_was(kept):
    content = PlanContent(kept)
    assert PlanContent.from_json(json.loads(json.dumps(content.to_json()))) == content


def test_a_version_stored_earlier_still_reads():
    (stage,) = PlanContent.from_json(json.loads(OLD)).stages
    assert stage == PlanStage(
        number=1,
        name="Settle and move",
        goal="Calm your leg pain.",
        minimum_days=7,
        pain_ceiling=6,
        break_interval_minutes=25,
        test="You can sit for 15 minutes.",
        exercises=(PUMPS,),
        pain_measure="worst_leg",
        cautions=(),
    )


def test_a_stage_leads_to_the_one_after_it_and_the_last_to_none():
    content = PlanContent((EASE, replace(KEEP, minimum_days=21)))
    assert content.stage_after(1) == content.stage(2)
    assert content.stage_after(2) is None


def test_a_stage_without_an_end_leads_to_none():
    endless = replace(EASE, minimum_days=None)
    assert not endless.has_end
    assert PlanContent((endless, KEEP)).stage_after(1) is None


def test_what_a_stage_works_towards_is_its_pain_and_its_test():
    assert EASE.works_towards == [
        "Your calf pain between cramps is 4 or less.",
        "No more cramps than before.",
    ]
    assert replace(EASE, pain_ceiling=None).works_towards == ["No more cramps than before."]
    assert KEEP.works_towards == []
