"""What stands open after answers, and what closes it again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.safety.rules import (
    ANSWER_WORDS,
    DETAILS,
    EMERGENCY,
    FOLLOW_UPS,
    GROUPS,
    KINDS,
    LEVELS,
    LINES,
    MONITOR,
    QUESTIONS,
    SOON,
    URGENT,
    Answered,
    asked_on_top,
    follow_ups,
    level_of_answer,
    open_items,
    questions_of,
    severity,
    standing_items,
    text_of,
    worst,
)

pytestmark = pytest.mark.pure

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)


def answered(
    question: str, answer: str, at: datetime = NOON, received_at: datetime | None = None
) -> Answered:
    return Answered(question, answer, at, received_at or at)


def levels(*answers: Answered, **times: datetime | None) -> dict[str, str]:
    return {item.question: item.level for item in open_items(answers, **times)}


# --- the catalogue ---


def test_the_first_set_has_all_21_questions_in_groups_of_their_own():
    first = questions_of("first")

    assert {f"RF{number:02}" for number in range(1, 22)} | {"RF23"} == set(first)
    groups = [QUESTIONS[each].group for each in first]
    assert groups == sorted(groups, key=list(GROUPS).index)
    assert questions_of("full") == first


def test_the_weekly_set_leaves_out_what_does_not_come_by_itself():
    weekly = (*(f"RF{number:02}" for number in range(1, 9)), "RF13", "RF14", "RF18", "RF19", "RF20", "RF21")
    assert set(questions_of("weekly")) == set(weekly)
    assert questions_of("session") == LINES == ("S1", "S2", "S3", "S4")
    assert questions_of("again") == ()
    assert questions_of("again", again=["RF13", "RF08"]) == ("RF08", "RF13")


def test_very_bad_pain_is_asked_about_in_sets_that_have_all_questions():
    for kind in KINDS:
        assert ("RF22" in questions_of(kind, asks_severe_pain=True)) == (kind in ("first", "full"))


def test_only_one_question_may_be_skipped():
    assert [each.id for each in QUESTIONS.values() if "skipped" in each.answers] == ["RF06"]
    for question in QUESTIONS.values():
        assert question.answers[:3] == ("no", "yes", "not_sure")
        assert set(question.answers) <= set(ANSWER_WORDS)


def test_who_is_known_to_have_both_legs_is_asked_whether_it_is_worse():
    assert text_of("RF07") == "Do you now have pain, numbness or weakness down both legs?"
    known = text_of("RF07", bilateral_known=True)
    assert known == "Are both legs worse than your usual, or is there new weakness or numbness?"
    assert text_of("S2", bilateral_known=True).endswith("both legs worse than your usual")
    assert text_of("RF08", bilateral_known=True) == text_of("RF08")


@pytest.mark.parametrize("answer", ["yes", "not_sure"])
@pytest.mark.parametrize(("base", "on_top"), FOLLOW_UPS.items(), ids=list(FOLLOW_UPS))
def test_what_has_to_be_acted_on_is_asked_more_closely(base, on_top, answer):
    counts = answer == "yes" or QUESTIONS[base].level != SOON
    assert follow_ups({base: answer}) == (on_top[:1] if counts else ())
    assert follow_ups({base: "no"}) == ()
    assert follow_ups({base: "yes", on_top[0]: "no"}) == ()


def test_who_checked_both_legs_is_asked_of_what_is_old():
    assert follow_ups({"RF07": "yes", "RF07a": "yes"}) == ("RF07b",)
    assert follow_ups({"RF07a": "yes"}) == ("RF07b",)
    assert follow_ups({"RF07a": "not_sure"}) == ()
    assert follow_ups({"RF07": "yes"}, bilateral_known=True) == ()
    assert asked_on_top({"RF07": "yes", "RF07a": "yes"}) == ("RF07a", "RF07b")


@pytest.mark.parametrize(("line", "details"), DETAILS.items(), ids=list(DETAILS))
def test_not_sure_about_a_line_leads_to_its_full_questions(line, details):
    assert follow_ups({line: "not_sure"}) == details
    assert follow_ups({line: "yes"}) == (details if line in ("S3", "S4") else ())
    assert follow_ups({line: "no"}) == ()


# --- what stands open ---


def test_levels_go_from_mild_to_severe():
    assert LEVELS == (MONITOR, SOON, URGENT, EMERGENCY)
    assert worst([]) == MONITOR
    assert worst([SOON, EMERGENCY, URGENT]) == EMERGENCY


def test_an_emergency_stays_whatever_is_answered_later():
    later = [
        answered("RF08", answer, NOON + timedelta(days=days)) for days, answer in enumerate(["no"] * 9, 1)
    ]
    assert levels(answered("RF08", "yes"), *later) == {"RF08": EMERGENCY}


@pytest.mark.parametrize(
    ("after", "is_open"),
    [(timedelta(0), True), (DAY - timedelta(seconds=1), True), (DAY, False), (3 * DAY, False)],
)
def test_what_is_urgent_is_over_by_a_no_a_day_after_the_last_yes(after, is_open):
    answers = [
        answered("RF13", "yes", NOON - DAY),
        answered("RF13", "yes"),
        answered("RF13", "no", NOON + after),
    ]
    assert levels(*answers) == ({"RF13": URGENT} if is_open else {})


def test_what_asks_for_a_visit_is_over_by_a_no_at_once():
    said = answered("RF18", "yes")
    assert levels(said, answered("RF18", "not_sure", NOON + DAY)) == {"RF18": SOON}
    assert levels(said, answered("RF18", "no", NOON + HOUR)) == {}


@pytest.mark.parametrize("answer", ["not_sure", "skipped"])
def test_only_a_no_takes_anything_back(answer):
    assert levels(answered("RF13", "yes"), answered("RF13", answer, NOON + 2 * DAY)) == {"RF13": URGENT}


def test_what_became_worse_stays_so():
    answers = [
        answered("RF14", "yes"),
        answered("RF14a", "yes"),
        answered("RF14", "yes", NOON + DAY),
        answered("RF14a", "no", NOON + DAY),
    ]
    assert levels(*answers) == {"RF14": EMERGENCY}


def test_a_fall_and_weak_legs_count_together_on_whatever_day_they_are_said():
    assert levels(answered("RF15", "yes"), answered("RF15a", "no"), answered("S2", "yes", NOON + DAY)) == {
        "S2": EMERGENCY,
        "RF15": EMERGENCY,
    }
    assert levels(answered("RF15", "yes"), answered("S2", "not_sure")) == {"S2": URGENT, "RF15": URGENT}
    assert levels(answered("RF16", "yes"), answered("RF08", "yes"))["RF16"] == URGENT


def test_both_legs_wait_for_the_questions_on_top_of_them():
    (item,) = open_items([answered("RF07", "yes")])
    assert (item.level, item.is_pending, item.missing) == (URGENT, True, ("RF07a",))
    (item,) = open_items([answered("RF07", "yes"), answered("RF07a", "yes")])
    assert (item.level, item.is_pending, item.missing) == (URGENT, True, ("RF07b",))
    (item,) = open_items(
        [
            answered("RF07", "yes"),
            answered("RF07a", "yes", NOON + HOUR),
            answered("RF07b", "yes", NOON + HOUR),
        ]
    )
    assert (item.level, item.is_pending, item.missing) == (SOON, False, ())


def test_both_legs_worse_than_usual_are_an_emergency_without_further_questions():
    assert level_of_answer("RF07", "yes", bilateral_known=True) == EMERGENCY
    assert level_of_answer("RF07", "no", bilateral_known=True) == MONITOR
    said = Answered("RF07", "yes", NOON, NOON, EMERGENCY)
    (item,) = open_items([said, answered("RF07a", "yes"), answered("RF07b", "yes")])
    assert (item.level, item.is_pending) == (EMERGENCY, False)


def test_what_was_asked_on_top_counts_for_the_last_yes_only():
    answers = [answered("RF07", "yes"), answered("RF07a", "yes"), answered("RF07b", "yes")]
    again = answered("RF07", "yes", NOON + DAY)
    assert levels(*answers, again) == {"RF07": URGENT}
    assert levels(*answers, again, answered("RF07a", "no", NOON + DAY)) == {"RF07": EMERGENCY}


@pytest.mark.parametrize(("line", "details"), DETAILS.items(), ids=list(DETAILS))
def test_not_sure_about_a_line_is_urgent_until_its_questions_are_answered(line, details):
    said = [answered(line, "not_sure")]
    assert levels(*said) == {line: URGENT}
    said += [answered(question, "no") for question in details[1:]]
    if len(details) > 1:
        assert levels(*said) == {line: URGENT}
    assert levels(*said, answered(details[0], "no")) == {}
    found = levels(*said, answered(details[0], "yes"))
    assert line not in found
    assert details[0] in found


def test_a_line_that_was_an_emergency_is_not_forgotten_by_its_questions():
    answers = [answered("S2", "yes"), answered("S2", "not_sure", NOON + DAY)]
    answers += [answered(question, "no", NOON + DAY) for question in DETAILS["S2"]]
    assert levels(*answers) == {"S2": EMERGENCY}


@pytest.mark.parametrize(
    ("said", "is_unsure"),
    [
        ({"RF08": "not_sure"}, True),
        ({"RF08": "yes"}, False),
        ({"RF14": "not_sure", "RF14a": "not_sure"}, True),
        ({"RF14": "not_sure", "RF14a": "yes"}, False),
    ],
)
def test_not_sure_is_told_apart(said, is_unsure):
    (item,) = open_items([answered(*each) for each in said.items()])
    assert item.is_unsure is is_unsure


def test_the_most_severe_comes_first():
    answers = [
        answered("RF18", "yes"),
        answered("RF13", "yes"),
        answered("RF09", "yes"),
        answered("RF08", "yes"),
    ]
    assert list(levels(*answers)) == ["RF08", "RF09", "RF13", "RF18"]


def test_within_a_level_they_come_in_the_order_of_the_questions():
    answers = [
        answered("RF12", "yes", NOON - HOUR),
        answered("RF01", "yes"),
        answered("RF20", "yes", NOON - HOUR),
    ]
    assert list(levels(*answers, answered("RF19", "yes"))) == ["RF01", "RF12", "RF20", "RF19"]


@pytest.mark.parametrize(
    ("question", "answer", "level"),
    [
        ("RF07", "yes", URGENT),
        ("RF07", "no", MONITOR),
        ("RF07a", "yes", MONITOR),
        ("RF07a", "no", EMERGENCY),
        ("RF07b", "yes", SOON),
        ("RF07b", "no", URGENT),
        ("S1", "not_sure", URGENT),
        ("S1", "yes", EMERGENCY),
        ("S3", "yes", URGENT),
        ("RF08", "not_sure", EMERGENCY),
        ("RF18", "not_sure", MONITOR),
        ("RF18", "yes", SOON),
    ],
)
def test_what_an_answer_asks_for_by_itself(question, answer, level):
    assert level_of_answer(question, answer) == level


def test_of_answers_given_at_once_the_order_in_the_list_does_not_matter():
    given_ = [answered("S4", "not_sure"), answered("RF14", "yes"), answered("RF14a", "yes")]
    assert levels(*given_) == levels(*reversed(given_)) == {"RF14": EMERGENCY}
    given_ = [answered("RF07", "yes"), answered("RF07a", "yes"), answered("RF07b", "no")]
    assert levels(*given_) == levels(*reversed(given_)) == {"RF07": URGENT}


def test_what_was_asked_on_top_is_kept_with_what_it_is_about():
    (item,) = open_items([answered("RF07", "yes"), answered("RF07a", "yes")])
    assert item.on_top == {"RF07a": "yes"}
    (item,) = open_items([answered("RF07", "yes"), answered("RF07a", "yes"), answered("RF07b", "no")])
    assert item.on_top == {"RF07a": "yes", "RF07b": "no"}
    (item,) = open_items([Answered("RF07", "yes", NOON, NOON, EMERGENCY), answered("RF07a", "yes")])
    assert item.on_top == {"RF07a": "yes"}
    (item,) = open_items([answered("S3", "not_sure"), answered("RF13", "no"), answered("RF01", "no")])
    assert (item.on_top, item.missing) == ({"RF13": "no"}, ("RF09",))


def test_with_a_fall_nothing_about_both_legs_waits_any_more():
    found = {item.question: item for item in open_items([answered("RF07", "yes"), answered("RF15", "yes")])}
    for question in ("RF07", "RF15"):
        item = found[question]
        assert (item.level, item.settled, item.is_pending, item.missing) == (EMERGENCY, EMERGENCY, False, ())


def test_a_line_that_was_urgent_waits_for_nothing_once_its_questions_are_answered():
    answers = [answered("S3", "yes"), answered("S3", "not_sure", NOON + HOUR)]
    answers += [answered(question, "no", NOON + HOUR) for question in DETAILS["S3"]]
    (item,) = open_items(answers)
    assert (item.question, item.level, item.is_pending, item.missing) == ("S3", URGENT, False, ())


# --- what closes it ---


def test_a_check_by_a_clinician_is_about_what_was_urgent_and_known_by_then():
    answers = [answered("RF08", "yes"), answered("RF13", "yes"), answered("RF18", "yes")]
    checked_at = NOON + HOUR
    assert levels(*answers, checked_at=checked_at) == {"RF18": SOON}
    again = answered("RF08", "yes", NOON + DAY)
    assert levels(*answers, again, checked_at=checked_at) == {"RF08": EMERGENCY, "RF18": SOON}


def test_an_answer_that_comes_late_counts_though_a_check_was_told_of_before():
    late = answered("RF08", "yes", NOON, received_at=NOON + DAY)
    assert levels(late, checked_at=NOON + HOUR) == {"RF08": EMERGENCY}
    assert levels(late, checked_at=NOON + DAY) == {}


def test_a_closed_flag_is_about_what_asked_for_a_visit_and_nothing_else():
    answers = [answered("RF08", "yes"), answered("RF18", "yes")]
    assert levels(*answers, closed_at=NOON) == {"RF08": EMERGENCY}
    assert levels(*answers, closed_at=NOON - HOUR) == {"RF08": EMERGENCY, "RF18": SOON}


def test_after_a_check_the_same_sign_may_ask_for_a_visit_alone():
    new = [answered("RF07", "yes"), answered("RF07a", "no")]
    old = [answered(each, "yes", NOON + DAY) for each in ("RF07", "RF07a", "RF07b")]
    assert levels(*new, *old, checked_at=NOON + HOUR) == {"RF07": SOON}
    assert levels(*new, *old) == {"RF07": EMERGENCY}


# --- whatever is answered ---

BASES = [each for each in QUESTIONS if each not in ("RF07a", "RF07b")]
QUESTION = st.sampled_from(list(QUESTIONS))
ANSWER = st.sampled_from(["no", "yes", "not_sure"])
HISTORIES = st.lists(
    st.builds(
        lambda question, answer, hours: answered(question, answer, NOON + hours * HOUR),
        QUESTION,
        ANSWER,
        st.integers(0, 80),
    ),
    max_size=14,
)


@given(HISTORIES, st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(history, chance):
    once = {(each.question, each.answered_at): each for each in history}
    shuffled = list(once.values())
    chance.shuffle(shuffled)
    assert standing_items(shuffled) == standing_items(once.values())


@given(HISTORIES, HISTORIES)
def test_an_emergency_is_never_over_by_answers(history, later):
    emergencies = {item.question for item in open_items(history) if item.level == EMERGENCY}
    after = [answered(each.question, each.answer, each.answered_at + 100 * HOUR) for each in later]
    still = {item.question for item in open_items([*history, *after]) if item.level == EMERGENCY}
    assert emergencies <= still


@given(HISTORIES, st.sampled_from(BASES), st.integers(0, 80))
def test_a_yes_more_never_lowers_the_level(history, question, hours):
    said = answered(question, "yes", NOON + hours * HOUR)
    before = [each for each in history if (each.question, each.answered_at) != (question, said.answered_at)]
    mild = worst(item.level for item in open_items([*before, answered(question, "no", said.answered_at)]))
    severe = worst(item.level for item in open_items([*before, said]))
    assert severity(severe) >= severity(mild)


@given(HISTORIES)
def test_a_single_yes_that_nobody_took_back_stands_open(history):
    newest = max((each.answered_at for each in history), default=NOON)
    for question in BASES:
        if any(question in on_top for on_top in FOLLOW_UPS.values()):
            continue
        assert question in standing_items([*history, answered(question, "yes", newest + HOUR)])


@pytest.mark.parametrize(("sign", "level"), [("RF01", EMERGENCY), ("RF13", URGENT), ("RF20", SOON)])
def test_of_two_answers_at_the_same_moment_the_one_to_act_on_counts(sign, level):
    yes, no = answered(sign, "yes"), answered(sign, "no")
    assert levels(yes, no) == levels(no, yes) == {sign: level}


@given(HISTORIES, st.integers(0, 90), st.integers(0, 90))
def test_what_came_before_a_check_and_a_closing_counts_for_nothing(history, check, closing):
    checked_at, closed_at = NOON + check * HOUR, NOON + closing * HOUR
    since = [each for each in history if each.received_at > min(checked_at, closed_at)]
    times = {"checked_at": checked_at, "closed_at": closed_at}
    assert open_items(since, **times) == open_items(history, **times)


def test_what_is_asked_on_top_of_two_questions_belongs_to_the_second_too_though_it_stands_before_it():
    (item,) = open_items([answered("RF15a", "yes"), answered("RF17", "yes")])

    assert (item.question, dict(item.on_top)) == ("RF17", {"RF15a": "yes"})


def test_a_day_is_counted_from_the_yes_that_reached_us_last_though_another_was_given_after_it():
    late = answered("RF13", "yes", NOON, NOON + 10 * HOUR)
    again = answered("RF13", "yes", NOON + HOUR)

    assert levels(late, again, answered("RF13", "no", NOON + 30 * HOUR)) == {"RF13": URGENT}
    assert levels(late, again, answered("RF13", "no", NOON + 34 * HOUR)) == {}
