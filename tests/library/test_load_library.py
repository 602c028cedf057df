"""`manage.py load_library`: all or nothing, once and for all, and nothing is ever deleted."""

from __future__ import annotations

import json
import shutil
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from programs.accounts.models import Clinic
from programs.library.models import Article, Contraindication, Exercise, Prescription, Program
from tests import makers
from tests.library.shipped import CONTENT

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def load(*args: str, **options: object) -> str:
    output = StringIO()
    call_command("load_library", *args, stdout=output, **options)
    return output.getvalue().strip()


def rows() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the library, whole."""
    models = apps.get_app_config("library").get_models()
    return {model.__name__: sorted(map(repr, model._default_manager.values_list())) for model in models}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped content to write in."""
    return Path(shutil.copytree(CONTENT, tmp_path / "content"))


def rewrite(folder: Path, path: str, old: str, new: str) -> None:
    text = (folder / path).read_text()
    assert old in text
    (folder / path).write_text(text.replace(old, new, 1))


PROGRAM = "programs/sciatica-with-calf-symptoms.yaml"
EXERCISE = "exercises/ankle-pumps.yaml"


# --- the shipped library ---


@pytest.mark.usefixtures("no_library")
def test_everything_that_comes_with_the_product_is_loaded() -> None:
    assert load() == "32 exercises, 6 programs and 12 articles loaded: " + counted_by_rows()
    assert Program.objects.staged().count() == 5
    assert Exercise.objects.get(slug="standing-calf-stretch").cues[0] == "Step one foot back."


def counted_by_rows() -> str:
    counted = (
        "Exercise",
        "Program",
        "Article",
        "BreakMessage",
        "BreakMovement",
        "Contraindication",
        "DirectionCheck",
    )
    return f"{sum(len(rows()[name]) for name in counted)} added, 0 changed, 0 retired."


def test_loading_again_changes_nothing() -> None:
    load()
    before = rows()
    assert load().endswith("loaded: 0 added, 0 changed, 0 retired.")
    assert rows() == before


@pytest.mark.usefixtures("no_library")
def test_checking_says_what_is_there_and_stores_nothing() -> None:
    assert load("--check") == "32 exercises, 6 programs and 12 articles are right."
    assert not Exercise.objects.exists()


def test_a_changed_text_is_stored_and_tells_when(folder: Path) -> None:
    load()
    before = dict(Exercise.objects.values_list("slug", "updated_at"))
    rewrite(folder, EXERCISE, "name: Ankle pumps", "name: Foot pumps")
    assert load(str(folder)).endswith("loaded: 0 added, 1 changed, 0 retired.")
    after = dict(Exercise.objects.values_list("slug", "updated_at"))
    assert Exercise.objects.get(slug="ankle-pumps").name == "Foot pumps"
    assert [slug for slug in after if after[slug] != before[slug]] == ["ankle-pumps"]


def test_a_changed_usual_dose_reaches_the_programs_that_keep_it(folder: Path) -> None:
    load()
    rewrite(folder, EXERCISE, "repetitions: 20", "repetitions: 24")
    load(str(folder))
    given = Prescription.objects.filter(
        exercise__slug="ankle-pumps", stage__program__slug="sciatica-with-calf-symptoms"
    )
    assert {prescription.dose.repetitions for prescription in given} == {24}


def test_what_left_the_files_is_retired_and_stays_in_the_plans_that_give_it(
    folder: Path, alice: Any, bob: Any
) -> None:
    load()
    plan = makers.plan(of=alice, by=bob)
    session = makers.session(plan)
    (folder / "programs/flare-plan.yaml").unlink()
    shutil.rmtree(folder / "programs")
    (folder / "programs").mkdir()
    shutil.copy(CONTENT / "programs/calf-strength.yaml", folder / "programs")
    (folder / "articles/heat-and-cold.yaml").unlink()
    for path in folder.rglob("*.yaml"):
        path.write_text(path.read_text().replace("heat-and-cold, ", "").replace(", heat-and-cold", ""))
    load(str(folder))
    assert set(Program.objects.current().values_list("slug", flat=True)) == {"calf-strength"}
    assert Program.objects.count() == 6
    assert Article.objects.get(slug="heat-and-cold").retired_at is not None
    assert makers.version(plan).content.stages[0].exercises
    assert session.results.exists()
    assert load().endswith("loaded: 0 added, 6 changed, 0 retired.")
    assert not Program.objects.exclude(retired_at=None).exists()


