"""Who is in the demonstration clinic. Nobody here exists; addresses under .example belong to nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from programs.accounts.models import Role
from programs.care.models import Side
from programs.home.rules import Kind
from programs.logbook.models import Symptom

LAST_DAY = 70
"""Plans are assigned on day 0, patients report from day 1 on, and the day of loading is this one."""

SEED = 2
"""Of a few seeds tried, the first with which everybody shows the case they are here for: the ramp and the
step end with an open flag, the others without. It was chosen to be shown, so nothing in it proves anything
about the rules."""


SCIATICA = "sciatica-with-calf-symptoms"
CRAMPS = "calf-tightness-and-cramps"
STENOSIS = "stenosis-friendly"
DESK = "desk-worker-breaks"
CALF_STRENGTH = "calf-strength"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemonstrationPerson:
    """Somebody who can sign in."""

    role: Role
    name: str
    email: str
    time_zone: str = "Europe/London"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemonstrationPatient(DemonstrationPerson):
    """A patient, the course of their leg pain, and their habits on the clock of their own time zone."""

    role: Role = Role.PATIENT
    age: int
    side: Side
    program: str
    """The slug of the program that they follow."""
    kind: Kind
    days_before: int = 0
    """So many days of that course lie behind them when they join: calf strength begins with a calm leg."""
    onset: int = LAST_DAY
    """The day on which it begins to worsen, in the kinds that do."""
    silent_from: int = LAST_DAY + 1
    """From this day on the patient reports nothing."""
    highest_stage: int = 4
    """They do not tap "I feel ready" in this one, however ready they are."""
    sessions_a_week: int
    session_at: time
    check_at: time
    answers_weekly: bool = False
    """Whether they answer the Weekly check too, once in seven days."""
    held_from: int = LAST_DAY + 1
    """From this day on their therapist holds them in their stage."""
    leg_weak_on: int = LAST_DAY + 1
    """On the evening of this day they say that their leg gets weaker, which locks their sessions."""
    besides_pain: tuple[Symptom, ...] = ()
    """What they feel besides pain, as they said on day 0."""
    goal: str = ""
    """What they would like to do again; whoever has none has not answered "About your pain" yet."""
    break_keenness: float = 0.4
    """Of the prompts to move, about so many are answered by moving."""
    lets_prompts_go: bool = False
    """They answered none of the last prompts, which therefore come less often than they wished."""
    has_breaks_reviewed: bool = False
    """They are asked today whether there should be fewer prompts, or more."""


ADMIN = DemonstrationPerson(role=Role.ADMIN, name="Ruth Adeyemi", email="ruth@willow.example")
THERAPISTS = (
    DemonstrationPerson(role=Role.THERAPIST, name="Sam Carter", email="sam@willow.example"),
    DemonstrationPerson(role=Role.THERAPIST, name="Lena Fischer", email="lena@willow.example"),
)
PATIENTS = (
    DemonstrationPatient(
        name="Amara Okafor",
        email="amara@willow.example",
        age=46,
        side=Side.RIGHT,
        program=SCIATICA,
        kind="improving_severe",
        highest_stage=2,
        besides_pain=(Symptom.TINGLING, Symptom.STIFFNESS),
        goal="Walk to the market and back with my daughter.",
        sessions_a_week=6,
        session_at=time(9, 30),
        check_at=time(20),
        answers_weekly=True,
        break_keenness=0.5,
    ),
    DemonstrationPatient(
        name="Hassan Demir",
        email="hassan@willow.example",
        age=44,
        side=Side.RIGHT,
        program=SCIATICA,
        kind="ramp",
        onset=46,
        besides_pain=(Symptom.TINGLING,),
        goal="Drive to work without having to stop.",
        sessions_a_week=5,
        session_at=time(7, 30),
        check_at=time(20),
        answers_weekly=True,
    ),
    DemonstrationPatient(
        name="Ingrid Dahl",
        email="ingrid@willow.example",
        age=61,
        side=Side.LEFT,
        program=SCIATICA,
        kind="step",
        onset=60,
        besides_pain=(Symptom.STIFFNESS,),
        goal="Work in the garden for an hour.",
        sessions_a_week=5,
        session_at=time(9),
        check_at=time(19, 30),
        answers_weekly=True,
    ),
    DemonstrationPatient(
        name="Yuki Tanabe",
        email="yuki@willow.example",
        age=34,
        side=Side.LEFT,
        program=SCIATICA,
        kind="stable_moderate",
        silent_from=LAST_DAY - 7,
        besides_pain=(Symptom.TINGLING,),
        goal="Go running in the park.",
        sessions_a_week=4,
        session_at=time(18, 30),
        check_at=time(22),
    ),
    DemonstrationPatient(
        name="Carlos Medina",
        email="carlos@willow.example",
        time_zone="America/New_York",
        age=48,
        side=Side.RIGHT,
        program=SCIATICA,
        kind="flare",
        onset=35,
        besides_pain=(Symptom.STIFFNESS, Symptom.TINGLING),
        goal="Play football with my sons.",
        sessions_a_week=5,
        session_at=time(8),
        check_at=time(21),
    ),
    DemonstrationPatient(
        name="Tomasz Nowak",
        email="tomasz@willow.example",
        age=58,
        side=Side.LEFT,
        program=SCIATICA,
        kind="persistent_moderate",
        leg_weak_on=LAST_DAY - 1,
        besides_pain=(Symptom.NUMBNESS, Symptom.TINGLING),
        goal="Sleep through the night.",
        sessions_a_week=5,
        session_at=time(17, 30),
        check_at=time(21),
    ),
    DemonstrationPatient(
        name="Margaret Ellis",
        email="margaret@willow.example",
        age=81,
        side=Side.BOTH,
        program=STENOSIS,
        kind="persistent_severe",
        besides_pain=(Symptom.CRAMPS, Symptom.STIFFNESS),
        goal="Walk round the lake with my sister.",
        sessions_a_week=4,
        session_at=time(11),
        check_at=time(18),
    ),
    DemonstrationPatient(
        name="Priya Raman",
        email="priya@willow.example",
        age=39,
        side=Side.LEFT,
        program=CALF_STRENGTH,
        kind="improving_mild",
        days_before=60,
        besides_pain=(Symptom.STIFFNESS,),
        goal="Run 10 kilometres.",
        sessions_a_week=6,
        session_at=time(7, 15),
        check_at=time(21, 15),
    ),
    DemonstrationPatient(
        name="George Whitfield",
        email="george@willow.example",
        age=67,
        side=Side.RIGHT,
        program=CRAMPS,
        kind="persistent_mild",
        besides_pain=(Symptom.CRAMPS,),
        goal="Sleep without cramps, and play bowls.",
        sessions_a_week=5,
        session_at=time(10),
        check_at=time(19),
        break_keenness=0.25,
        lets_prompts_go=True,
    ),
    DemonstrationPatient(
        name="Elena Petrova",
        email="elena@willow.example",
        time_zone="Europe/Madrid",
        age=52,
        side=Side.LEFT,
        program=SCIATICA,
        kind="fluctuating",
        held_from=LAST_DAY - 10,
        goal="Sit through a film at the cinema.",
        sessions_a_week=4,
        session_at=time(18),
        check_at=time(20, 30),
    ),
    DemonstrationPatient(
        name="Bronwen Pryce",
        email="bronwen@willow.example",
        age=73,
        side=Side.BOTH,
        program=STENOSIS,
        kind="improving_mild",
        highest_stage=2,
        besides_pain=(Symptom.STIFFNESS,),
        goal="Stand long enough to cook for everyone.",
        sessions_a_week=7,
        session_at=time(10, 30),
        check_at=time(6, 30),
    ),
    DemonstrationPatient(
        name="Daniel Osei",
        email="daniel@willow.example",
        age=55,
        side=Side.RIGHT,
        program=DESK,
        kind="stable_moderate",
        sessions_a_week=5,
        session_at=time(12, 15),
        check_at=time(20),
        break_keenness=0.65,
        has_breaks_reviewed=True,
    ),
)
"""The therapists take turns down this list. The first is the one a newcomer is to be: breaks prompt right
after every start, and stage 2 has exercises for every day of the week."""

SIGN_INS: tuple[DemonstrationPerson, ...] = (THERAPISTS[0], PATIENTS[0], ADMIN, THERAPISTS[1], *PATIENTS[1:])
"""Everybody, those to try first at the top."""

SIGN_INS_FILE = "demonstration_sign_ins.txt"
"""In the data folder: a line a person of role, name, e-mail and password, with tabs between."""
