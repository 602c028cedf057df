"""Findings and what follows from them, in words for the patient they are about.

No diagnosis, no blame, no promise. The texts follow the messages of the clinical fact base; no clinician has
checked them yet.
"""

from programs.monitoring.rules.absence import NO_RESPONSE, SILENT
from programs.monitoring.rules.findings import (
    CHANGE,
    DISTAL_RANK,
    FLARE_DAYS,
    LEG_PAIN,
    NUMB_BOTHER,
    PAPER_ON_HOLD,
    SESSION_ON_HOLD,
    UNREADABLE,
    WARNING_SIGN,
    WEAKNESS_CHANGE,
    Evidence,
)
from programs.monitoring.rules.words import (
    PLACES,
    day_in_words,
    listed,
    listed_days,
    number_in_words,
    value_in_words,
)

SHORT = 4
"""A sentence names each of so many readings; of more scores it gives the span."""

_NAMES = {
    LEG_PAIN: "leg pain up",
    DISTAL_RANK: "further down the leg",
    NUMB_BOTHER: "tingling or numbness up",
    WEAKNESS_CHANGE: "leg or foot weaker",
    CHANGE: "much worse, in your own words",
    WARNING_SIGN: "a warning sign",
    SESSION_ON_HOLD: "exercises done while on hold",
    PAPER_ON_HOLD: "exercises on paper, on a day with a hold",
    UNREADABLE: "an answer we could not read",
    FLARE_DAYS: "a flare-up that lasts",
}
_HEADINGS = {
    LEG_PAIN: "Your leg pain has been above your usual for some days.",
    DISTAL_RANK: "What you feel goes further down your {side} leg than your usual.",
    NUMB_BOTHER: "You said that tingling or numbness bothers you more now.",
    WEAKNESS_CHANGE: "You said that your leg or foot is weaker.",
    CHANGE: "You said that your leg is much worse than last week.",
    WARNING_SIGN: "You told us about a warning sign.",
    SESSION_ON_HOLD: "You did a session while your exercises were on hold.",
    PAPER_ON_HOLD: "You did a session on paper on a day with a hold.",
    UNREADABLE: "We could not read one of your safety answers.",
    FLARE_DAYS: "Your flare-up has not settled in a week.",
}
_LOOKED_FOR = {
    "W1": "It asks you when 3 of your last 4 scores are well above your usual.",
    "W1e": "It asks you when 3 of your last 4 scores are well above your first ones.",
    "W2": "It adds up how far each score is above your usual. It speaks up when the sum gets too large.",
    "W2e": "It speaks up when 3 of your last 4 scores are far above your first ones.",
    "W3": "It speaks up when 3 of your last 4 answers are further down the leg than your usual.",
    "W4": "It speaks up when tingling or numbness bothers you more in 3 of your last 4 answers.",
    "W5": "It speaks up when 2 of your last 3 scores are very high, and well above your usual.",
    "W6": "You know your leg best. When you say that it is much worse, we tell your care team at once.",
}
_NEW_WEAKNESS = "New weakness needs to be checked fast. So this comes up as soon as you say it."
_AT_ONCE = {
    WEAKNESS_CHANGE: _NEW_WEAKNESS,
    WARNING_SIGN: "One warning sign is enough. So this comes up as soon as you say yes, or are not sure.",
    SESSION_ON_HOLD: "After some answers your exercises are on hold. This comes up when you still do them.",
    PAPER_ON_HOLD: "After some answers your exercises are on hold. We do not know if you did these before.",
    UNREADABLE: "An answer that we cannot read may be a warning sign. So your care team hears of it at once.",
    FLARE_DAYS: "A flare plan ends after a week. This comes up when your leg is not calm by then.",
}


def name_for_patient(measure: str) -> str:
    """What a flag about this measure is called in a list: "leg pain up"."""
    return _NAMES[measure]


def heading_for_patient(rule: str, side: str, evidence: Evidence) -> str:
    """What was found, in one sentence without numbers."""
    if rule == "W5":
        return "Your leg pain has been very high."
    if evidence.is_from_start:
        return "Your leg pain has been above your first scores for some days."
    return _HEADINGS[evidence.measure].format(side=side)


