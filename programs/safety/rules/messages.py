"""What a patient reads after an answer: the messages of the clinical fact base (4.6), for each level.

They name no diagnosis and never say that somebody is safe. No clinician has checked them yet.
"""

from dataclasses import dataclass

from programs.safety.rules.questions import EMERGENCY, MONITOR, SOON, URGENT

CALF = ("RF13", "S3")
"""Answers after which the leg is to be left alone."""
_CALF_SENTENCE = "Do not rub, stretch or exercise this leg until you have been checked."
UNREADABLE = "We could not read one of your answers."
ANSWER_ANEW = ("It is kept.", "Please answer all safety questions again.")
_GO_ON = "Please answer the next questions now. If you cannot, call {number}."
_UNSURE = "You are not sure, so it is best to have it checked."
_STEPS = ("Call ", "Stop your exercises.", "Do not drive yourself.")


@dataclass(frozen=True, slots=True)
class Message:
    """What to do now. `first_line` is the softer start for "not sure", and empty otherwise."""

    level: str
    heading: str
    first_line: str
    sentences: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(part for part in (self.first_line, *self.sentences) if part)

    @property
    def steps(self) -> tuple[str, ...]:
        """Of an emergency: what to do at once, each in a line of its own."""
        return tuple(each for step in _STEPS for each in self.sentences if each.startswith(step))

    @property
    def rest(self) -> str:
        """What stands below the steps."""
        return " ".join(each for each in self.sentences if each not in self.steps)


_HEADINGS = {
    EMERGENCY: "Get medical help now.",
    URGENT: "Please speak to a doctor or nurse today.",
    SOON: "Please book a visit this week.",
    MONITOR: "Thank you for your answers.",
}
_TEXTS = {
    EMERGENCY: (
        "Stop your exercises. Get medical help now. "
        "Your answer can be a sign of a problem that needs to be checked in hospital today. "
        "Call {number} or go to the emergency department. Do not drive yourself. "
        "Take this list of answers with you. This app cannot check you or tell you what is wrong."
    ),
    URGENT: (
        "Stop your exercises for now. Please speak to a doctor or nurse today. "
        "If you cannot get through, use your urgent care line. "
        "If you get chest pain or find it hard to breathe, call {number}."
    ),
    SOON: (
        "Please book a visit with your doctor or physio this week. "
        "You can keep to gentle walking if it feels OK. "
        "Do not move up to a new stage until you have been seen."
    ),
    MONITOR: (
        "If a new sign comes up, or you feel worse, look at the warning signs. "
        "A list of questions can miss things. If you are worried, get help."
    ),
}


def message(
    level: str,
    emergency_number: str,
    *,
    is_unsure: bool = False,
    is_calf: bool = False,
    is_unreadable: bool = False,
    asks_more: bool = False,
) -> Message:
    """What to say after an answer of this level.

    is_unsure: it counts because of "not sure" alone. is_calf: a calf may be swollen, hot or sore.
    is_unreadable: something beside it could not be read; in an emergency that can wait. asks_more: the
    questions that tell what it is come next; whoever cannot answer them is to act as if it were the worst.
    """
    sentences = _TEXTS[level].format(number=emergency_number).replace(". ", ".\n").splitlines()
    if asks_more and level == URGENT:
        sentences.insert(0, _GO_ON.format(number=emergency_number))
    if is_calf and level in (EMERGENCY, URGENT):
        sentences.append(_CALF_SENTENCE)
    heading = _HEADINGS[level]
    if is_unreadable and level != EMERGENCY:
        heading = UNREADABLE if level == MONITOR else heading
        sentences = [*([] if level == MONITOR else [UNREADABLE]), *ANSWER_ANEW, *sentences]
    first_line = _UNSURE if is_unsure and level in (EMERGENCY, URGENT) else ""
    return Message(level, heading, first_line, tuple(sentences))


LOCKED = {
    EMERGENCY: "Your exercises are on hold until you have been checked.",
    URGENT: "Your exercises are on hold. Please speak to a doctor or nurse first.",
}
"""Why no session can start, by the level of the lock."""
RESTRICTED = "For now, please keep to walking and breathing moves."
"""While something asks for a visit this week."""
