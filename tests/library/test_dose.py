"""The dose: what is refused, how long it takes, and how it reads."""

from typing import Any

import pytest

from programs.library.rules import (
    DOSE_LIMITS,
    Dose,
    describe,
    describe_frequency,
    dose_errors,
    seconds_needed,
)

pytestmark = pytest.mark.pure

CALF_RAISE = {
    "sets": 3,
    "repetitions": 10,
    "hold_seconds": 0,
    "duration_seconds": None,
    "rest_seconds": 45,
    "times_a_day": 1,
    "days_a_week": 4,
    "tempo": "",
}


def dose(**changes: Any) -> Dose:
    return Dose.from_mapping({**CALF_RAISE, **changes})


def test_a_dose_survives_being_kept_as_json() -> None:
    assert Dose.from_mapping(dose(tempo="2-1-3").to_mapping()) == dose(tempo="2-1-3")


def test_a_dose_without_a_tempo_has_none() -> None:
    without_tempo = {field: value for field, value in CALF_RAISE.items() if field != "tempo"}
    assert Dose.from_mapping(without_tempo).tempo == ""


def test_changes_replace_only_the_fields_they_name() -> None:
    assert dose().with_changes({"sets": 2}) == dose(sets=2)


def test_changes_that_are_out_of_bounds_are_refused() -> None:
    with pytest.raises(ValueError, match="Sets must be a whole number from 1 to 10"):
        dose().with_changes({"sets": 0})


def test_a_good_dose_has_no_errors() -> None:
    assert dose_errors(CALF_RAISE) == {}


@pytest.mark.parametrize(
    ("field", "low", "high"),
    [
        ("sets", 1, 10),
        ("repetitions", 1, 50),
        ("hold_seconds", 0, 120),
        ("duration_seconds", 10, 3600),
        ("rest_seconds", 0, 300),
        ("times_a_day", 1, 6),
        ("days_a_week", 1, 7),
    ],
)
def test_each_number_may_reach_its_limits_and_not_pass_them(field: str, low: int, high: int) -> None:
    assert dose_errors({**CALF_RAISE, field: low}) == {}
    assert dose_errors({**CALF_RAISE, field: high}) == {}
    assert list(dose_errors({**CALF_RAISE, field: low - 1})) == [field]
    assert list(dose_errors({**CALF_RAISE, field: high + 1})) == [field]


@pytest.mark.parametrize("value", [True, 3.0, 2.5, "3", [3]])
@pytest.mark.parametrize("field", DOSE_LIMITS)
def test_only_whole_numbers_count(field: str, value: object) -> None:
    assert list(dose_errors({**CALF_RAISE, field: value})) == [field]


@pytest.mark.parametrize("field", [field for field in DOSE_LIMITS if field != "duration_seconds"])
def test_only_the_duration_may_be_empty(field: str) -> None:
    assert list(dose_errors({**CALF_RAISE, field: None})) == [field]


@pytest.mark.parametrize("field", DOSE_LIMITS)
def test_a_missing_number_is_an_error(field: str) -> None:
    incomplete = {name: value for name, value in CALF_RAISE.items() if name != field}
    assert list(dose_errors(incomplete)) == [field]


@pytest.mark.parametrize("tempo", ["", "2-1-3", "4-0-6", "10-0-10"])
def test_a_tempo_is_seconds_up_pause_and_down(tempo: str) -> None:
    assert dose_errors({**CALF_RAISE, "tempo": tempo}) == {}


@pytest.mark.parametrize(
    "tempo", ["slow", "2-1", "2-1-3-1", "2 1 3", "0-0-0", "-1-0-1", "2-1-3\n", "100-0-1", 213, None]
)
def test_anything_else_is_not_a_tempo(tempo: object) -> None:
    assert list(dose_errors({**CALF_RAISE, "tempo": tempo})) == ["tempo"]


def test_a_misspelt_field_is_an_error() -> None:
    assert dose_errors({**CALF_RAISE, "repetition": 10}) == {"repetition": "A dose has no field repetition."}


