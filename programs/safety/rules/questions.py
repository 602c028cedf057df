"""The safety questions: their words, what a yes to each asks for, and what is asked on top of a yes.

Texts RF01 to RF21, the lines of the session screen and the levels are those of the clinical fact base (4.2
to 4.5). The questions with a letter, RF22 and RF23 are added so that each finding of its table ends in its
level. No clinician has checked any of them yet.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

MONITOR, SOON, URGENT, EMERGENCY = LEVELS = ("monitor", "soon", "urgent", "emergency")
"""From mild to severe. Soon: a visit within about a week. Urgent: today. Emergency: now."""

NO, YES, NOT_SURE, SKIPPED = ANSWERS = ("no", "yes", "not_sure", "skipped")

FIRST, SESSION, WEEKLY, FULL, AGAIN = KINDS = ("first", "session", "weekly", "full", "again")

ANSWER_WORDS = {NO: "No", YES: "Yes", NOT_SURE: "I am not sure", SKIPPED: "Skip this one"}

CATALOGUE_VERSION = "safety-1"

LONG_KNOWN, CHECKED = "RF07a", "RF07b"
"""Asked after a yes to RF07: symptoms in both legs that are old and checked are no emergency."""


def severity(level: str) -> int:
    """The place of a level among `LEVELS`: a larger number is more severe."""
    return LEVELS.index(level)


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `level` is what a yes asks for, before anything that is asked on top of it."""

    id: str
    text: str
    level: str
    group: str
    may_skip: bool = False

    @property
    def answers(self) -> tuple[str, ...]:
        return ANSWERS if self.may_skip else ANSWERS[:3]


BETWEEN_LEGS, LEGS, BODY, CALF, GENERAL, TODAY = (
    "between_legs",
    "legs",
    "body",
    "calf",
    "general",
    "today",
)
GROUPS = {
    BETWEEN_LEGS: "Between your legs, and on the toilet",
    LEGS: "Your legs",
    BODY: "The rest of your body",
    CALF: "Your calf and lower leg",
    GENERAL: "How you have been",
    TODAY: "Do you have any of these now?",
}
"""The headings under which the questions stand, in their order."""

_ALL = (
    Question(
        "RF01",
        "Do you have numbness or pins and needles between your legs? "
        "This means around your private parts, bottom or back passage.",
        EMERGENCY,
        BETWEEN_LEGS,
    ),
    Question(
        "RF02", "Does it feel numb or different when you wipe after the toilet?", EMERGENCY, BETWEEN_LEGS
    ),
    Question(
        "RF03",
        "Is it hard to start to pee? Is it hard to stop? Or can you not pee at all? "
        "Say yes only if this is new.",
        EMERGENCY,
        BETWEEN_LEGS,
    ),
    Question(
        "RF04",
        "Do you leak pee, or not know when you need to go? Say yes only if this is new.",
        EMERGENCY,
        BETWEEN_LEGS,
    ),
    Question(
        "RF05",
        "Do you leak poo, or not feel when you need to go? Say yes only if this is new.",
        EMERGENCY,
        BETWEEN_LEGS,
    ),
    Question(
        "RF06",
        "Have you lost feeling during sex? Or do you have new sex problems since the pain began? "
        "You can skip this one.",
        EMERGENCY,
        BETWEEN_LEGS,
        may_skip=True,
    ),
    Question("RF07", "Do you now have pain, numbness or weakness down both legs?", EMERGENCY, LEGS),
    Question(
        "RF07a", "Has it been in both legs for a long time, and is it much the same as before?", MONITOR, LEGS
    ),
    Question("RF07b", "Has a doctor, nurse or physio checked your legs for this?", MONITOR, LEGS),
    Question(
        "RF08",
        "Is your leg or foot getting weaker? Does your foot drag or slap when you walk? "
        "Does your leg give way?",
        EMERGENCY,
        LEGS,
    ),
    Question(
        "RF09", "Do you have chest pain, trouble breathing, or are you coughing up blood?", EMERGENCY, BODY
    ),
    Question("RF10", "Has your leg or foot gone cold, pale or blue all of a sudden?", EMERGENCY, LEGS),
    Question(
        "RF11",
        "Did you have a knock, a fall or very hard exercise? "
        "Is your lower leg now very tight and swollen, with very bad pain?",
        EMERGENCY,
        CALF,
    ),
    Question(
        "RF12",
        "Do you have very bad tummy or back pain that came on fast, and do you feel faint?",
        EMERGENCY,
        BODY,
    ),
    Question(
        "RF13",
        "Is one calf or leg swollen, warm, or red or darker than normal? "
        "Is it sore to touch when you are at rest?",
        URGENT,
        CALF,
    ),
    Question("RF14", "Do you feel hot, shivery or very unwell with this pain?", URGENT, BODY),
    Question("RF14a", "Do you feel very ill, or mixed up in your head?", EMERGENCY, BODY),
    Question(
        "RF15",
        "Did this start after a big fall, a crash or a hard blow? "
        "If you have weak bones or take steroids, count small falls too.",
        URGENT,
        BODY,
    ),
    Question("RF15a", "Are your legs weak now, or can you not walk?", EMERGENCY, BODY),
    Question(
        "RF16",
        "Did you feel a snap or a kick in your calf? Can you no longer push up on your toes?",
        URGENT,
        CALF,
    ),
    Question("RF17", "Have you ever had cancer? If so, is this back or leg pain new?", URGENT, BODY),
    Question("RF18", "Have you lost weight without trying?", SOON, GENERAL),
    Question(
        "RF19",
        "Is the pain there all the time, even when you lie still? Does it wake you each night?",
        SOON,
        GENERAL,
    ),
    Question("RF18a", "Have you ever had cancer?", URGENT, GENERAL),
    Question(
        "RF20",
        "Does your calf hurt after the same walk each time, and stop soon after you stand still?",
        SOON,
        CALF,
    ),
    Question(
        "RF20a",
        "Do you have a sore on your foot, or foot pain at night? Or has your foot changed colour?",
        URGENT,
        CALF,
    ),
    Question("RF23", "Does your calf get tight and numb only when you run, and ease with rest?", SOON, CALF),
    Question("RF21", "Is the numb patch on your leg or foot bigger than last week?", SOON, GENERAL),
    Question("RF21a", "Did the numb patch grow in just a few days?", URGENT, GENERAL),
    Question(
        "RF22", "Is the pain so bad that nothing eases it, or that you cannot sleep at all?", URGENT, GENERAL
    ),
    Question(
        "S1",
        "New numbness between your legs, or new trouble with pee or poo",
        EMERGENCY,
        TODAY,
    ),
    Question("S2", "New weakness, a foot that drags, or pain or numbness down both legs", EMERGENCY, TODAY),
    Question("S3", "A swollen or hot calf, chest pain, or trouble breathing", URGENT, TODAY),
    Question("S4", "Hot or shivery, or you feel very ill", URGENT, TODAY),
)