def test_rows_that_an_open_page_names_stay(folder: Path) -> None:
    load()
    program = Program.objects.get(slug="sciatica-with-calf-symptoms")
    before = dict(Prescription.objects.filter(stage__program=program).values_list("pk", "exercise__slug"))
    data = yaml.safe_load((folder / PROGRAM).read_text())
    data["stages"][0]["goal"] = "Another goal."
    data["stages"][0]["prescriptions"].reverse()
    gone = data["stages"][1]["prescriptions"].pop(0)["exercise"]
    (folder / PROGRAM).write_text(yaml.safe_dump(data, sort_keys=False))

    assert load(str(folder)).endswith("loaded: 0 added, 1 changed, 0 retired.")

    stages = {stage.number: stage for stage in program.stages.all()}
    assert stages[1].goal == "Another goal."
    assert [each.exercise.slug for each in stages[1].prescriptions.order_by("position")] == [
        each["exercise"] for each in data["stages"][0]["prescriptions"]
    ]
    after = dict(Prescription.objects.filter(stage__program=program).values_list("pk", "exercise__slug"))
    assert after.items() <= before.items()
    assert [before[pk] for pk in before.keys() - after.keys()] == [gone]


def test_a_stage_that_left_the_files_is_gone(folder: Path) -> None:
    load()
    data = yaml.safe_load((folder / PROGRAM).read_text())
    data["stages"].pop()
    (folder / PROGRAM).write_text(yaml.safe_dump(data, sort_keys=False))
    load(str(folder))
    assert Program.objects.get(slug="sciatica-with-calf-symptoms").stages.count() == 3


# --- bad input: one line a slip, and nothing is loaded ---


def line_of(folder: Path, path: str, text: str) -> int:
    lines = (folder / path).read_text().splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


def refused(folder: Path, *args: str) -> list[str]:
    """The lines of the refusal; nothing may have been stored."""
    before = rows()
    with pytest.raises(CommandError) as refusal:
        load(str(folder), *args)
    assert rows() == before
    *lines, last = str(refusal.value).splitlines()
    assert last == "Nothing was loaded."
    return lines


def test_an_unknown_neighbour(folder: Path) -> None:
    rewrite(folder, EXERCISE, "harder: seated-calf-raise", "harder: hop")
    line = line_of(folder, EXERCISE, "harder: hop")
    assert refused(folder) == [f"{EXERCISE}:{line}: harder: There is no exercise hop."]


def test_a_stage_without_exercises(folder: Path) -> None:
    data = yaml.safe_load((folder / PROGRAM).read_text())
    data["stages"][1]["prescriptions"] = []
    (folder / PROGRAM).write_text(yaml.safe_dump(data, sort_keys=False))
    line = line_of(folder, PROGRAM, "prescriptions: []")
    assert refused(folder) == [
        f"{PROGRAM}:{line}: stages[1].prescriptions: Expected at least one exercise that is not optional."
    ]


def test_a_dose_of_no_sets(folder: Path) -> None:
    rewrite(folder, EXERCISE, "sets: 2", "sets: 0")
    line = line_of(folder, EXERCISE, "sets: 0")
    assert refused(folder) == [f"{EXERCISE}:{line}: dose.sets: Sets must be a whole number from 1 to 10."]


def test_a_tensioner_before_stage_4(folder: Path) -> None:
    data = yaml.safe_load((folder / PROGRAM).read_text())
    data["stages"][2]["excluded_tags"] = []
    data["stages"][2]["prescriptions"].append(
        {"exercise": "sciatic-tensioner", "dose": {}, "optional": True, "note": ""}
    )
    (folder / PROGRAM).write_text(yaml.safe_dump(data, sort_keys=False))
    line = line_of(folder, PROGRAM, "exercise: sciatic-tensioner")
    (problem,) = refused(folder)
    assert problem.startswith(f"{PROGRAM}:{line}: stages[2].prescriptions[")
    assert problem.endswith("].exercise: A nerve tensioner may not come before stage 4.")


