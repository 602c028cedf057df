"""The tables of the evaluation, as Markdown."""

from collections.abc import Callable, Iterable, Sequence

from .cohorts import (
    CHANGES,
    FLUCTUATING,
    OTHER_LEVELS,
    PLACES,
    QUIET,
    SETTINGS,
    START_UP_CHANGES,
    START_UP_QUIET,
    STEP_2,
    STEP_3,
    STRESSED_CHANGES,
)
from .measures import Found, Interval
from .peers import REFERENCE, RULES
from .results import Evaluation, Target, mixture, noisiest
from .study import CHECK_INS, EITHER, FLAGS, FLAGS_OF, QuietResult

LATER_RULES = ("W2", "W5")
"""Those that flag after the first weeks; W2e does not."""


def targets_table(aims: Sequence[Target]) -> str:
    def figure(aim: Target) -> str:
        if isinstance(aim.figure, Interval):
            return _rate(aim.figure) if aim.unit == "a year" else _share(aim.figure)
        return _days(aim.figure)

    def limit(aim: Target) -> str:
        words = {
            "a year": f"{aim.limit:g} a year",
            "share": _percent(aim.limit),
            "days": f"{aim.limit:g} days",
        }
        return f"{'at most' if aim.at_most else 'at least'} {words[aim.unit]}"

    return _table(
        ["", "Aim", "Measured", ""],
        [[aim.aim, limit(aim), figure(aim), "met" if aim.is_met else "**not met**"] for aim in aims],
    )


def peers_table(evaluation: Evaluation) -> str:
    found = evaluation.changes
    rows = []
    for name in (FLAGS, EITHER, *(rule.name for rule in RULES)):
        mixed = mixture(evaluation.quiet, name)
        _, noisiest_rate = noisiest(evaluation.quiet, name)
        three, two = found[STEP_3.name][name], found[STEP_2.name][name]
        rows.append(
            [
                f"**{name}**" if name == FLAGS else name,
                _rate(mixed.false),
                f"{noisiest_rate.value:.2f}",
                f"{mixed.alerts.value:.1f}",
                _percent(three.share.value),
                _percent(three.by_chance),
                _percent(two.share.value),
                _percent(two.by_chance),
                _days(two.median_days),
            ]
        )
    return _table(
        [
            "Rule",
            "False a year, as in primary care",
            "False a year, noisiest steady class",
            "All alerts a year",
            "+3 found in 14 days",
            "by chance",
            "+2 found in 14 days",
            "by chance",
            "+2: median",
        ],
        rows,
    )


def quiet_table(evaluation: Evaluation) -> str:
    def row(name: str, of: Callable[[str], QuietResult]) -> list[str]:
        return [
            name,
            _rate(of(FLAGS).false),
            *(f"{of(FLAGS_OF[rule]).false.value:.2f}" for rule in LATER_RULES),
            f"{of(FLAGS).in_flare.value:.2f}",
            _rate(of(CHECK_INS).false),
            f"{of(CHECK_INS).in_flare.value:.2f}",
            _rate(of(REFERENCE.name).false),
        ]

    quiet = evaluation.quiet
    rows = [row(cohort.name, quiet[cohort.name].__getitem__) for cohort in (*QUIET, *OTHER_LEVELS)]
    mixed = row("**As in primary care**", lambda rule: mixture(quiet, rule))
    return _table(
        [
            "Course",
            "False flags a year",
            *(f"of {rule}" for rule in LATER_RULES),
            "Flags in flare-ups a year",
            "False check-ins a year",
            "Check-ins in flare-ups a year",
            f"{REFERENCE.name}: false a year",
        ],
        [*rows, mixed],
    )


def changes_table(evaluation: Evaluation) -> str:
    rows = []
    for cohort in CHANGES:
        flags, either, plain = (
            evaluation.changes[cohort.name][name] for name in (FLAGS, EITHER, REFERENCE.name)
        )
        rows.append(
            [
                cohort.name,
                f"{cohort.within} days",
                _share(flags.share),
                *_times(flags),
                _percent(flags.by_chance),
                _percent(either.share.value),
                _percent(plain.share.value),
            ]
        )
    return _table(
        [
            "Change",
            "Time limit",
            "Found by a flag",
            "Median",
            "90th percentile",
            "By chance",
            "Found by a flag or check-in",
            f"{REFERENCE.name}: found",
        ],
        rows,
    )


