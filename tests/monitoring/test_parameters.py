"""The numbers behind the rules: what a clinic can set, within which bounds, and the version of a setting."""

from dataclasses import fields, replace
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.monitoring.rules import (
    ADJUSTABLE,
    DEFAULT,
    RULES_VERSION,
    ParameterError,
    Parameters,
    adjusted,
)
from tests.monitoring.histories import steadily

pytestmark = pytest.mark.pure

NAMES = st.sampled_from(sorted(ADJUSTABLE))


def steps(name: str) -> list[float]:
    bounds = ADJUSTABLE[name]
    count = round((bounds.highest - bounds.lowest) / bounds.step)
    return [round(bounds.lowest + step * bounds.step, 6) for step in range(count + 1)]


def refused(values: dict[str, object]) -> dict[str, str]:
    with pytest.raises(ParameterError) as refusal:
        adjusted(values)
    return refusal.value.errors


@pytest.mark.parametrize("name", sorted(ADJUSTABLE))
def test_what_can_be_set_is_a_parameter_whose_default_can_be_chosen(name: str) -> None:
    bounds = ADJUSTABLE[name]
    assert name in {field.name for field in fields(Parameters)}
    assert adjusted({name: getattr(DEFAULT, name)}) == DEFAULT
    assert bounds.lowest < bounds.highest
    assert steps(name)[-1] == pytest.approx(bounds.highest)
    assert all((bounds.label, bounds.unit, bounds.help))
    assert bounds.help.endswith(".")


@pytest.mark.parametrize("name", sorted(ADJUSTABLE))
def test_every_step_between_the_bounds_can_be_chosen(name: str) -> None:
    for value in steps(name):
        assert getattr(adjusted({name: value}), name) == value


@pytest.mark.parametrize("name", sorted(ADJUSTABLE))
def test_only_the_named_parameter_changes(name: str) -> None:
    bounds = ADJUSTABLE[name]
    other = bounds.lowest if getattr(DEFAULT, name) != bounds.lowest else bounds.highest
    assert adjusted({name: other}) == replace(DEFAULT, **{name: other})
    assert adjusted({name: other}).changed == {name: other}


@pytest.mark.parametrize("name", sorted(ADJUSTABLE))
def test_outside_the_bounds_and_between_the_steps_nothing_can_be_chosen(name: str) -> None:
    bounds = ADJUSTABLE[name]
    span = f"Choose {bounds.lowest:g} to {bounds.highest:g}."
    for value in (bounds.lowest - bounds.step, bounds.highest + bounds.step, inf, -inf, nan):
        assert refused({name: value}) == {name: span}
    assert refused({name: bounds.lowest + bounds.step / 2}) == {name: f"Choose steps of {bounds.step:g}."}
    assert refused({name: bounds.highest - bounds.step / 3}) == {name: f"Choose steps of {bounds.step:g}."}


@pytest.mark.parametrize("value", [True, False, None, "3", "", [3], {"value": 3}])
def test_what_is_no_number_is_refused(value: object) -> None:
    assert refused({"minimum_score": value}) == {"minimum_score": "Give a number."}


@pytest.mark.parametrize("name", ["", "needed", "baseline_ages", "Minimum_score", "version"])
def test_what_a_clinic_cannot_set_is_refused(name: str) -> None:
    assert refused({name: 3}) == {name: "There is no such threshold."}


def test_everything_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(ParameterError) as refusal:
        adjusted({"minimum_score": 3, "cooldown_days": 99, "unknown": 1, "severe_score": None})
    assert refusal.value.errors == {
        "cooldown_days": "Choose 7 to 14.",
        "unknown": "There is no such threshold.",
        "severe_score": "Give a number.",
    }
    assert str(refusal.value) == (
        "cooldown_days: Choose 7 to 14. unknown: There is no such threshold. severe_score: Give a number."
    )


def test_nothing_changed_is_the_plain_version() -> None:
    assert adjusted({}) == DEFAULT
    assert DEFAULT.changed == {}
    assert DEFAULT.version == RULES_VERSION


@steadily(60)
@given(st.dictionaries(NAMES, st.integers(0, 100)), st.randoms(use_true_random=False))
def test_a_version_tells_a_setting_from_every_other(places: dict[str, int], random) -> None:
    values = {name: steps(name)[place % len(steps(name))] for name, place in places.items()}
    setting = adjusted(values)
    shuffled = list(values.items())
    random.shuffle(shuffled)

    assert adjusted(dict(shuffled)).version == setting.version
    assert adjusted(setting.changed) == setting
    assert (setting.version == RULES_VERSION) == (not setting.changed)
    assert setting.version.partition("+")[0] == RULES_VERSION

    others = {
        adjusted({**values, name: other}).version
        for name, value in values.items()
        for other in (ADJUSTABLE[name].lowest, ADJUSTABLE[name].highest)
        if other != value
    }
    assert setting.version not in others


def test_a_whole_number_is_the_same_setting_with_and_without_a_decimal_point() -> None:
    assert adjusted({"minimum_score": 4}) == adjusted({"minimum_score": 4.0})
    assert adjusted({"minimum_score": 4}).version == adjusted({"minimum_score": 4.0}).version


def test_what_a_computer_makes_of_a_step_is_the_step_that_is_meant() -> None:
    assert adjusted({"allowance": 0.6500000001}) == adjusted({"allowance": 0.65})
    assert adjusted({"allowance": 0.6500000001}).version == adjusted({"allowance": 0.65}).version
    assert adjusted({"allowance": 0.65}).allowance == 0.65


def test_a_version_is_short_and_stays_what_it_is() -> None:
    """Stored with every finding: the same setting has to give the same version in every process."""
    version = adjusted({"minimum_score": 4}).version
    assert len(version) == len(RULES_VERSION) + 9
    assert int(version.partition("+")[2], 16) >= 0
    assert replace(DEFAULT, baseline_ages=(10, 60)).version != RULES_VERSION
