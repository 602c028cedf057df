"""Writes the evaluation down: docs/evaluation.md and its picture. All figures are computed, none is typed."""

from pathlib import Path

from . import plot
from .cohorts import (
    DAYS,
    EARLY_ONSET,
    EARLY_WITHIN,
    ONSET,
    SEVERAL_AT_ONCE,
    SPREAD_WITHIN,
    START_UP_DAYS,
    STEP_2,
    STICKY,
)
from .measures import AFTER_FLARE_DAYS, ONE_EPISODE_DAYS, WARM_UP_DAYS
from .ours import RULES_VERSION
from .peers import PEERS, REFERENCE, RULES
from .results import Evaluation, mixture, targets
from .study import EITHER, FLAGS
from .tables import (
    changes_table,
    peers_table,
    places_table,
    quiet_table,
    settings_changes_table,
    settings_quiet_table,
    start_up_changes_table,
    start_up_quiet_table,
    targets_table,
)

DOCUMENT, PICTURE = "evaluation.md", "evaluation.svg"

WORDS = """\
# Evaluation of the worsening rules

**No patient is in here.** Every figure comes from simulated people. No clinician has checked the rules, the
model or this page. The figures show how rules compare with each other, and what makes them worse. They do
not show how often a rule will be right about a patient.

Rules: version `{version}`. Seed: {seed}. {people} people in each row, {people_in_settings} under harsher
conditions, {days} days each; true changes begin on day {onset}. Brackets hold 95 % confidence intervals.

## In short

The aims are for flags, which are what calls a therapist, at 85 % of days logged. An aim counts as met by
the figure itself, not by the kind end of its interval. **{met} of {aims} are met.**

{targets}

## Beside other rules

![False alerts per patient-year against steps of +2 found in 14 days, one mark a rule](evaluation.svg)

A rule that speaks up all the time finds everything. So "by chance" says in how many of **the same people**
a rule would have spoken up in the same days had nothing changed. What a rule is worth is the distance
between the two columns.

{peers}

When each speaks up:

{peer_meanings}

These are made anew from what the makers publish; they are not their software. All see the same series
here, the worst leg pain of each day, which is not what each was made for. MedBridge does not publish how
often it asks. OpenTeleRehab and PhysiApp ask about single exercises, and OpenTeleRehab's limit is a setting.
A rule about a level, such as 7 or more, is not meant to find a change, and such a level deserves a look
without one.

Alerts fewer than {episode_days} days after a counted one count as the same. That spares the rules that
speak up daily; the column "all alerts" does not.

## People who stay as they are

Nobody here has a true change. A flag during a simulated flare-up, or up to {after_flare} days after one, is
right to ask and is counted apart. The first {warm_up} days are left out: they have a section of their own.
Where two rules flag in one week, it counts once in the whole, and once in the column of each.

{quiet}

"As in primary care" mixes the classes as in the ATLAS cohort: 58 % improving mild, 26 % persistent moderate
and 13 % persistent severe (both easing), 3 % improving severe.

## People who worsen

Times run from the onset to the first flag, among the people in whom it came within the limit. "By chance" is
the share of the same people with a flag in that time had nothing changed.

{changes}

The scale ends at 10: from a level above 8, a rise of 2 is cut short.

## Harsher conditions

One condition at a time, then several at once: {several_at_once}.

False flags a year:

{settings_quiet}

True changes found in time by a flag, with the median time:

{settings_changes}

## The first three weeks

The usual level is not known yet. Share of people about whom the rules say anything in the first {start_up}
days, with no true change (a simulated flare-up is not taken out here):

{start_up_quiet}

True changes on day {early_onset}, found within {early_within} days:

{start_up_changes}

## How far down the leg

People name a place one too far down on 5 % of days and one too far up on 10 %. In the second row, a wrong
place is named again the next day with a chance of {sticky}. A true spread reaches one place further from day
{onset} on, and has to be found in {spread_within} days.

{places}

## What these figures rest on

- **The day-to-day noise** is that of low back pain. No daily diaries of people with sciatica were found.
  Noise decides more than anything else how many flags are false: see its rows above.
- **Assumed, from no publication:** autocorrelation 0.3, how often flare-ups start, the level of each class,
  how people differ within it, every harsher condition, and every wrong place in the leg.
- **Worsening people have no chance flare-ups** here, so that only the true change can be found.
- **A true change is a clean step or ramp.** Nobody here changes treatment, stops logging, or logs to please.
- **Only pain and the furthest place are simulated.** No figure here is about the rules on weakness, numbness
  or "much worse".
- **False means false in the model.** Somebody with three bad days in a row may want to be asked all the same.
- **The noisiest of seven classes is picked after looking**, so it looks a little worse than it is.

## Run it again

```sh
make evaluate
```

It writes this page and its picture, on two processes. The same seed and number of people give the same files
to the last byte. The seed of this page is in `tools/evaluation/__main__.py`. Rules are tuned on other seeds:
`make evaluate ARGS="--people 200 --seed 1 --out /tmp"` is a quick look. The model is in
`programs/home/rules/`.
"""


def write(evaluation: Evaluation, folder: Path) -> list[Path]:
    """Write both files; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    document, picture = folder / DOCUMENT, folder / PICTURE
    document.write_text(as_markdown(evaluation), encoding="utf-8")
    picture.write_text(as_picture(evaluation), encoding="utf-8")
    return [document, picture]


def as_markdown(evaluation: Evaluation) -> str:
    aims = targets(evaluation)
    return WORDS.format(
        version=RULES_VERSION,
        seed=evaluation.seed,
        people=f"{evaluation.people:,}",
        people_in_settings=f"{evaluation.people_in_settings:,}",
        days=DAYS,
        onset=ONSET,
        met=sum(aim.is_met for aim in aims),
        aims=len(aims),
        targets=targets_table(aims),
        peers=peers_table(evaluation),
        peer_meanings="\n".join(f"- **{rule.name}**: {rule.meaning}." for rule in RULES),
        episode_days=ONE_EPISODE_DAYS,
        after_flare=AFTER_FLARE_DAYS,
        warm_up=WARM_UP_DAYS,
        quiet=quiet_table(evaluation),
        changes=changes_table(evaluation),
        several_at_once=SEVERAL_AT_ONCE,
        settings_quiet=settings_quiet_table(evaluation),
        settings_changes=settings_changes_table(evaluation),
        start_up=START_UP_DAYS,
        start_up_quiet=start_up_quiet_table(evaluation),
        early_onset=EARLY_ONSET,
        early_within=EARLY_WITHIN,
        start_up_changes=start_up_changes_table(evaluation),
        sticky=f"{100 * STICKY:.0f} %",
        spread_within=SPREAD_WITHIN,
        places=places_table(evaluation),
    )


def as_picture(evaluation: Evaluation) -> str:
    groups = {
        FLAGS: "ours",
        EITHER: "ours",
        REFERENCE.name: "plain",
        **{rule.name: "peer" for rule in PEERS},
    }
    found = evaluation.changes[STEP_2.name]
    return plot.draw(
        [
            plot.Mark(
                name,
                group,
                false_per_year=mixture(evaluation.quiet, name).false.value,
                found=found[name].share.value,
                by_chance=found[name].by_chance,
            )
            for name, group in groups.items()
        ]
    )
