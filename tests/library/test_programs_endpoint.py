"""GET /api/v1/programs/."""

from dataclasses import replace

import pytest

from programs.accounts.actions import join_clinic
from programs.accounts.models import Clinic, Role
from programs.library.actions import apply_content
from programs.library.models import Exercise, Prescription, Program
from programs.library.rules import LibraryFiles
from tests import makers
from tests.library.shipped import shipped

URL = "/api/v1/programs/"


@pytest.fixture(autouse=True)
def _library(db) -> None:
    makers.library()


def load_own(clinic: Clinic, count: int = 1) -> None:
    """Programs of a clinic's own, under other names."""
    (calf,) = (each for each in shipped().programs if each.slug == "calf-strength")
    programs = [replace(calf, slug=f"own-{number}", name=f"Own {number}") for number in range(count)]
    apply_content(files=LibraryFiles(programs=programs), clinic=clinic, now=makers.NOON)


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


def test_patients_and_therapists_read_them_all_by_name(api, alice, bob):
    for reader in (alice, bob):
        rows = api(reader).get(f"{URL}?page_size=100").json()["results"]
        assert len(rows) == len(shipped().programs) >= 6
        assert [row["name"] for row in rows] == sorted(row["name"] for row in rows)


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


def test_a_clinics_own_program_is_for_its_people_only(api, alice, clinic, charlie, dora):
    load_own(clinic)
    own = Program.objects.get(clinic=clinic)

    assert api(alice).get(f"{URL}{own.pk}/").json()["is_own_clinics"] is True
    for stranger in (charlie, dora):
        assert api(stranger).get(f"{URL}{own.pk}/").status_code == 404
        slugs = {row["slug"] for row in api(stranger).get(f"{URL}?page_size=100").json()["results"]}
        assert "own-0" not in slugs


def test_a_retired_program_leaves_the_list_but_can_still_be_read(api, alice):
    Program.objects.filter(slug="flare-plan").update(retired_at=makers.NOON)
    retired = Program.objects.get(slug="flare-plan")

    slugs = {row["slug"] for row in api(alice).get(f"{URL}?page_size=100").json()["results"]}

    assert "flare-plan" not in slugs
    assert api(alice).get(f"{URL}{retired.pk}/").json()["retired_at"] == "2026-11-20T12:00:00Z"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nobody_writes_a_program_through_this_door(api, bob, method):
    one = f"{URL}{Program.objects.get(slug='flare-plan').pk}/"

    assert getattr(api(bob), method)(URL, {"slug": "juggling"}).status_code == 405
    assert getattr(api(bob), method)(one, {"slug": "juggling"}).status_code == 405


def test_an_administrator_alone_gets_403(api, clinic):
    admin = makers.person("fay")
    join_clinic(user=admin, clinic=clinic, role=Role.ADMIN, now=makers.NOON)

    assert api(admin).get(URL).status_code == 403


def test_signed_out_gets_401_as_a_problem(client):
    answer = client.get(URL)

    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("rows", [3, 30])
@pytest.mark.parametrize("query", ["", "&updated_since=2000-01-01T00:00:00Z"])
def test_a_list_takes_the_same_few_queries_however_long_it_is(
    api, alice, clinic, rows, query, django_assert_num_queries
):
    load_own(clinic, 30)
    client = api(alice)
    with django_assert_num_queries(4):  # role, programs, stages, prescriptions with their exercises
        answer = client.get(f"{URL}?page_size={rows}{query}")
    assert len(answer.json()["results"]) == rows


def test_one_program_takes_four_queries(api, alice, django_assert_num_queries):
    client, one = api(alice), f"{URL}{Program.objects.get(slug='calf-strength').pk}/"
    with django_assert_num_queries(4):  # role, the program, stages, prescriptions with their exercises
        assert client.get(one).status_code == 200
