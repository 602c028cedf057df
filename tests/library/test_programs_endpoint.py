"""GET /api/v1/programs/."""

from __future__ import annotations

from programs.library.models import Exercise, Prescription, Program
from tests import makers

URL = "/api/v1/programs/"


def test_a_program_tells_what_it_is_for_and_when_not_to_take_it(api, alice):
    stored = Program.objects.get(slug="stenosis-friendly")

    answer = api(alice).get(f"{URL}{stored.pk}/")

    assert answer.status_code == 200
    row = answer.json()
    stages = row.pop("stages")
    assert row == {
        "id": str(stored.pk),
        "slug": "stenosis-friendly",
        "name": stored.name,
        "is_own_clinics": False,
        "checked_by": "",
        "updated_at": stored.updated_at.isoformat().replace("+00:00", "Z"),
        "retired_at": None,
        "kind": "staged",
        "summary": stored.summary,
        "begin_when": stored.begin_when,
        "not_for": stored.not_for,
        "direction_check": "flexion_first",
        "evidence_grade": stored.evidence_grade,
        "evidence_note": stored.evidence_note,
        "flare": None,
    }
    assert [stage["number"] for stage in stages] == list(range(1, stored.stages.count() + 1))


def test_a_stage_tells_its_limits_and_its_exercises_in_order(api, alice):
    program = Program.objects.get(slug="sciatica-with-calf-symptoms")
    stored = program.stages.get(number=1)

    stage = api(alice).get(f"{URL}{program.pk}/").json()["stages"][0]

    prescriptions = stage.pop("prescriptions")
    fields = [
        "number",
        "name",
        "goal",
        "minimum_days",
        "pain_ceiling",
        "pain_measure",
        "break_interval_minutes",
        "test",
        "test_items",
        "cautions",
        "excluded_exercises",
        "excluded_tags",
        "break_movements",
        "articles",
    ]
    assert stage == {field: getattr(stored, field) for field in fields}
    assert prescriptions == [
        {
            "position": position,
            "exercise": given.exercise.slug,
            "exercise_id": str(given.exercise.pk),
            "optional": given.optional,
            "dose": given.dose.to_mapping(),
            "note": given.note,
        }
        for position, given in enumerate(stored.prescriptions.order_by("position"), start=1)
    ]
    assert {given["optional"] for given in prescriptions} == {True, False}


def test_stages_and_exercises_come_in_their_order_however_they_are_stored(api, alice):
    program = Program.objects.get(slug="calf-strength")
    first, second = program.stages.order_by("number")[:2]
    for stage, number in ((first, 90), (second, 1), (first, 2)):
        stage.number = number
        stage.save()
    one, two = Prescription.objects.filter(stage=first).order_by("position")[:2]
    for given, position in ((one, 90), (two, 1), (one, 2)):
        given.position = position
        given.save()

    stages = api(alice).get(f"{URL}{program.pk}/").json()["stages"]

    assert [stage["name"] for stage in stages[:2]] == [second.name, first.name]
    assert [given["exercise"] for given in stages[1]["prescriptions"][:2]] == [
        two.exercise.slug,
        one.exercise.slug,
    ]


def test_the_flare_plan_tells_when_it_ends(api, alice):
    rows = api(alice).get(f"{URL}?page_size=100").json()["results"]

    (flare,) = (row for row in rows if row["kind"] == "flare")
    assert flare["slug"] == "flare-plan"
    assert flare["flare"] == {"longest_days": 7, "calm_days": 2, "calm_margin": 1}


def test_everything_a_program_names_can_be_read(api, alice):
    client = api(alice)
    exercises = {
        row["slug"]: row["id"] for row in client.get("/api/v1/exercises/?page_size=100").json()["results"]
    }
    articles = {row["slug"] for row in client.get("/api/v1/articles/?page_size=100").json()["results"]}

    for program in client.get(f"{URL}?page_size=100").json()["results"]:
        for stage in program["stages"]:
            assert set(stage["articles"]) <= articles
            assert set(stage["excluded_exercises"]) <= set(exercises)
            for given in stage["prescriptions"]:
                assert exercises[given["exercise"]] == given["exercise_id"]


def test_nothing_of_an_exercise_is_told_but_its_id_and_slug(api, alice):
    """What else is told of it could change while the program's own `updated_at` stays."""
    program = Program.objects.get(slug="calf-strength")
    before = api(alice).get(f"{URL}{program.pk}/").json()

    Exercise.objects.update(
        name="Another", sides="alternate", dose_defaults={}, tags=[], steps=[], retired_at=makers.NOON
    )

    assert api(alice).get(f"{URL}{program.pk}/").json() == before