def test_the_errors_say_what_is_expected() -> None:
    errors = dose_errors({**CALF_RAISE, "repetitions": 51, "rest_seconds": 301, "duration_seconds": 5})
    assert errors == {
        "repetitions": "Repetitions must be a whole number from 1 to 50.",
        "duration_seconds": "Duration must be empty or a whole number of seconds from 10 to 3600.",
        "rest_seconds": "Rest must be a whole number of seconds from 0 to 300.",
    }


@pytest.mark.parametrize(
    ("changes", "sides", "seconds"),
    [
        ({}, "together", 15 + 3 * 10 * 3 + 2 * 45),
        ({"sets": 1}, "together", 15 + 10 * 3),
        ({"hold_seconds": 5}, "together", 15 + 3 * 10 * 5 + 2 * 45),
        ({"tempo": "2-1-3"}, "together", 15 + 3 * 10 * 6 + 2 * 45),
        ({"tempo": "2-1-3", "hold_seconds": 4}, "together", 15 + 3 * 10 * 9 + 2 * 45),
        ({"tempo": "2-3-2", "hold_seconds": 1}, "together", 15 + 3 * 10 * 7 + 2 * 45),
        ({}, "each", 15 + 2 * (3 * 10 * 3 + 2 * 45)),
        ({}, "alternate", 15 + 2 * 3 * 10 * 3 + 2 * 45),
        ({"duration_seconds": 300, "sets": 1, "tempo": "4-0-6"}, "together", 15 + 300),
        ({"duration_seconds": 60}, "each", 15 + 2 * (3 * 60 + 2 * 45)),
        ({"duration_seconds": 60}, "alternate", 15 + 3 * 60 + 2 * 45),
    ],
)
def test_the_time_counts_getting_ready_every_set_and_the_rests_between(
    changes: dict[str, Any], sides: str, seconds: int
) -> None:
    assert seconds_needed(dose(**changes), sides) == seconds


@pytest.mark.parametrize(
    ("changes", "sides", "words"),
    [
        ({}, "together", "3 sets of 10, rest 45 seconds"),
        ({"rest_seconds": 0}, "together", "3 sets of 10"),
        ({"sets": 1}, "together", "10 times"),
        ({"sets": 1, "repetitions": 1}, "each", "Once on each side"),
        ({}, "each", "3 sets of 10 on each side, rest 45 seconds"),
        ({"hold_seconds": 5}, "alternate", "3 sets of 10 on each side, hold 5 seconds each, rest 45 seconds"),
        ({"hold_seconds": 1, "sets": 1}, "together", "10 times, hold 1 second each"),
        ({"repetitions": 1, "hold_seconds": 30}, "each", "Hold 30 seconds, 3 times on each side"),
        ({"repetitions": 1, "hold_seconds": 60, "sets": 1}, "together", "Hold 1 minute, once"),
        ({"duration_seconds": 300, "sets": 1}, "together", "5 minutes"),
        ({"duration_seconds": 90, "sets": 1}, "each", "90 seconds on each side"),
        (
            {"duration_seconds": 150, "rest_seconds": 60},
            "together",
            "3 sets of 2 minutes 30 seconds, rest 1 minute",
        ),
        ({"duration_seconds": 61, "sets": 1}, "alternate", "61 seconds"),
        ({"rest_seconds": 75}, "together", "3 sets of 10, rest 75 seconds"),
        ({"rest_seconds": 121}, "together", "3 sets of 10, rest 2 minutes 1 second"),
    ],
)
def test_the_amount_reads_as_plain_words(changes: dict[str, Any], sides: str, words: str) -> None:
    assert describe(dose(**changes), sides) == words


@pytest.mark.parametrize(
    ("times_a_day", "days_a_week", "words"),
    [
        (1, 4, "once a day, 4 days a week"),
        (2, 7, "twice a day, every day"),
        (3, 1, "3 times a day, 1 day a week"),
    ],
)
def test_the_frequency_reads_as_plain_words(times_a_day: int, days_a_week: int, words: str) -> None:
    assert describe_frequency(dose(times_a_day=times_a_day, days_a_week=days_a_week)) == words