def settings_quiet_table(evaluation: Evaluation) -> str:
    rows = []
    for setting in SETTINGS:
        results = evaluation.quiet_in_settings[setting.name]
        noisiest_name, noisiest_rate = noisiest(results)
        rows.append(
            [
                setting.name,
                _rate(mixture(results, FLAGS).false),
                f"{noisiest_rate.value:.2f} ({noisiest_name.lower()})",
                _rate(results[FLUCTUATING.name][FLAGS].false),
                f"{mixture(results, CHECK_INS).false.value:.2f}",
                f"{mixture(results, REFERENCE.name).false.value:.2f}",
            ]
        )
    return _table(
        [
            "Condition",
            "As in primary care",
            "Noisiest steady class",
            "Fluctuating",
            "Check-ins, as in primary care",
            f"{REFERENCE.name}, as in primary care",
        ],
        rows,
    )


def settings_changes_table(evaluation: Evaluation) -> str:
    def cell(found: Found) -> str:
        return f"{_percent(found.share.value)} ({_days(found.median_days)})"

    rows = []
    for setting in SETTINGS:
        results = evaluation.changes_in_settings[setting.name]
        flags = [results[cohort.name][FLAGS] for cohort in STRESSED_CHANGES]
        two = results[STEP_2.name]
        by_chance = _percent(two[FLAGS].by_chance)
        rows.append([setting.name, *map(cell, flags), by_chance, cell(two[REFERENCE.name])])
    names = [cohort.name for cohort in STRESSED_CHANGES]
    head = ["Condition", *names, f"{STEP_2.name}: by chance", f"{REFERENCE.name}: {STEP_2.name}"]
    return _table(head, rows)


def start_up_quiet_table(evaluation: Evaluation) -> str:
    rows = []
    for cohort in START_UP_QUIET:
        result = evaluation.start_up_quiet[cohort.name]
        by_rule = (_percent(result[name].value) for name in FLAGS_OF.values())
        rows.append([cohort.name, _share(result[FLAGS]), *by_rule, _share(result[CHECK_INS])])
    return _table(["Course", "A flag", *(f"by {rule}" for rule in FLAGS_OF), "A check-in"], rows)


def start_up_changes_table(evaluation: Evaluation) -> str:
    rows = []
    for cohort in START_UP_CHANGES:
        flags, either = (evaluation.start_up_changes[cohort.name][name] for name in (FLAGS, EITHER))
        rows.append(
            [
                cohort.name,
                _share(flags.share),
                *_times(flags),
                _percent(flags.by_chance),
                _share(either.share),
            ]
        )
    return _table(
        [
            "Change",
            "Found by a flag",
            "Median",
            "90th percentile",
            "By chance",
            "Found by a flag or check-in",
        ],
        rows,
    )


def places_table(evaluation: Evaluation) -> str:
    rows = []
    for cohort in PLACES:
        spread = evaluation.spreads[cohort.name]
        rows.append(
            [
                cohort.name,
                _rate(evaluation.quiet_places[cohort.name]),
                _share(spread.share),
                *_times(spread),
                _percent(spread.by_chance),
            ]
        )
    return _table(
        ["", "False flags a year", "True spread found", "Median", "90th percentile", "By chance"], rows
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _rate(rate: Interval) -> str:
    return f"{rate.value:.2f} ({rate.low:.2f}–{rate.high:.2f})"


def _share(share: Interval) -> str:
    return f"{_percent(share.value)} ({100 * share.low:.1f}–{100 * share.high:.1f})"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _days(days: float | None) -> str:
    return "never" if days is None else f"{days:g} d"


def _times(found: Found) -> tuple[str, str]:
    return _days(found.median_days), _days(found.slow_days)
