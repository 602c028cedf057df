"""The simulated people: who stays as they are, who truly worsens, and under which conditions."""

from dataclasses import dataclass, replace
from random import Random

from programs.home.rules import Conditions, Course, Kind, simulate_course, simulate_furthest_place

DAYS = 112
ONSET = 56
START_UP_DAYS = 21
EARLY_ONSET, EARLY_WITHIN = 8, 12
SPREAD_WITHIN = 14
STICKY = 0.6

MODEL = Conditions()
LOW_LEVEL = (1.75, 0.25)
HIGH_LEVEL = (7.4, 0.6)


@dataclass(frozen=True, slots=True)
class Cohort:
    """People of one kind. The same number and seed is the same person under other conditions."""

    name: str
    kind: Kind
    days: int = DAYS
    onset: int = ONSET
    within: int = 0
    """A true change has to be found so many days after its onset; 0: there is no change."""
    rise: float = 0.0
    rise_per_week: float = 1.0
    base: tuple[float, float] | None = None
    eases_to: float | None = None
    completeness: float = 0.85
    conditions: Conditions = MODEL

    def person(self, seed: int, number: int) -> Course:
        return simulate_course(
            self.kind,
            self.days,
            Random(f"{seed} {self.kind} {number}"),  # noqa: S311
            onset=self.onset,
            rise=self.rise,
            rise_per_week=self.rise_per_week,
            completeness=self.completeness,
            base=self.base,
            eases_to=self.eases_to,
            conditions=self.conditions,
        )

    def unchanged(self) -> "Cohort":
        """The same people, had nothing happened to them."""
        return replace(self, rise=0.0)


@dataclass(frozen=True, slots=True)
class PlaceCohort:
    """People whose furthest place down the leg is reported, partly wrongly."""

    name: str
    sticky: float
    spreads: bool = False

    def person(self, seed: int, number: int) -> list[int | None]:
        rng = Random(f"{seed} place {number}")  # noqa: S311
        return simulate_furthest_place(DAYS, rng, onset=ONSET if self.spreads else None, sticky=self.sticky)

    def unchanged(self) -> "PlaceCohort":
        """The same people, had nothing happened to them."""
        return replace(self, spreads=False)


@dataclass(frozen=True, slots=True)
class Setting:
    """One condition at a time, harsher or kinder than the model, for both quiet and worsening people."""

    name: str
    conditions: Conditions = MODEL
    completeness: float = 0.85

    def applied_to(self, cohort: Cohort) -> Cohort:
        return replace(cohort, conditions=self.conditions, completeness=self.completeness)


STEADY = (
    Cohort("Improving, mild", "improving_mild"),
    Cohort("Improving, severe", "improving_severe"),
    Cohort("Persistent mild", "persistent_mild"),
    Cohort("Persistent moderate, easing", "persistent_moderate"),
    Cohort("Persistent moderate, level", "stable_moderate"),
    Cohort("Persistent severe, easing", "persistent_severe"),
    Cohort("Persistent severe, level", "stable_severe"),
)
FLUCTUATING = Cohort("Fluctuating", "fluctuating")
QUIET = (*STEADY, FLUCTUATING)
ATLAS_SHARES = {
    "Improving, mild": 0.58,
    "Persistent moderate, easing": 0.26,
    "Persistent severe, easing": 0.13,
    "Improving, severe": 0.03,
}
"""Of the four classes of leg pain in primary care (Ogollah 2019)."""

STEP_3 = Cohort("+3, stays", "step", rise=3.0, within=14)
STEP_2 = Cohort("+2, stays", "step", rise=2.0, within=14)
RAMP_FAST = Cohort("+1 a week, up to +3", "ramp", rise=3.0, rise_per_week=1.0, within=28)
RAMP_SLOW = Cohort("+0.5 a week, up to +3", "ramp", rise=3.0, rise_per_week=0.5, within=42)
FLARE = Cohort("+3 for 10 days", "flare", rise=3.0, within=12)
HIGH_STEP_2 = Cohort("+2 from a high level (about 7.4)", "step", rise=2.0, base=HIGH_LEVEL, within=14)
LOW_STEP_2 = Cohort("+2 from a low level (about 1.75)", "step", rise=2.0, base=LOW_LEVEL, within=14)
STEP_AFTER_EASING = Cohort(
    "+3 after easing for 8 weeks", "step", rise=3.0, base=(4.2, 1.0), eases_to=0.9, within=14
)
CHANGES = (STEP_3, STEP_2, RAMP_FAST, RAMP_SLOW, FLARE, HIGH_STEP_2, LOW_STEP_2, STEP_AFTER_EASING)
STRESSED_CHANGES = (STEP_3, STEP_2, RAMP_FAST, RAMP_SLOW)

LOW_QUIET = Cohort("Level, about 1.75", "persistent_mild", base=LOW_LEVEL)
HIGH_QUIET = Cohort("Level, about 7.5", "stable_severe", base=(7.5, 0.3))
OTHER_LEVELS = (LOW_QUIET, HIGH_QUIET)

AS_MODELLED = Setting("As modelled")
SEVERAL_AT_ONCE = (
    "autocorrelation 0.45, median SD 1.4, Student t with 4 degrees of freedom, +0.7 on two days a week, "
    "a number repeated until pain is 1 away from it, twice the odds of a gap on bad days, 70 % of days logged"
)
"""The last of `SETTINGS` in words."""
SETTINGS = (
    AS_MODELLED,
    Setting("Autocorrelation 0.1", Conditions(autocorrelation=0.1)),
    Setting("Autocorrelation 0.45", Conditions(autocorrelation=0.45)),
    Setting("Autocorrelation 0.6", Conditions(autocorrelation=0.6)),
    Setting("Less noise: median SD 0.7", Conditions(noise_median=0.7)),
    Setting("More noise: median SD 1.4", Conditions(noise_median=1.4)),
    Setting("Much noise: median SD 1.8", Conditions(noise_median=1.8)),
    Setting("Heavy tails: Student t, 3 degrees of freedom", Conditions(degrees_of_freedom=3)),
    Setting("+0.7 on work days", Conditions(weekday_rise=0.7)),
    Setting("+0.7 on two days a week", Conditions(weekday_rise=0.7, risen_weekdays=(5, 6))),
    Setting("Repeats a number until pain is 1 away from it", Conditions(held_within=1.0)),
    Setting("Gaps likelier on bad days: odds times 3", Conditions(bad_day_gap_odds=3.0)),
    Setting("55 % of days logged", completeness=0.55),
    Setting("70 % of days logged", completeness=0.70),
    Setting("95 % of days logged", completeness=0.95),
    Setting(
        "Several at once",
        Conditions(
            autocorrelation=0.45,
            noise_median=1.4,
            degrees_of_freedom=4,
            weekday_rise=0.7,
            risen_weekdays=(5, 6),
            held_within=1.0,
            bad_day_gap_odds=2.0,
        ),
        completeness=0.70,
    ),
)

START_UP_QUIET = tuple(replace(cohort, days=START_UP_DAYS) for cohort in QUIET)
START_UP_CHANGES = tuple(
    replace(cohort, days=START_UP_DAYS, onset=EARLY_ONSET, within=EARLY_WITHIN) for cohort in (STEP_3, STEP_2)
)

RANDOM_PLACES = PlaceCohort("Wrong places independent", 0.0)
STICKY_PLACES = PlaceCohort("Wrong places come in runs", STICKY)
PLACES = (RANDOM_PLACES, STICKY_PLACES)
