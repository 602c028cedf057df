"""How far down, flags, safety answers and the test: each situation in a row, with all that is said.

A row is what differs from somebody who is ready, then the state with its numbers, the sentence for therapists
and the one for patients.
"""

from __future__ import annotations

import pytest

from programs.care.rules.criteria import MET, NOT_MET, UNKNOWN, Criterion
from programs.care.rules.facts import NewestTest
from tests.care.ready import TODAY, ago, judged, reach, scores

pytestmark = pytest.mark.pure

NO_FURTHER = "What you feel goes no further down than your usual."
FURTHER = "What you feel goes further down your leg than your usual."
THIS_WEEK_NOT_KNOWN = "We do not know yet how far down your leg it goes this week."
REACH_NOT_KNOWN = "We do not know yet how far down your leg is usual for you."

WELL = reach([4] * 4, [4] * 5)["right"]
WORSE = reach([5] * 4, [4] * 5)["right"]


def sides(**of):
    return {side: {"now": now, "usual": usual} for side, (now, usual) in of.items()}


@pytest.mark.parametrize(
    ("ranks", "state", "numbers", "for_therapist", "for_patient"),
    [
        pytest.param(
            {}, UNKNOWN, {},
            "No side is affected.", REACH_NOT_KNOWN,
            id="no side is affected",
        ),
        pytest.param(
            {"right": {}}, UNKNOWN, sides(right=(None, None)),
            "Furthest place this week, right leg: not known, usual not known.", THIS_WEEK_NOT_KNOWN,
            id="nothing was said",
        ),
        pytest.param(
            reach([4] * 3, [4] * 5), UNKNOWN, sides(right=(None, 4)),
            "Furthest place this week, right leg: not known, usual calf.", THIS_WEEK_NOT_KNOWN,
            id="three checks of this week are too few",
        ),
        pytest.param(
            reach([4] * 4, [4] * 4), UNKNOWN, sides(right=(4, None)),
            "Furthest place this week, right leg: calf, usual not known.", REACH_NOT_KNOWN,
            id="four checks for the usual place are too few",
        ),
        pytest.param(
            reach([4] * 4, [4] * 5), MET, sides(right=(4, 4)),
            "Furthest place this week, right leg: calf, usual calf.", NO_FURTHER,
            id="the usual place, from four checks and five",
        ),
        pytest.param(
            reach([2] * 4, [3] * 5), MET, sides(right=(2, 3)),
            "Furthest place this week, right leg: buttock, usual thigh.", NO_FURTHER,
            id="less far down",
        ),
        pytest.param(
            reach([1] * 4, [0] * 5), NOT_MET, sides(right=(1, 0)),
            "Furthest place this week, right leg: low back, usual nowhere.", FURTHER,
            id="from nowhere to the low back is further down",
        ),
        pytest.param(
            reach([5, 4, 4, 4], [4] * 5), MET, sides(right=(4, 4)),
            "Furthest place this week, right leg: calf, usual calf.", NO_FURTHER,
            id="one day at the foot",
        ),
        pytest.param(
            reach([5, 5, 4, 4], [4] * 5), NOT_MET, sides(right=(5, 4)),
            "Furthest place this week, right leg: foot, usual calf.", FURTHER,
            id="of places named as often the lower one counts",
        ),
        pytest.param(
            reach([5] * 4, [5, 5, 5, 4, 4, 4]), MET, sides(right=(5, 5)),
            "Furthest place this week, right leg: foot, usual foot.", NO_FURTHER,
            id="the lower one counts for what is usual too",
        ),
        pytest.param(
            {"left": WELL, "right": WELL}, MET, sides(left=(4, 4), right=(4, 4)),
            "Furthest place this week, left leg: calf, usual calf; right leg: calf, usual calf.", NO_FURTHER,
            id="both legs are as usual",
        ),
        pytest.param(
            {"left": WELL, "right": WORSE}, NOT_MET, sides(left=(4, 4), right=(5, 4)),
            "Furthest place this week, left leg: calf, usual calf; right leg: foot, usual calf.", FURTHER,
            id="one leg is worse",
        ),
        pytest.param(
            {"left": WELL, "right": {}}, UNKNOWN, sides(left=(4, 4), right=(None, None)),
            "Furthest place this week, left leg: calf, usual calf; right leg: not known, usual not known.",
            THIS_WEEK_NOT_KNOWN,
            id="of one leg nothing is known",
        ),
        pytest.param(
            {"left": WORSE, "right": {}}, NOT_MET, sides(left=(5, 4), right=(None, None)),
            "Furthest place this week, left leg: foot, usual calf; right leg: not known, usual not known.",
            FURTHER,
            id="a leg that is worse counts though the other is not known",
        ),
        pytest.param(
            {"right": scores(*[4] * 4) | scores(*[3] * 14, from_day=7) | scores(*[5] * 22, from_day=21)},
            NOT_MET, sides(right=(4, 3)),
            "Furthest place this week, right leg: calf, usual thigh.", FURTHER,
            id="the usual place comes from the newest fourteen checks",
        ),
        pytest.param(
            {"right": scores(*[4] * 4) | scores(*[4] * 5, from_day=38)}, MET, sides(right=(4, 4)),
            "Furthest place this week, right leg: calf, usual calf.", NO_FURTHER,
            id="checks of up to six weeks ago tell what is usual",
        ),
        pytest.param(
            {"right": scores(*[4] * 4) | scores(*[4] * 5, from_day=39)}, UNKNOWN, sides(right=(4, None)),
            "Furthest place this week, right leg: calf, usual not known.", REACH_NOT_KNOWN,
            id="one of them is a day older than that",
        ),
    ],
)  # fmt: skip
def test_how_far_down_the_leg(ranks, state, numbers, for_therapist, for_patient):
    assert judged("reach", reach=ranks) == Criterion("reach", state, numbers, for_therapist, for_patient)