def test_a_slug_used_twice(folder: Path) -> None:
    shutil.copy(folder / EXERCISE, folder / "exercises/copy.yaml")
    line = line_of(folder, "exercises/copy.yaml", "slug:")
    assert refused(folder) == [
        f"exercises/copy.yaml:{line}: slug: ankle-pumps is already used in {EXERCISE}."
    ]


def test_broken_yaml(folder: Path) -> None:
    rewrite(folder, EXERCISE, "tags: [", "tags: [[")
    (problem,) = refused(folder)
    assert problem.startswith(f"{EXERCISE}:")
    assert ": This is not YAML: " in problem


def test_text_in_another_encoding(folder: Path) -> None:
    (folder / EXERCISE).write_bytes("code: EX04\nname: Übung\n".encode("latin-1"))
    assert refused(folder) == [f"{EXERCISE}:2: This is not text in UTF-8."]


def test_several_slips_are_named_at_once_by_file_and_line(folder: Path) -> None:
    rewrite(folder, EXERCISE, "sets: 2", "sets: 0")
    rewrite(folder, EXERCISE, "category: circulation", "category: dancing")
    rewrite(folder, PROGRAM, "minimum_days: 7", "minimum_days: 0")
    problems = refused(folder)
    assert [problem.split(": ")[1] for problem in problems] == [
        "category",
        "dose.sets",
        "stages[0].minimum_days",
    ]


@pytest.mark.parametrize(
    "path", ["exercises/mine.yml", "programs/plan.yaml.txt", "articles/NEW.YAML", "more.yaml"]
)
def test_a_file_in_a_place_that_nothing_reads(folder: Path, path: str) -> None:
    (folder / path).write_text("slug: mine\n")
    (problem,) = refused(folder)
    assert problem.startswith(f"{path}:1: Expected one of: exercises/*.yaml, ")


def test_a_folder_behind_a_link_is_read_too(folder: Path, tmp_path: Path) -> None:
    load()
    shutil.move(folder / "programs", tmp_path / "elsewhere")
    (folder / "programs").symlink_to(tmp_path / "elsewhere")
    assert load(str(folder)).endswith("loaded: 0 added, 0 changed, 0 retired.")


def test_a_file_that_cannot_be_read_is_not_retired(folder: Path) -> None:
    load()
    (folder / EXERCISE).unlink()
    (folder / EXERCISE).symlink_to("nowhere.yaml")
    with pytest.raises(
        CommandError, match=r"ankle-pumps.yaml: No such file or directory. Nothing was loaded"
    ):
        load(str(folder))
    assert Exercise.objects.current().filter(slug="ankle-pumps").exists()


def test_a_clinics_folder_does_not_take_the_place_of_the_library(folder: Path) -> None:
    load()
    for path in ("breaks", "articles"):
        shutil.rmtree(folder / path)
    (folder / "contraindications.yaml").unlink()
    problems = refused(folder)
    assert [problem.split(":")[0] for problem in problems if "--clinic" in problem] == [
        "articles",
        "breaks/messages.yaml",
        "breaks/movements.yaml",
        "contraindications.yaml",
    ]
    assert Contraindication.objects.current().exists()


