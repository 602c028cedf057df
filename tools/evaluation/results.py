"""All the measurements of one evaluation, and the targets they are held against."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from .cohorts import (
    AS_MODELLED,
    ATLAS_SHARES,
    CHANGES,
    FLUCTUATING,
    HIGH_STEP_2,
    OTHER_LEVELS,
    PLACES,
    QUIET,
    RAMP_FAST,
    RAMP_SLOW,
    SETTINGS,
    START_UP_CHANGES,
    START_UP_QUIET,
    STEADY,
    STEP_2,
    STEP_3,
    STRESSED_CHANGES,
)
from .measures import Found, Interval, weighted
from .study import FLAGS, QuietResult, Study

QuietByCohort = Mapping[str, Mapping[str, QuietResult]]
"""By name of cohort, then of rule."""
FoundByCohort = Mapping[str, Mapping[str, Found]]


@dataclass(frozen=True, slots=True)
class Evaluation:
    seed: int
    people: int
    """In each row, except under the harsher settings."""
    people_in_settings: int
    quiet: QuietByCohort
    changes: FoundByCohort
    quiet_in_settings: Mapping[str, QuietByCohort]
    """By name of setting."""
    changes_in_settings: Mapping[str, FoundByCohort]
    start_up_quiet: Mapping[str, Mapping[str, Interval]]
    """Share of people about whom a rule says anything in the first three weeks."""
    start_up_changes: FoundByCohort
    quiet_places: Mapping[str, Interval]
    spreads: Mapping[str, Found]


def gather(study: Study) -> Evaluation:
    """Measure everything. The same number of people and seed give the same Evaluation."""
    fewer = replace(study, people=(study.people + 1) // 2)
    quiet = {cohort.name: study.quiet(cohort) for cohort in (*QUIET, *OTHER_LEVELS)}
    changes = {cohort.name: study.changes(cohort) for cohort in CHANGES}
    harsher = [setting for setting in SETTINGS if setting != AS_MODELLED]
    return Evaluation(
        seed=study.seed,
        people=study.people,
        people_in_settings=fewer.people,
        quiet=quiet,
        changes=changes,
        quiet_in_settings={
            AS_MODELLED.name: quiet,
            **{
                setting.name: {cohort.name: fewer.quiet(setting.applied_to(cohort)) for cohort in QUIET}
                for setting in harsher
            },
        },
        changes_in_settings={
            AS_MODELLED.name: changes,
            **{
                setting.name: {
                    cohort.name: fewer.changes(setting.applied_to(cohort)) for cohort in STRESSED_CHANGES
                }
                for setting in harsher
            },
        },
        start_up_quiet={cohort.name: study.ever(cohort) for cohort in START_UP_QUIET},
        start_up_changes={cohort.name: study.changes(cohort) for cohort in START_UP_CHANGES},
        quiet_places={cohort.name: study.quiet_places(cohort) for cohort in PLACES},
        spreads={cohort.name: study.spreads(replace(cohort, spreads=True)) for cohort in PLACES},
    )


def mixture(results: QuietByCohort, rule: str) -> QuietResult:
    """What a rule says about people mixed as in primary care."""

    def mixed(of: Callable[[QuietResult], Interval]) -> Interval:
        return weighted([(share, of(results[name][rule])) for name, share in ATLAS_SHARES.items()])

    return QuietResult(
        false=mixed(lambda result: result.false),
        in_flare=mixed(lambda result: result.in_flare),
        alerts=mixed(lambda result: result.alerts),
    )


def noisiest(results: QuietByCohort, rule: str = FLAGS) -> tuple[str, Interval]:
    """The steady class with the most false alerts: its name and their number per patient-year."""
    rates = {cohort.name: results[cohort.name][rule].false for cohort in STEADY}
    name = max(rates, key=lambda each: rates[each].value)
    return name, rates[name]


@dataclass(frozen=True, slots=True)
class Target:
    """What was asked of the flags before they were measured, and what came out."""

    aim: str
    figure: Interval | float | None
    """A rate or share with its interval, or a number of days; None where nothing was found."""
    limit: float
    at_most: bool
    unit: str
    """"a year", "share" or "days"."""

    @property
    def is_met(self) -> bool:
        """By the figure itself, not by the favourable end of its interval."""
        if self.figure is None:
            return False
        value = self.figure.value if isinstance(self.figure, Interval) else self.figure
        return value <= self.limit if self.at_most else value >= self.limit


def targets(evaluation: Evaluation) -> list[Target]:
    changes = {name: rules[FLAGS] for name, rules in evaluation.changes.items()}
    noisiest_name, noisiest_rate = noisiest(evaluation.quiet)

    def found(aim: str, cohort: str, least: float) -> Target:
        return Target(aim, changes[cohort].share, least, False, "share")

    def median_days(aim: str, cohort: str, most: float) -> Target:
        return Target(aim, changes[cohort].median_days, most, True, "days")

    return [
        Target(
            f"False flags in every steady class (most: {noisiest_name.lower()})",
            noisiest_rate, 0.3, True, "a year",
        ),
        Target(
            "False flags in a fluctuating course",
            evaluation.quiet[FLUCTUATING.name][FLAGS].false, 0.9, True, "a year",
        ),
        found("+3 found in 14 days", STEP_3.name, 0.97),
        median_days("+3: median time to the flag", STEP_3.name, 4),
        found("+2 found in 14 days", STEP_2.name, 0.87),
        median_days("+2: median time to the flag", STEP_2.name, 6),
        found("+1 a week found in 28 days", RAMP_FAST.name, 0.97),
        found("+0.5 a week found in 42 days", RAMP_SLOW.name, 0.96),
        found("+2 from a high level found in 14 days", HIGH_STEP_2.name, 0.87),
    ]  # fmt: skip