QUESTIONS = {question.id: question for group in GROUPS for question in _ALL if question.group == group}
"""Every question by its id, in the order in which they are asked: group by group."""

_BASIC = tuple(f"RF{number:02}" for number in range(1, 22))
_RUNNING, _PAIN_OUT_OF_HAND = "RF23", "RF22"
_WEEKLY = (*_BASIC[:8], "RF13", "RF14", *_BASIC[17:])
LINES = ("S1", "S2", "S3", "S4")

_SETS = {
    FIRST: (*_BASIC, _RUNNING),
    FULL: (*_BASIC, _RUNNING),
    WEEKLY: _WEEKLY,
    SESSION: LINES,
    AGAIN: (),
}

FOLLOW_UPS = {
    "RF07": (LONG_KNOWN, CHECKED),
    "RF14": ("RF14a",),
    "RF15": ("RF15a",),
    "RF17": ("RF15a",),
    "RF18": ("RF18a",),
    "RF19": ("RF18a",),
    "RF20": ("RF20a",),
    "RF21": ("RF21a",),
}
"""What is asked on top of a yes, and of "not sure" where that counts as yes; RF07b only of what is old."""

DETAILS = {
    "S1": ("RF01", "RF02", "RF03", "RF04", "RF05", "RF06"),
    "S2": ("RF07", "RF08"),
    "S3": ("RF09", "RF13"),
    "S4": ("RF14",),
}
"""The full questions that a line of the session screen stands for."""

_DETAILS_OF_YES = ("S3", "S4")
"""A yes to these lines may be worse than the line itself says; one to the others is an emergency anyway."""

_KNOWN_TEXTS = {
    "RF07": "Are both legs worse than your usual, or is there new weakness or numbness?",
    "S2": "New weakness, a foot that drags, or both legs worse than your usual",
}
"""For whoever has had both legs for long, and had them checked."""


def text_of(question: str, *, bilateral_known: bool = False) -> str:
    """The words of a question. bilateral_known: symptoms in both legs are old, and a clinician knows them."""
    return (
        _KNOWN_TEXTS.get(question, QUESTIONS[question].text) if bilateral_known else QUESTIONS[question].text
    )


def questions_of(
    kind: str, *, again: Collection[str] = (), asks_severe_pain: bool = False
) -> tuple[str, ...]:
    """The ids of a set in the order in which they are asked.

    again: what stands open and is to be asked again, whatever the set. asks_severe_pain: very bad leg pain
    was reported, so that RF22 is asked too, in a set that has all questions.
    """
    asked = {*_SETS[kind], *again}
    if asks_severe_pain and kind in (FIRST, FULL):
        asked.add(_PAIN_OUT_OF_HAND)
    return tuple(question for question in QUESTIONS if question in asked)


def counts_as_yes(question: str, answer: str) -> bool:
    """Whether an answer has to be acted on: a yes, and for what is an emergency or urgent "not sure" too."""
    if answer == YES:
        return True
    return answer == NOT_SURE and severity(QUESTIONS[question].level) >= severity(URGENT)


def follow_ups(answers: Mapping[str, str], *, bilateral_known: bool = False) -> tuple[str, ...]:
    """What the answers of one set ask for on top of it, and was not answered in it yet, in order."""
    return tuple(
        question
        for question in asked_on_top(answers, bilateral_known=bilateral_known)
        if question not in answers
    )


def asked_on_top(answers: Mapping[str, str], *, bilateral_known: bool = False) -> tuple[str, ...]:
    """Everything that the answers of one set ask for on top of it, answered or not, in order."""
    asked: set[str] = set()
    for line, details in DETAILS.items():
        answer = answers.get(line)
        if answer == NOT_SURE or (answer == YES and line in _DETAILS_OF_YES):
            asked.update(details)
    for base, questions in FOLLOW_UPS.items():
        if base not in answers or not counts_as_yes(base, answers[base]):
            continue
        if base != "RF07":
            asked.update(questions)
        elif not bilateral_known:
            asked.add(LONG_KNOWN)
    if answers.get(LONG_KNOWN) == YES:
        asked.add(CHECKED)
    return tuple(question for question in QUESTIONS if question in asked)