def test_a_path_that_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"nowhere is not a folder\.$"):
        load(str(tmp_path / "nowhere"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_library")
def test_what_fails_halfway_leaves_nothing_behind(folder: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE library_directioncheck")
    try:
        with pytest.raises(
            CommandError, match=r"did not take it: .*library_directioncheck.* Nothing was loaded"
        ):
            load(str(folder))
        assert not Exercise.objects.exists()
    finally:
        with connection.schema_editor() as editor:
            editor.create_model(apps.get_model("library", "DirectionCheck"))


# --- a clinic's own content ---


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """One exercise and one program, which also gives what the product ships."""
    folder = tmp_path / "own"
    (folder / "exercises").mkdir(parents=True)
    (folder / "programs").mkdir()
    exercise = yaml.safe_load((CONTENT / EXERCISE).read_text())
    exercise |= {"code": "WS01", "slug": "foot-circles", "name": "Foot circles", "easier": "ankle-pumps"}
    (folder / "exercises/foot-circles.yaml").write_text(yaml.safe_dump(exercise, sort_keys=False))
    program = yaml.safe_load((CONTENT / PROGRAM).read_text())
    program |= {"slug": "our-own-plan", "name": "Our own plan", "stages": program["stages"][:1]}
    program["stages"][0]["prescriptions"].append(
        {"exercise": "foot-circles", "dose": {}, "optional": False, "note": ""}
    )
    (folder / "programs/our-own-plan.yaml").write_text(yaml.safe_dump(program, sort_keys=False))
    return folder


def test_a_clinic_loads_its_own_beside_the_shipped_library(
    own: Path, clinic: Clinic, alice: Any, dora: Any
) -> None:
    load()
    before = Exercise.objects.filter(clinic=None).count()
    assert load(str(own), clinic=clinic.name).endswith("loaded: 2 added, 0 changed, 0 retired.")
    assert load(str(own), clinic=str(clinic.pk)).endswith("loaded: 0 added, 0 changed, 0 retired.")
    assert Exercise.objects.filter(clinic=None).current().count() == before
    assert Exercise.objects.get(slug="foot-circles").easier == Exercise.objects.get(slug="ankle-pumps")
    assert Program.objects.visible_to(alice).filter(slug="our-own-plan").exists()
    assert not Program.objects.visible_to(dora).filter(slug="our-own-plan").exists()


def test_loading_the_shipped_library_again_leaves_a_clinics_own_alone(own: Path, clinic: Clinic) -> None:
    load()
    load(str(own), clinic=clinic.name)
    load()
    assert Program.objects.current().filter(clinic=clinic).exists()
    assert Exercise.objects.current().filter(clinic=clinic).exists()


def test_two_clinics_may_use_the_same_name(own: Path, clinic: Clinic) -> None:
    load()
    other = makers.clinic("Other clinic")
    load(str(own), clinic=clinic.name)
    load(str(own), clinic=other.name)
    assert Exercise.objects.filter(slug="foot-circles").count() == 2
    theirs = Program.objects.get(slug="our-own-plan", clinic=other)
    own_rows = Prescription.objects.filter(stage__program=theirs, exercise__slug="foot-circles")
    assert [row.exercise.clinic for row in own_rows] == [other]


def test_what_a_clinic_takes_out_of_its_files_is_retired(own: Path, clinic: Clinic) -> None:
    load()
    load(str(own), clinic=clinic.name)
    (own / "programs/our-own-plan.yaml").unlink()
    assert load(str(own), clinic=clinic.name).endswith("0 changed, 1 retired (our-own-plan).")
    assert Program.objects.get(slug="our-own-plan").retired_at is not None


def test_a_clinic_may_not_take_a_shipped_name(own: Path, clinic: Clinic) -> None:
    load()
    rewrite(own, "exercises/foot-circles.yaml", "slug: foot-circles", "slug: pelvic-tilt")
    problems = refused(own, "--clinic", clinic.name)
    assert (
        "exercises/foot-circles.yaml:2: slug: pelvic-tilt is already used in the shipped library." in problems
    )


def test_a_name_the_product_takes_later_stays_the_clinics(own: Path, folder: Path, clinic: Clinic) -> None:
    load()
    load(str(own), clinic=clinic.name)
    shutil.copy(own / "exercises/foot-circles.yaml", folder / "exercises")
    load(str(folder))
    assert load(str(own), clinic=clinic.name).endswith("loaded: 0 added, 0 changed, 0 retired.")
    assert Exercise.objects.current().filter(slug="foot-circles").count() == 2


def test_what_the_product_retires_under_a_clinics_program_is_told(
    own: Path, folder: Path, clinic: Clinic, alice: Any, bob: Any
) -> None:
    load()
    load(str(own), clinic=clinic.name)
    (folder / EXERCISE).rename(folder / "exercises/foot-pumps.yaml")
    for path in folder.rglob("*.yaml"):
        text = path.read_text()
        fields = ("easier", "harder", "exercise", *(["slug"] if path.parent.name == "exercises" else []))
        for field in fields:
            text = text.replace(f"{field}: ankle-pumps", f"{field}: foot-pumps")
        path.write_text(text)
    warnings = StringIO()
    load(str(folder), stderr=warnings)
    assert warnings.getvalue().strip() == (
        "Stride clinic: our-own-plan, stage 1: Ankle pumps is no longer in the library."
    )
    theirs = Program.objects.get(slug="our-own-plan")
    with pytest.raises(ValidationError, match=r"Ankle pumps is no longer in the library\."):
        makers.plan(of=alice, by=bob, program=theirs)


@pytest.mark.usefixtures("no_library")
def test_a_clinic_loads_after_the_product(own: Path, clinic: Clinic) -> None:
    with pytest.raises(CommandError, match="Load the shipped library first"):
        load(str(own), clinic=clinic.name)


def test_a_clinic_has_no_contraindications_of_its_own(own: Path, clinic: Clinic) -> None:
    load()
    shutil.copy(CONTENT / "contraindications.yaml", own)
    (problem,) = refused(own, "--clinic", clinic.name)
    assert problem.startswith("contraindications.yaml:1: Expected one of: exercises/*.yaml, ")


def test_an_empty_folder_does_not_empty_a_clinics_library(own: Path, clinic: Clinic, tmp_path: Path) -> None:
    load()
    (tmp_path / "empty").mkdir()
    assert refused(tmp_path / "empty", "--clinic", clinic.name) == ["exercises:1: There is no content here."]


def test_an_unknown_or_ambiguous_clinic_is_named(own: Path, clinic: Clinic) -> None:
    load()
    makers.clinic(clinic.name)
    for name, sentence in (
        ("Nowhere", "There is no clinic Nowhere. Give its id."),
        (clinic.name, f"There is more than one clinic {clinic.name}. Give its id."),
    ):
        with pytest.raises(CommandError) as refusal:
            load(str(own), clinic=name)
        assert str(refusal.value) == sentence


# --- figures ---

FIGURE = "figures/ankle-pumps.json"


def test_a_changed_figure_is_stored_and_tells_when(folder: Path) -> None:
    load()
    before = dict(Exercise.objects.values_list("slug", "updated_at"))
    data = json.loads((folder / FIGURE).read_text())
    data["poses"][0]["text"] = "Lying down with both legs long."
    (folder / FIGURE).write_text(json.dumps(data))
    assert load(str(folder)).endswith("loaded: 0 added, 1 changed, 0 retired.")
    after = dict(Exercise.objects.values_list("slug", "updated_at"))
    assert Exercise.objects.get(slug="ankle-pumps").figure["poses"][0]["text"] == data["poses"][0]["text"]
    assert [slug for slug in after if after[slug] != before[slug]] == ["ankle-pumps"]


def test_an_exercise_may_lose_its_figure_and_get_it_back(folder: Path) -> None:
    load()
    rewrite(folder, EXERCISE, "figure: ankle-pumps", "figure: null")
    assert load(str(folder)).endswith("loaded: 0 added, 1 changed, 0 retired.")
    assert Exercise.objects.get(slug="ankle-pumps").figure is None
    assert load(str(folder)).endswith("loaded: 0 added, 0 changed, 0 retired.")
    assert load().endswith("loaded: 0 added, 1 changed, 0 retired.")
    assert Exercise.objects.get(slug="ankle-pumps").figure["slug"] == "ankle-pumps"


def test_an_unknown_figure(folder: Path) -> None:
    rewrite(folder, EXERCISE, "figure: ankle-pumps", "figure: handstand")
    line = line_of(folder, EXERCISE, "figure: handstand")
    assert refused(folder) == [f"{EXERCISE}:{line}: figure: There is no figure handstand."]


def test_a_figure_that_is_not_right(folder: Path) -> None:
    text = (folder / FIGURE).read_text()
    (folder / FIGURE).write_text(text + "}")
    (problem,) = refused(folder)
    assert problem.startswith(f"{FIGURE}:{text.count(chr(10)) + 1}: This is not JSON: ")
    data = json.loads(text)
    del data["poses"][1]["text"]
    (folder / FIGURE).write_text(json.dumps(data))
    assert refused(folder) == [f"{FIGURE}:1: poses[1].text: This field is missing."]


def test_a_file_in_the_folder_of_figures_that_is_none(folder: Path) -> None:
    (folder / "figures/notes.txt").write_text("Draw the hands again.")
    (problem,) = refused(folder)
    assert problem.startswith("figures/notes.txt:1: Expected one of: exercises/*.yaml, ")
    assert "figures/*.json" in problem


def test_a_clinics_exercise_shows_a_figure_of_the_product(own: Path, clinic: Clinic) -> None:
    load()
    path = "exercises/foot-circles.yaml"
    rewrite(own, path, "figure: ankle-pumps", "figure: rest-legs-on-chair")
    load(str(own), clinic=clinic.name)
    assert Exercise.objects.get(slug="foot-circles").figure["slug"] == "rest-legs-on-chair"
    rewrite(own, path, "figure: rest-legs-on-chair", "figure: foot-circles")
    line = line_of(own, path, "figure: foot-circles")
    assert f"{path}:{line}: figure: There is no figure foot-circles." in refused(own, "--clinic", clinic.name)


# A clinic's own exercises and retired ones show figures too, and no file of the product's reaches them.


@pytest.fixture
def out_of_reach(own: Path, folder: Path, clinic: Clinic) -> list[Exercise]:
    """A clinic's exercise, its retired one and a retired one of the product, all with the same figure."""
    load()
    gone = yaml.safe_load((own / "exercises/foot-circles.yaml").read_text())
    gone |= {"code": "WS02", "slug": "foot-taps", "name": "Foot taps"}
    (own / "exercises/foot-taps.yaml").write_text(yaml.safe_dump(gone, sort_keys=False))
    load(str(own), clinic=clinic.name)
    (own / "exercises/foot-taps.yaml").unlink()
    load(str(own), clinic=clinic.name)
    shipped = folder / "exercises/foot-pumps.yaml"
    shutil.copy(folder / EXERCISE, shipped)
    rewrite(folder, "exercises/foot-pumps.yaml", "slug: ankle-pumps", "slug: foot-pumps")
    rewrite(folder, "exercises/foot-pumps.yaml", "code: ", "code: X")
    load(str(folder))
    shipped.unlink()
    load(str(folder))
    found = list(Exercise.objects.filter(slug__in=["foot-circles", "foot-taps", "foot-pumps"]))
    assert [(each.clinic_id is None, each.retired_at is None) for each in found] == [
        (False, True),
        (False, False),
        (True, False),
    ]
    return found


def test_a_changed_figure_reaches_every_exercise_that_shows_it(
    folder: Path, out_of_reach: list[Exercise]
) -> None:
    before = dict(Exercise.objects.values_list("pk", "updated_at"))
    data = json.loads((folder / FIGURE).read_text())
    data["poses"][0]["text"] = "Lying down with both legs long."
    (folder / FIGURE).write_text(json.dumps(data))

    assert load(str(folder)).endswith("loaded: 0 added, 4 changed, 0 retired.")

    shown = {*Exercise.objects.filter(slug="ankle-pumps"), *out_of_reach}
    after = dict(Exercise.objects.values_list("pk", "updated_at"))
    assert {pk for pk in after if after[pk] > before[pk]} == {each.pk for each in shown}
    for each in Exercise.objects.filter(pk__in=[each.pk for each in shown]):
        assert each.figure == data | {"slug": "ankle-pumps"}
    assert load(str(folder)).endswith("loaded: 0 added, 0 changed, 0 retired.")
    assert dict(Exercise.objects.values_list("pk", "updated_at")) == after


def test_a_figure_that_is_gone_leaves_no_exercise_with_a_picture_that_is_not_there(
    folder: Path, out_of_reach: list[Exercise]
) -> None:
    before = dict(Exercise.objects.values_list("pk", "updated_at"))
    (folder / FIGURE).unlink()
    rewrite(folder, EXERCISE, "figure: ankle-pumps", "figure: null")

    assert load(str(folder)).endswith("loaded: 0 added, 4 changed, 0 retired.")

    assert {each.slug for each in Exercise.objects.filter(figure__isnull=True)} == {
        "ankle-pumps",
        *(each.slug for each in out_of_reach),
    }
    assert Exercise.objects.filter(figure__slug="ankle-pumps").count() == 0
    after = dict(Exercise.objects.values_list("pk", "updated_at"))
    assert all(after[each.pk] > before[each.pk] for each in out_of_reach)
    assert load(str(folder)).endswith("loaded: 0 added, 0 changed, 0 retired.")


def test_a_clinics_load_leaves_the_figures_of_others_alone(own: Path, clinic: Clinic) -> None:
    load()
    Exercise.objects.filter(slug="glute-bridge").update(figure={"slug": "of-another-release"})
    load(str(own), clinic=clinic.name)
    assert Exercise.objects.get(slug="glute-bridge").figure == {"slug": "of-another-release"}