@pytest.mark.parametrize(
    ("changes", "state", "for_therapist", "for_patient"),
    [
        pytest.param(
            {}, MET,
            "No flag and no check-in is open.",
            "Nothing has come up.",
            id="nothing is open",
        ),
        pytest.param(
            {"has_flag": True}, NOT_MET,
            "A flag is open.",
            "Something came up that your care team looks at first.",
            id="a flag",
        ),
        pytest.param(
            {"has_flag": True, "is_asked": True, "is_watched": False}, NOT_MET,
            "A flag is open.",
            "Something came up that your care team looks at first.",
            id="a flag comes before all else",
        ),
        pytest.param(
            {"is_asked": True}, NOT_MET,
            "The patient is asked whether something changed.",
            "Your scores are a bit higher than your usual. We asked you about it.",
            id="a check-in",
        ),
        pytest.param(
            {"is_watched": False}, UNKNOWN,
            "Diary: no rule watches, so that no flag says nothing.",
            "Nobody watches your scores, so we cannot tell.",
            id="where nobody watches no flag says nothing",
        ),
    ],
)  # fmt: skip
def test_flags(changes, state, for_therapist, for_patient):
    numbers = {"flag": False, "check_in": False, "watched": True}
    names = {"has_flag": "flag", "is_asked": "check_in", "is_watched": "watched"}
    numbers |= {names[key]: value for key, value in changes.items()}
    assert judged("flags", **changes) == Criterion("flags", state, numbers, for_therapist, for_patient)


