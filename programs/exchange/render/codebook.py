"""What the files of an archive mean, in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from programs.exchange.render.tables import Table

_START = """Your exercise record

Each file that ends in .csv is one table. Any spreadsheet program opens it.

How to read the tables
- All times are in UTC. A day is written year-month-day, such as 2026-11-20.
- Pain goes from 0 (none) to 10 (the worst you can think of).
- How far down goes: 0 nowhere, 1 back, 2 buttock, 3 thigh, 4 calf, 5 foot.
- yes and no are answers. An empty cell means that there is nothing.
- A cell with several things has "; " between them.
- Days of the week count from 0 (Monday) to 6 (Sunday).
- "row" numbers the lines of a table. "of_row" is the line of the bigger table that a line belongs to.
- Text that begins with = + - or @ has an apostrophe (') before it, so that no program runs it.
  So has each line, and each part after a ";", that begins so.
"""

TABLES = {
    "person": "Who you are.",
    "daily_checks": "Your daily checks.",
    "weekly_checks": "Your weekly checks.",
    "intakes": "What you told us about your pain.",
    "sessions": "Your exercise sessions.",
    "sessions-results": "Each exercise of a session, for each leg.",
    "morning_checks": "How you were on the morning after a session.",
    "plans": "Your plans.",
    "plans-versions": "Each time a plan was written or changed.",
    "plans-versions-content-stages": "The stages of a plan.",
    "plans-versions-content-stages-test_items": "What the test at the end of a stage asks.",
    "plans-versions-content-stages-exercises": "The exercises of a stage.",
    "plans-versions-content-flare-test_items": "What the test at the end of a flare asks.",
    "plans-versions-content-flare-exercises": "The exercises for a flare, when pain is worse for some days.",
    "plans-stage_changes": "Each time you began, changed or held a stage.",
    "plans-stage_changes-criteria": "What was looked at before a stage changed.",
    "stage_tests": "Your tests at the end of a stage.",
    "direction_tries": "Your tries of which way of moving helps.",
    "safety_screenings": "Each time you were asked about warning signs.",
    "safety_screenings-answers": "Your answers about warning signs.",
    "safety_locks": "Times in which you were told to get help first.",
    "safety_conditions": "Things about your health that rule some exercises out.",
    "safety_requests": "Times when we had to ask about warning signs again.",
    "flags": "Times when your care team was asked to look at your reports.",
    "flags-evidence-readings": "The reports that this was about.",
    "check_ins": "Times when we asked you how it is going.",
    "messages": "Messages between you and your clinic.",
    "break_prompts": "Times when we asked you to get up and move.",
    "movement_breaks": "Breaks in which you moved.",
    "break_rule": "How you want to be asked to move.",
    "break_rule-windows": "The hours in which you want to be asked.",
    "break_rule-busy": "The hours in which you are busy.",
    "reminders": "How you want to be reminded.",
}
_INSIDE = {
    "numbers": "A number that was used.",
    "values": "What you entered for this part of the test.",
    "evidence": "What the rule looked at.",
    "counterfactual": "What would have changed this.",
}
COLUMNS = {
    "about_on": "The day that it is about.",
    "advised_share": "How much of it we advised, in percent.",
    "age": "How many days old.",
    "aim": "What is to be reached.",
    "answer": "Your answer.",
    "answered_at": "When you answered.",
    "asked": "The words of the question.",
    "asked_at": "When we noted it.",
    "at": "When it was.",
    "at_least": "The least that passes.",
    "back_pain": "Pain in your back.",
    "begun_at": "When you began.",
    "body": "The words.",
    "bother_leg_pain": "How much leg pain bothered you.",
    "bother_sitting": "How much sitting bothered you.",
    "bother_tingling_numbness": "How much tingling or numbness bothered you.",
    "bother_weakness": "How much weakness bothered you.",
    "bothersomeness": "These four together.",
    "break_interval_minutes": "Minutes between breaks in this stage.",
    "break_movements": "Moves that fit a break.",
    "busy": "The hours in which you are busy.",
    "by_push": "Whether we may send it to your device.",
    "calf_pain": "Pain in your calf.",
    "calm_days": "Calm days that end a flare.",
    "calm_margin": "How close to your usual counts as calm.",
    "cautions": "What to look out for.",
    "checked_on": "The day on which you were checked.",
    "checked_where": "Where you were checked.",
    "cleared_at": "When it stopped counting.",
    "cleared_by": "Who said so.",
    "clearance_note": "What was noted about it.",
    "completed_at": "When you were done.",
    "corrected_by": "The id of the check that put this one right.",
    "corrects": "The id of the check that this one puts right.",
    "counterfactual": "What would have changed this.",
    "cramps": "How often you had cramps.",
    "created_at": "When it was written.",
    "criteria": "What was looked at.",
    "daily_cap": "The most times a day.",
    "daily_check_at": "When you want the daily check.",
    "days_a_week": "Days a week.",
    "decided_by": "Who decided. Empty: a rule did.",
    "digest_at": "When you want all of it in one e-mail.",
    "direction": "The way of moving.",
    "direction_on": "The day from which it is known.",
    "directions_excluded": "Ways of moving that are left out.",
    "due_at": "When it was due.",
    "duration_seconds": "Seconds in all.",
    "each_side": "Whether it is done with each leg.",
    "effect": "What it did.",
    "effort": "How hard it was.",
    "email": "Your e-mail address.",
    "enabled": "Whether it is on.",
    "ended_at": "When it ended.",
    "ended_by": "Who ended it.",
    "ending": "How it ended.",
    "excluded_exercises": "Exercises that are left out.",
    "excluded_tags": "Kinds of exercise that are left out.",
    "exercise": "The exercise.",
    "exercise_id": "The id of the exercise.",
    "finished_at": "When it ended.",
    "first_leg": "The leg you want to do first.",
    "found_on": "The day it is about.",
    "from": "Who wrote it.",
    "goal": "What it is for.",
    "groc": "How you are now, next to when you began.",
    "hold_seconds": "Seconds to hold.",
    "id": "The id of this line in the tracker.",
    "instead_of": "The exercise that it took the place of.",
    "interval_minutes": "Minutes between breaks now.",
    "irritability": "How easily your pain flares.",
    "irritability_on": "The day from which that is known.",
    "is_checked_by_clinician": "Whether a clinician has checked it.",
    "is_harder_to_cope": "Whether it is harder to cope.",
    "is_over": "Whether it is done.",
    "is_passed": "Whether you reached it.",
    "is_superseded": "Whether later reports changed it.",
    "key": "Its short name.",
    "kind": "What kind it is.",
    "leg_pain": "Pain in your leg.",
    "less_motion": "Whether you want still pictures.",
    "level": "How soon somebody has to look.",
    "longest_days": "The most days of a flare.",
    "met_at": "When you answered.",
    "minimum_days": "The fewest days of this stage.",
    "missed": "Breaks missed in a row.",
    "mode": "Whether your reports are watched.",
    "morning_check_at": "When you want the morning check.",
    "most_apart": "How far apart both legs may be.",
    "moved_at": "When you moved.",
    "moved_on": "The day of it.",
    "movement": "The move.",
    "name": "The name.",
    "nights_broken": "Nights in which pain woke you.",
    "note": "What was noted.",
    "number": "Its number.",
    "opened_at": "When it began.",
    "outcome": "What came of it.",
    "pain": "Your pain.",
    "pain_after": "Pain after.",
    "pain_at_most": "The most pain that passes.",
    "pain_before": "Pain before.",
    "pain_ceiling": "The most pain with which you go on.",
    "pain_measure": "Which pain counts for that.",
    "pain_peak": "The worst pain while you did it.",
    "paused_until": "When breaks start again.",
    "places_left": "Where it hurts on your left.",
    "places_right": "Where it hurts on your right.",
    "program": "The program.",
    "question": "The question.",
    "quiet_end": "When the quiet hours end.",
    "quiet_start": "When the quiet hours begin.",
    "raw": "What came, where it could not be read.",
    "reach": "How far down it goes.",
    "reach_after": "How far down after.",
    "reach_before": "How far down before.",
    "reach_left": "How far down on your left.",
    "reach_right": "How far down on your right.",
    "reason": "Why.",
    "received_at": "When it reached us.",
    "recorded_on": "The day it is for.",
    "repetitions": "How many times.",
    "rest_seconds": "Seconds to rest.",
    "rise_over_first": "How much more than the first time.",
    "rules_version": "Which version of our rules was used.",
    "said_at": "When you said so.",
    "sentence": "What we told you.",
    "sent_at": "When it was sent.",
    "session_times": "When you want to be reminded of a session.",
    "sets": "How many sets.",
    "settles_within": "How soon it settled, in minutes.",
    "share_of_other": "How much of the other leg it has to reach.",
    "side": "Which leg.",
    "sides": "Whether the legs work together.",
    "since": "Since when.",
    "sitting_before_pain": "Minutes of sitting before it hurt.",
    "slug": "Its short name.",
    "source": "What it was part of.",
    "speed": "How fast you want pictures to move.",
    "spread": "Whether it went further down.",
    "stage_number": "The stage.",
    "started_at": "When it began.",
    "state": "How it stood.",
    "stops_usual_things": "Whether it stops you from usual things.",
    "symptoms": "What you feel.",
    "taken_on": "The day of the test.",
    "tempo": "Seconds up, hold and down.",
    "test": "What ends this stage.",
    "test_items": "What the test asks.",
    "text_size": "How big you want text, in percent.",
    "time_zone": "Your time zone.",
    "times_a_day": "Times a day.",
    "tingling": "Whether it tingled.",
    "tingling_numbness_left": "Where it tingles or is numb on your left.",
    "tingling_numbness_right": "Where it tingles or is numb on your right.",
    "to_stage": "The stage from then on.",
    "tried_on": "The day of the try.",
    "unit": "What is counted.",
    "value": "The value.",
    "voice": "Whether a session may speak.",
    "weakness": "Whether your leg is weaker.",
    "weekdays": "The days of the week.",
    "windows": "The hours in which you want to be asked.",
    "wished_minutes": "Minutes between breaks, as you wish.",
    "worst_back_pain": "The worst pain in your back.",
    "worst_cramp": "The worst cramp.",
    "worst_leg_pain": "The worst pain in your leg.",
    "year_of_birth": "The year you were born.",
}


def codebook_of(tables: Sequence[Table]) -> str:
    """What each table and each of its columns is, in the order of the tables."""
    return "\r\n".join(
        line for text in (_START, *map(_about, tables)) for line in (*text.rstrip("\n").split("\n"), "")
    )


def words_for(column: str) -> str:
    """What a column is, by the last part of its name, or else by the object that it is in."""
    *inside, last = column.split(".")
    known = COLUMNS.get(column) or next((_INSIDE[part] for part in inside if part in _INSIDE), "")
    return known or COLUMNS.get(last, "")


def _about(table: Table) -> str:
    lines = [f"{table.name}.csv: {TABLES.get(table.name, '')}".strip()]
    if table.parent:
        lines.append(f'  Its "of_row" is a "row" of {table.parent}.csv.')
    lines += [f"  {column}: {words_for(column)}".rstrip() for column in table.columns]
    return "\n".join(lines)