def explain_to_patient(side: str, evidence: Evidence, kind: str = "worsening") -> list[str]:
    """What was found, with the patient's own answers and days, sentence by sentence.

    kind: "silent" and "no_response" for what is missing.
    """
    readings, baseline = evidence.readings, evidence.baseline
    first, last = readings[0].recorded_on, readings[-1].recorded_on
    with_year = first.year != last.year
    day = day_in_words(last, with_year)
    if kind == SILENT:
        return [f"We have had no daily check from you since {day}."]
    if kind == NO_RESPONSE and baseline is not None:
        before, now = number_in_words(baseline.centre), number_in_words(float(readings[-1].value))
        return [
            f"When your plan began, your leg pain was about {before}.",
            f"In the week up to {day} it was about {now}.",
        ]
    if evidence.measure == WEAKNESS_CHANGE:
        return [f"On {day} you said that your leg or foot is newly weak, or weaker than before."]
    if evidence.measure == WARNING_SIGN:
        return [f"On {day} you told us this:", *_as_sentences(evidence)]
    if evidence.measure == SESSION_ON_HOLD:
        return [f"On {day} you did a session. Your exercises were on hold then."]
    if evidence.measure == PAPER_ON_HOLD:
        return [
            f"You wrote down a session on paper for {day}. We do not know the hour.",
            "On that day your exercises were on hold, for a part of it or all of it.",
        ]
    if evidence.measure == FLARE_DAYS:
        return [f"Your flare plan began on {day}. It ended, and your leg is not calm yet."]
    if evidence.measure == UNREADABLE:
        return [f"On {day} we got an answer that we could not read. We have kept it as it came."]
    if evidence.measure == CHANGE:
        words = value_in_words(CHANGE, readings[-1].value)
        return [f"On {day} you said that your leg is {words} since last week."]
    what = {
        LEG_PAIN: "your leg pain was",
        DISTAL_RANK: f"it reached this far down your {side} leg:",
        NUMB_BOTHER: "tingling or numbness bothered you:",
    }[evidence.measure]
    if len(readings) <= SHORT:
        values = listed([value_in_words(evidence.measure, each.value) for each in readings])
        days = listed_days([each.recorded_on for each in readings], with_year)
        said = f"On {days} {what} {values}."
    else:
        numbers = [float(each.value) for each in readings]
        lowest, highest = number_in_words(min(numbers)), number_in_words(max(numbers))
        between = lowest if lowest == highest else f"{lowest} to {highest}"
        span = f"From {day_in_words(first, with_year)} to {day}"
        said = f"{span} {what} {between}, in {len(readings)} answers."
    if baseline is None:
        return [said]
    if evidence.measure == DISTAL_RANK:
        return [said, f"Your usual place: {PLACES[int(baseline.centre)]}."]
    level = number_in_words(baseline.centre)
    return [
        said,
        f"You started at about {level}." if evidence.is_from_start else f"Your usual is about {level}.",
    ]


def _as_sentences(evidence: Evidence) -> list[str]:
    """Each sign with its answer: "Leg or foot weaker, foot drags, or leg gives way: yes." """
    said = [value_in_words(evidence.measure, reading.value) for reading in evidence.readings]
    return [f"{each[0].upper()}{each[1:]}." for each in said]


def looks_for(rule: str, measure: str) -> str:
    """What makes the rule speak up, without its numbers."""
    return _AT_ONCE[measure] if measure in _AT_ONCE else _LOOKED_FOR[rule]


def usual_for_patient(evidence: Evidence) -> str:
    """Where the level comes from that answers were compared with; empty where none was needed."""
    baseline = evidence.baseline
    if baseline is None:
        return ""
    with_year = baseline.first_on.year != baseline.last_on.year
    first, last = day_in_words(baseline.first_on, with_year), day_in_words(baseline.last_on, with_year)
    what = "Where you started" if evidence.is_from_start else "Your usual"
    return f"{what} comes from {baseline.reports} answers, {first} to {last}."
