"""Every finding of the clinical fact base's table (4.3) ends in its level, said the way a patient says it."""

from datetime import UTC, datetime
from itertools import count

import pytest

from programs.safety.rules import (
    EMERGENCY,
    LEVELS,
    MONITOR,
    SOON,
    URGENT,
    Answered,
    open_items,
    questions_of,
    worst,
)

pytestmark = pytest.mark.pure

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

E, U, C, M = EMERGENCY, URGENT, SOON, MONITOR

FINDINGS = [
    ("numbness or pins and needles between the legs", {"RF01": "yes"}, E),
    ("altered feeling when wiping", {"RF02": "yes"}, E),
    ("hard to start or stop peeing, or cannot pee", {"RF03": "yes"}, E),
    ("leaking pee, not knowing that the bladder is full", {"RF04": "yes"}, E),
    ("leaking stool, or no feeling of it", {"RF05": "yes"}, E),
    ("new sexual numbness or loss of function", {"RF06": "yes"}, E),
    ("sciatica in both legs, new", {"RF07": "yes", "RF07a": "no"}, E),
    ("weakness or numbness in both legs, nobody knows since when", {"RF07": "yes", "RF07a": "not_sure"}, E),
    ("both legs for long, not checked", {"RF07": "yes", "RF07a": "yes", "RF07b": "no"}, U),
    ("both legs for long, perhaps checked", {"RF07": "yes", "RF07a": "yes", "RF07b": "not_sure"}, U),
    ("both legs for long, checked", {"RF07": "yes", "RF07a": "yes", "RF07b": "yes"}, C),
    ("both legs, not known yet whether new", {"RF07": "yes"}, U),
    ("foot drop, leg giving way, weakness getting worse", {"RF08": "yes"}, E),
    ("pain after a major fall, cannot walk or legs weak", {"RF15": "yes", "RF15a": "yes"}, E),
    ("pain after a major fall, walks", {"RF15": "yes", "RF15a": "no"}, U),
    ("a fall and a foot that drags", {"RF15": "yes", "RF08": "yes"}, E),
    (
        "a fall and both legs, though old and checked",
        {"RF15": "yes", "RF07": "yes", "RF07a": "yes", "RF07b": "yes"},
        E,
    ),
    ("fever or feeling unwell with the pain", {"RF14": "yes", "RF14a": "no"}, U),
    ("fever, and very ill or confused", {"RF14": "yes", "RF14a": "yes"}, E),
    ("past cancer and new pain", {"RF17": "yes", "RF15a": "no"}, U),
    ("past cancer, new pain and weak legs", {"RF17": "yes", "RF15a": "yes"}, E),
    ("past cancer, new pain and leg weakness", {"RF17": "yes", "RF08": "yes"}, E),
    ("past cancer, new pain and bladder trouble", {"RF17": "yes", "RF03": "yes"}, E),
    (
        "past cancer, new pain and both legs, though old and checked",
        {"RF17": "yes", "RF07": "yes", "RF07a": "yes", "RF07b": "yes"},
        E,
    ),
    ("weight loss without trying", {"RF18": "yes", "RF18a": "no"}, C),
    ("weight loss with past cancer", {"RF18": "yes", "RF18a": "yes"}, U),
    ("constant pain that wakes every night", {"RF19": "yes", "RF18a": "no"}, C),
    ("constant night pain with past cancer", {"RF19": "yes", "RF18a": "yes"}, U),
    ("one calf swollen, warm, red or sore", {"RF13": "yes"}, U),
    ("a swollen calf and breathlessness", {"RF13": "yes", "RF09": "yes"}, E),
    ("chest pain, breathlessness or coughing blood", {"RF09": "yes"}, E),
    ("leg or foot suddenly cold, pale or blue", {"RF10": "yes"}, E),
    ("calf cramp at the same walking distance", {"RF20": "yes", "RF20a": "no"}, C),
    ("calf cramp with foot wound, night pain or colour", {"RF20": "yes", "RF20a": "yes"}, U),
    ("tight swollen lower leg after injury or exertion", {"RF11": "yes"}, E),
    ("calf tight and numb only during running", {"RF23": "yes"}, C),
    ("snap in the calf, cannot rise on toes", {"RF16": "yes"}, U),
    ("sudden very bad tummy or back pain with faintness", {"RF12": "yes"}, E),
    ("worst pain 8 or more, not controlled, cannot sleep", {"RF22": "yes"}, U),
    ("numb patch growing", {"RF21": "yes", "RF21a": "no"}, C),
    ("numb patch growing within days", {"RF21": "yes", "RF21a": "yes"}, U),
    ("nothing of all this", {}, M),
    # the session screen
    ("line 1: numbness between the legs, bladder or bowel", {"S1": "yes"}, E),
    ("line 2: weakness, foot drag or both legs", {"S2": "yes"}, E),
    ("line 3: swollen hot calf", {"S3": "yes", "RF09": "no", "RF13": "yes"}, U),
    ("line 3: chest pain or breathless", {"S3": "yes", "RF09": "yes", "RF13": "no"}, E),
    ("line 4: fever", {"S4": "yes", "RF14": "yes", "RF14a": "no"}, U),
    ("line 4: feeling very ill", {"S4": "yes", "RF14": "yes", "RF14a": "yes"}, E),
]
NAMES = [f"{number:02} {name}" for number, (name, _, _) in zip(count(1), FINDINGS, strict=False)]


def level_of(said: dict[str, str]) -> str:
    """The level of what stands open after a full set in which everything else is no."""
    given = dict.fromkeys(questions_of("full"), "no") | said
    return worst(item.level for item in open_items([Answered(*each, NOON, NOON) for each in given.items()]))


@pytest.mark.parametrize(("name", "said", "level"), FINDINGS, ids=NAMES)
def test_every_finding_ends_in_its_level(name, said, level):
    assert level_of(said) == level


@pytest.mark.parametrize(
    ("question", "level"),
    [
        *((f"RF{number:02}", E) for number in (1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12)),
        *((f"RF{number:02}", U) for number in (13, 14, 15, 16, 17, 22)),
        *((f"RF{number:02}", M) for number in (18, 19, 20, 21, 23)),
    ],
)
def test_not_sure_counts_as_yes_for_what_cannot_wait_and_is_asked_again_for_the_rest(question, level):
    assert level_of({question: "not_sure"}) == level


@pytest.mark.parametrize(
    ("base", "question", "level"),
    [
        ("RF14", "RF14a", E),
        ("RF15", "RF15a", E),
        ("RF17", "RF15a", E),
        ("RF18", "RF18a", U),
        ("RF19", "RF18a", U),
        ("RF20", "RF20a", U),
        ("RF21", "RF21a", U),
    ],
)
def test_not_sure_about_what_is_asked_on_top_counts_as_yes(base, question, level):
    assert level_of({base: "yes", question: "not_sure"}) == level


@pytest.mark.parametrize("answer", ["yes", "not_sure"])
@pytest.mark.parametrize(
    ("question", "level"),
    [("RF14a", E), ("RF15a", E), ("RF18a", U), ("RF20a", U), ("RF21a", U)],
)
def test_what_is_asked_on_top_stands_for_itself_without_its_question(question, level, answer):
    assert level_of({question: answer}) == level


def test_how_long_both_legs_have_been_so_says_nothing_without_its_question():
    assert level_of({"RF07a": "yes", "RF07b": "yes"}) == M


def test_the_table_has_every_question():
    asked = {question for _, said, _ in FINDINGS for question in said}
    assert {*questions_of("full"), *questions_of("session"), "RF22"} <= asked
    assert set(LEVELS) == {level for _, _, level in FINDINGS}