@pytest.mark.parametrize(
    ("changes", "state", "numbers", "for_therapist", "for_patient"),
    [
        pytest.param(
            {"screened_on": TODAY}, MET, {"asked": 0},
            "No safety answer is open.",
            "None of your safety answers is open.",
            id="answered today",
        ),
        pytest.param(
            {"screened_on": ago(6)}, MET, {"asked": 6},
            "No safety answer is open.",
            "None of your safety answers is open.",
            id="answered six days ago",
        ),
        pytest.param(
            {"screened_on": ago(7)}, UNKNOWN, {"asked": 7},
            "No safety questions were answered in 7 days.",
            "We do not know yet. You have not answered the safety questions this week.",
            id="answered a week ago",
        ),
        pytest.param(
            {"screened_on": None}, UNKNOWN, {"asked": None},
            "No safety questions were answered in 7 days.",
            "We do not know yet. You have not answered the safety questions this week.",
            id="never answered",
        ),
        pytest.param(
            {"is_screening_asked": True}, NOT_MET, {"asked": 6, "is_asked": True},
            "All safety questions are asked anew, and not answered yet.",
            "Please answer all the safety questions first.",
            id="asked anew",
        ),
        pytest.param(
            {"is_blocked": True, "is_screening_asked": True}, NOT_MET,
            {"asked": 6, "is_blocked": True, "is_asked": True},
            "Something that the patient told rules exercise out.",
            "You told us of something that a clinician needs to look at first.",
            id="something rules exercise out, and that comes before the questions",
        ),
        pytest.param(
            {"safety_levels": ["soon"], "screened_on": None}, NOT_MET, {"open": 1, "asked": None},
            "1 safety answer still open.",
            "One of your safety answers needs to be looked at first.",
            id="one answer is open, whenever it was asked",
        ),
        pytest.param(
            {"safety_levels": ["monitor", "emergency"], "is_blocked": True, "is_screening_asked": True},
            NOT_MET, {"open": 2, "asked": 6, "is_blocked": True, "is_asked": True},
            "2 safety answers still open.",
            "One of your safety answers needs to be looked at first.",
            id="open answers come before all else",
        ),
    ],
)  # fmt: skip
def test_safety_answers(changes, state, numbers, for_therapist, for_patient):
    numbers = {"open": 0, "is_blocked": False, "is_asked": False} | numbers
    assert judged("safety", **changes) == Criterion("safety", state, numbers, for_therapist, for_patient)


@pytest.mark.parametrize("level", ["emergency", "urgent", "soon", "monitor"])
def test_any_open_safety_answer_holds_back(level):
    assert judged("safety", safety_levels=[level]).state == NOT_MET


@pytest.mark.parametrize(
    ("changes", "state", "numbers", "for_therapist", "for_patient"),
    [
        pytest.param(
            {"is_testable": False}, UNKNOWN, {},
            "This plan is from before tests could be taken here. A therapist has to decide: "
            "You can sit for 20 minutes.",
            "Your care team decides about the test. You can sit for 20 minutes.",
            id="it cannot be taken here, whatever is known of it",
        ),
        pytest.param(
            {"tested": None}, UNKNOWN, {},
            "Not tested yet: You can sit for 20 minutes.",
            "Still to test. You can sit for 20 minutes.",
            id="not tested yet",
        ),
        pytest.param(
            {"tested": NewestTest(TODAY, True)}, MET, {"age": 0, "is_passed": True},
            "Passed on 20 November: You can sit for 20 minutes.",
            "You passed the test on 20 November.",
            id="passed today",
        ),
        pytest.param(
            {"tested": NewestTest(ago(14), True)}, MET, {"age": 14, "is_passed": True},
            "Passed on 6 November: You can sit for 20 minutes.",
            "You passed the test on 6 November.",
            id="passed two weeks ago",
        ),
        pytest.param(
            {"tested": NewestTest(ago(15), True)}, UNKNOWN, {"age": 15, "is_passed": True},
            "Last tested 15 days ago, valid for 14: You can sit for 20 minutes.",
            "Your last test was on 5 November. Please test again. You can sit for 20 minutes.",
            id="passed a day too long ago",
        ),
        pytest.param(
            {"tested": NewestTest(ago(15), False)}, UNKNOWN, {"age": 15, "is_passed": False},
            "Last tested 15 days ago, valid for 14: You can sit for 20 minutes.",
            "Your last test was on 5 November. Please test again. You can sit for 20 minutes.",
            id="not passed a day too long ago",
        ),
        pytest.param(
            {"tested": NewestTest(ago(1), False)}, NOT_MET, {"age": 1, "is_passed": False},
            "Not passed on 19 November: You can sit for 20 minutes.",
            "You did not pass the test on 19 November. You can try again. You can sit for 20 minutes.",
            id="not passed",
        ),
        pytest.param(
            {"tested": NewestTest(ago(1), None)}, UNKNOWN, {"age": 1, "is_passed": None},
            "Tested on 19 November, an answer is missing: You can sit for 20 minutes.",
            "An answer of your test is missing. You can sit for 20 minutes.",
            id="an answer is missing",
        ),
    ],
)  # fmt: skip
def test_the_test_of_the_stage(changes, state, numbers, for_therapist, for_patient):
    numbers = numbers and {"valid_days": 14} | numbers
    assert judged("test", **changes) == Criterion("test", state, numbers, for_therapist, for_patient)
