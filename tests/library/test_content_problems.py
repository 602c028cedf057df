"""What is said about content that is not right: one line a slip, with the field and what is expected."""

import copy
import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from programs.library.rules import (
    ContentProblem,
    ExerciseContent,
    LibraryFiles,
    ProgramContent,
    Shelf,
    Shelved,
    StageTestItem,
    cross_check,
    parse_article,
    parse_break_movements,
    parse_contraindications,
    parse_direction_check,
    parse_exercise,
    parse_program,
    rules_out,
)
from tests.library.shipped import CONTENT

pytestmark = pytest.mark.pure


def load(path: str) -> Any:
    return yaml.safe_load((CONTENT / path).read_text(encoding="utf-8"))


EXERCISE = load("exercises/standing-calf-stretch.yaml")
PROGRAM = load("programs/sciatica-with-calf-symptoms.yaml")
ARTICLE = load("articles/heat-and-cold.yaml")
STRETCH_FILE = "exercises/standing-calf-stretch.yaml"
PROGRAM_FILE = "programs/sciatica-with-calf-symptoms.yaml"
MISSING = object()


def changed(original: dict[str, Any], path: list[str | int], value: object) -> dict[str, Any]:
    data = copy.deepcopy(original)
    place: Any = data
    for key in path[:-1]:
        place = place[key]
    if value is MISSING:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return data


def the_problem(parse: Callable[..., tuple[object, list[ContentProblem]]], data: object) -> ContentProblem:
    content, problems = parse(data, "bad.yaml")
    assert content is None
    assert len(problems) == 1, problems
    assert problems[0].file == "bad.yaml"
    return problems[0]


@pytest.mark.parametrize(
    ("path", "value", "field", "message"),
    [
        (["name"], MISSING, "name", "This field is missing."),
        (["name"], "  ", "name", "Expected words in one line, at most 80 letters."),
        (["name"], "x" * 81, "name", "Expected words in one line, at most 80 letters; these are 81."),
        (["code"], "1", "code", "Expected a code such as EX01."),
        (["slug"], "Calf Stretch", "slug", "Expected a short name in small letters with hyphens."),
        (["category"], "yoga", "category", "Expected one of: mobility, circulation,"),
        (["position"], ["standing"], "position", "Expected one of: standing, sitting,"),
        (["equipment"], None, "equipment", "Expected one of: none, wall,"),
        (["sides"], "both", "sides", "Expected one of: together, each, alternate."),
        (["irritability_ceiling"], "H", "irritability_ceiling", "Expected one of: high, medium, low."),
        (["steps"], ["Stand."] * 3, "steps", "Expected a list of 4 to 6 entries."),
        (["steps", 1], 7, "steps[1]", "Expected words in one line, at most 300 letters; put it in quotes."),
        (["cues"], ["Up."] * 2, "cues", "Expected a list of 3 to 6 entries."),
        (
            ["cues", 0],
            "One two three four five six seven eight nine.",
            "cues[0]",
            "Expected at most 8 words.",
        ),
        (["steps", 0], "Stand\x00 still.", "steps[0]", "Expected words in one line"),
        (
            ["steps", 0],
            {"Keep": "slow"},
            "steps[0]",
            "Expected words in one line, at most 300 letters; put it in",
        ),
        (["steps", 0], "One.\nTwo.", "steps[0]", "Expected words in one line, at most 300 letters; begin it"),
        (
            ["name"],
            "Ankle\u00a0pumps",
            "name",
            "Expected words in one line, at most 80 letters; this holds a",
        ),
        (
            ["tags"],
            ["calf", "calm"],
            "tags",
            "Expected the tag calm with an irritability_ceiling of high, and",
        ),
        (
            ["irritability_ceiling"],
            "high",
            "tags",
            "Expected the tag calm with an irritability_ceiling of high",
        ),
        (["easier_how"], None, "easier_how", "Expected words in one line, at most 200 letters."),
        (["articles"], ["Sleep well"], "articles[0]", "Expected a short name in small letters with hyphens."),
        (["mistakes"], [], "mistakes", "Expected a list of 1 to 3 entries."),
        (["avoid"], "never", "avoid", "Expected a list of 1 to 4 entries."),
        (["easier"], "", "easier", "Expected a short name in small letters with hyphens."),
        (["dose"], None, "dose", "Expected the fields of a dose."),
        (["dose", "sets"], 0, "dose.sets", "Sets must be a whole number from 1 to 10."),
        (["dose", "sets"], MISSING, "dose.sets", "Sets must be a whole number from 1 to 10."),
        (["dose", "reps"], 10, "dose.reps", "A dose has no field reps."),
        (["tags", 0], "Big Calf", "tags[0]", "Expected a tag in small letters."),
        (["evidence", "grade"], "E", "evidence.grade", "Expected one of: A, A-, B, C, D."),
        (["evidence"], "C", "evidence", "Expected the fields grade, note."),
        (["checked_by"], None, "checked_by", "Expected words in one line, at most 120 letters."),
        (["stepps"], [], "stepps", "This field is not known here."),
    ],
)
def test_one_slip_in_an_exercise_is_one_problem(
    path: list[str | int], value: object, field: str, message: str
) -> None:
    problem = the_problem(parse_exercise, changed(EXERCISE, path, value))
    assert problem.field == field
    assert problem.message.startswith(message)


@pytest.mark.parametrize(
    ("path", "value", "field", "message"),
    [
        (["summary"], MISSING, "summary", "This field is missing."),
        (["not_for"], [], "not_for", "Expected a list of 1 to 10 entries."),
        (["stages"], [], "stages", "Expected a list of 1 to 10 entries."),
        (["kind"], "course", "kind", "Expected one of: staged, flare."),
        (
            ["flare"],
            {"longest_days": 7, "calm_days": 2, "calm_margin": 1},
            "flare",
            "Expected this in a flare plan",
        ),
        (["direction_check"], "yes", "direction_check", "Expected one of: none, extension_first,"),
        (
            ["stages", 0, "minimum_days"],
            None,
            "stages[0].minimum_days",
            "Only the last stage may be without an end.",
        ),
        (["stages", 3, "test"], "", "stages[3].test", "Only a stage without an end needs no test."),
        (
            ["stages", 1, "pain_measure"],
            "mood",
            "stages[1].pain_measure",
            "Expected one of: worst_leg, calf, during.",
        ),
        (["stages", 1], "rest", "stages[1]", "Expected the fields number, name,"),
        (["stages", 1, "number"], 3, "stages", "Expected stages numbered 1, 2, 3 and so on, in order."),
        (
            ["stages", 0, "minimum_days"],
            0,
            "stages[0].minimum_days",
            "Expected a whole number from 1 to 365.",
        ),
        (
            ["stages", 0, "pain_ceiling"],
            11,
            "stages[0].pain_ceiling",
            "Expected a whole number from 0 to 10.",
        ),
        (
            ["stages", 0, "pain_ceiling"],
            True,
            "stages[0].pain_ceiling",
            "Expected a whole number from 0 to 10.",
        ),
        (
            ["stages", 2, "break_interval_minutes"],
            61,
            "stages[2].break_interval_minutes",
            "Expected a whole number from 20 to 60.",
        ),
        (
            ["stages", 0, "prescriptions", 2, "dose", "repetitions"],
            51,
            "stages[0].prescriptions[2].dose.repetitions",
            "Repetitions must be a whole number from 1 to 50.",
        ),
        (
            ["stages", 0, "prescriptions", 0, "dose", "reps"],
            8,
            "stages[0].prescriptions[0].dose.reps",
            "A dose has no field reps.",
        ),
        (
            ["stages", 3, "prescriptions", 0, "optional"],
            "yes",
            "stages[3].prescriptions[0].optional",
            "Expected true or false.",
        ),
        (
            ["stages", 0, "test_items", 0, "at_least"],
            15,
            "stages[0].test_items[0].at_least",
            "Only a count has this.",
        ),
        (
            ["stages", 2, "test_items", 1, "at_least"],
            None,
            "stages[2].test_items[1].at_least",
            "A count needs a limit.",
        ),
        (
            ["stages", 2, "test_items", 1, "rise_over_first"],
            20,
            "stages[2].test_items[1].rise_over_first",
            "Only a test of both sides together has this.",
        ),
        (
            ["stages", 1, "test_items", 1, "key"],
            "sit",
            "stages[1].test_items[1].key",
            "sit is already in this test.",
        ),
        (
            ["stages", 1, "test_items", 1, "kind"],
            "try",
            "stages[1].test_items[1].kind",
            "Expected one of: can, count.",
        ),
    ],
)
def test_one_slip_in_a_program_is_one_problem(
    path: list[str | int], value: object, field: str, message: str
) -> None:
    problem = the_problem(parse_program, changed(PROGRAM, path, value))
    assert problem.field == field
    assert problem.message.startswith(message)


def test_a_stage_without_a_test_has_no_items_of_one() -> None:
    data = copy.deepcopy(PROGRAM)
    data["stages"][-1] |= {"minimum_days": None, "test": ""}
    assert the_problem(parse_program, data).message == "A stage without a test has no items of one."


def test_the_counts_of_two_sides_need_two_sides() -> None:
    data = copy.deepcopy(PROGRAM)
    data["stages"][3]["test_items"][0]["each_side"] = False
    _, problems = parse_program(data, "bad.yaml")
    assert [problem.message for problem in problems] == ["Only a test of each side has this."] * 2


def test_what_a_test_item_names_must_be_there() -> None:
    program = a_program(("standing-calf-stretch", False))
    (stage, *others) = program.stages
    item = StageTestItem.from_mapping({**PROGRAM["stages"][0]["test_items"][0], "exercise": "hop"})
    wrong = dataclasses.replace(program, stages=(dataclasses.replace(stage, test_items=(item,)), *others))
    assert clashes(programs=[wrong]) == [
        (PROGRAM_FILE, "stages[0].test_items[0].exercise", "There is no exercise hop.")
    ]


def test_a_flare_plan_has_one_stage_and_says_when_it_ends() -> None:
    _, problems = parse_program({**PROGRAM, "kind": "flare"}, "bad.yaml")
    assert [(problem.field, problem.message) for problem in problems] == [
        ("flare", "Expected this in a flare plan, and null in a staged program."),
        ("stages", "Expected one stage in a flare plan."),
    ]


def test_a_stage_without_an_end_needs_no_ceiling_and_no_test() -> None:
    data = copy.deepcopy(PROGRAM)
    data["stages"][-1] |= {"minimum_days": None, "pain_ceiling": None, "test": "", "test_items": []}
    program, problems = parse_program(data, "good.yaml")
    assert problems == []
    assert program.stages[-1].minimum_days is None


@pytest.mark.parametrize(
    ("path", "value", "field", "message"),
    [
        (["sections"], [], "sections", "Expected a list of 1 to 6 entries."),
        (["sources"], [], "sources", "Expected a list of 1 to 6 entries."),
        (["places"], ["kitchen"], "places[0]", "Expected one of: help, breaks, pain_rule, history, relief."),
        (
            ["sections", 0],
            {"heading": "Empty", "paragraphs": [], "points": []},
            "sections[0]",
            "Expected at least one paragraph or point.",
        ),
    ],
)
def test_one_slip_in_an_article_is_one_problem(
    path: list[str | int], value: object, field: str, message: str
) -> None:
    problem = the_problem(parse_article, changed(ARTICLE, path, value))
    assert problem.field == field
    assert problem.message.startswith(message)


def test_an_article_has_at_most_250_words() -> None:
    def article(words: int) -> dict[str, Any]:
        paragraphs = ["a " * (words - len(ARTICLE["summary"].split()))]
        return {**ARTICLE, "sections": [{"heading": "", "paragraphs": paragraphs, "points": []}]}

    assert parse_article(article(250), "good.yaml")[1] == []
    problem = the_problem(parse_article, article(251))
    assert (problem.field, problem.message) == ("sections", "Expected at most 250 words; these are 251.")


@pytest.mark.parametrize("parse", [parse_exercise, parse_program, parse_article])
@pytest.mark.parametrize("data", [None, [], "text", 5])
def test_a_file_that_holds_no_fields_is_one_problem(
    parse: Callable[..., tuple[object, list[ContentProblem]]], data: object
) -> None:
    problem = the_problem(parse, data)
    assert problem.field == ""
    assert problem.message.startswith("Expected the fields ")


def test_every_slip_of_a_file_is_named_at_once() -> None:
    data = changed(changed(EXERCISE, ["name"], ""), ["dose", "sets"], 0)
    _, problems = parse_exercise(data, "bad.yaml")
    assert [problem.field for problem in problems] == ["name", "dose.sets"]


def an_exercise(**fields: object) -> ExerciseContent:
    data = {**EXERCISE, "easier": None, "harder": None, "articles": [], "figure": None, **fields}
    exercise, problems = parse_exercise(data, f"exercises/{data['slug']}.yaml")
    assert exercise is not None, problems
    return exercise


def a_program(*prescriptions: tuple[str, bool], stage: int = 1, **more: object) -> ProgramContent:
    """A program that gives a calf stretch in every stage but one, which has these (exercise, optional)."""
    data = copy.deepcopy(PROGRAM)
    for each in data["stages"]:
        each |= {"excluded_exercises": [], "excluded_tags": [], "break_movements": [], "articles": []}
        each["test_items"] = []
        given = (("standing-calf-stretch", False),)
        if each["number"] == stage:
            given = prescriptions
            each |= more
        each["prescriptions"] = [
            {"exercise": slug, "dose": {}, "optional": optional, "note": ""} for slug, optional in given
        ]
    program, problems = parse_program(data, PROGRAM_FILE)
    assert program is not None, problems
    return program


EMPTY_SHELF = Shelf()
CALM = Shelved(frozenset({"calm"}), "high")
TENSE = Shelved(frozenset({"tensioner"}), "low")


def clashes(shelf: Shelf = EMPTY_SHELF, **content: object) -> list[tuple[str, str, str]]:
    """What is wrong between the files, besides one right exercise, as (file, field, message)."""
    files = LibraryFiles(**{"exercises": [an_exercise()], **content})
    return [(problem.file, problem.field, problem.message) for problem in cross_check(files, shelf)]


TENSIONER = an_exercise(slug="nerve-tensioner", code="EX98", tags=["nerve", "tensioner"])
STRETCH = ("standing-calf-stretch", False)


def test_content_that_fits_together_has_no_problems() -> None:
    assert clashes(programs=[a_program(STRETCH)]) == []


@pytest.mark.parametrize("field", ["easier", "harder"])
def test_an_unknown_neighbour_is_named(field: str) -> None:
    assert clashes(exercises=[an_exercise(**{field: "hop"})]) == [
        (STRETCH_FILE, field, "There is no exercise hop.")
    ]


def test_an_exercise_is_not_its_own_neighbour() -> None:
    assert clashes(exercises=[an_exercise(easier="standing-calf-stretch")]) == [
        (STRETCH_FILE, "easier", "An exercise cannot be its own neighbour.")
    ]


def test_one_neighbour_is_not_easier_and_harder_at_once() -> None:
    shelf = Shelf(exercises={"pumps": CALM})
    assert clashes(shelf, exercises=[an_exercise(easier="pumps", harder="pumps")]) == [
        (STRETCH_FILE, "harder", "pumps is the easier neighbour already.")
    ]


def test_an_easier_neighbour_needs_no_calmer_nerve() -> None:
    shelf = Shelf(exercises={"plank": Shelved(frozenset(), "low")})
    assert clashes(shelf, exercises=[an_exercise(easier="plank")]) == [
        (STRETCH_FILE, "easier", "plank needs a calmer nerve than this exercise, so it is not easier.")
    ]
    assert clashes(shelf, exercises=[an_exercise(harder="plank")]) == []


@pytest.mark.parametrize("field", ["easier", "harder"])
def test_nobody_is_led_to_a_nerve_tensioner_by_a_swap(field: str) -> None:
    shelf = Shelf(exercises={"tense": TENSE})
    assert clashes(shelf, exercises=[an_exercise(**{field: "tense"})]) == [
        (STRETCH_FILE, field, "A nerve tensioner is only for its own stage, never to swap to.")
    ]


@pytest.mark.parametrize("field", ["easier", "harder"])
def test_neighbours_that_lead_round_in_a_circle_are_named(field: str) -> None:
    one = an_exercise(**{field: "two"})
    two = an_exercise(slug="two", code="EX96", **{field: "three"})
    three = an_exercise(slug="three", code="EX95", **{field: "two"})
    assert clashes(exercises=[one, two, three]) == [
        ("exercises/two.yaml", field, "This leads back to two in the end."),
        ("exercises/three.yaml", field, "This leads back to three in the end."),
    ]


def test_a_file_has_the_name_of_what_it_holds() -> None:
    exercise = dataclasses.replace(an_exercise(), file="exercises/calf.yaml")
    assert clashes(exercises=[exercise]) == [
        ("exercises/calf.yaml", "slug", "Expected this file to be named standing-calf-stretch.yaml.")
    ]


def test_an_unknown_article_is_named() -> None:
    assert clashes(exercises=[an_exercise(articles=["sleep"])]) == [
        (STRETCH_FILE, "articles[0]", "There is no article sleep.")
    ]


def test_a_slug_or_code_used_twice_is_named_in_the_second_file() -> None:
    same_slug = dataclasses.replace(an_exercise(), file="exercises/copy.yaml")
    same_code = an_exercise(slug="other")
    assert clashes(exercises=[an_exercise(), same_slug, same_code]) == [
        ("exercises/copy.yaml", "slug", f"standing-calf-stretch is already used in {STRETCH_FILE}."),
        ("exercises/other.yaml", "code", f"EX01 is already used in {STRETCH_FILE}."),
    ]


def test_two_programs_may_not_share_a_slug() -> None:
    program = a_program(STRETCH)
    assert clashes(programs=[program, program]) == [
        (PROGRAM_FILE, "slug", f"{program.slug} is already used in {PROGRAM_FILE}.")
    ]


def test_a_clinic_may_not_take_a_name_of_the_shipped_library() -> None:
    shelf = Shelf(exercises={"standing-calf-stretch": CALM}, codes=frozenset({"EX01"}))
    assert clashes(shelf) == [
        (
            STRETCH_FILE,
            "slug",
            "standing-calf-stretch is already used in the shipped library.",
        )
    ]


def test_a_name_that_the_product_takes_later_stays_the_clinics() -> None:
    shelf = Shelf(exercises={"standing-calf-stretch": CALM}, own=frozenset({"standing-calf-stretch"}))
    assert clashes(shelf) == []


def test_a_clinics_code_is_not_one_of_the_products() -> None:
    assert clashes(Shelf(codes=frozenset({"EX01"}))) == [
        (STRETCH_FILE, "code", "EX01 is already used in the shipped library.")
    ]


def test_a_clinics_program_may_give_shipped_exercises() -> None:
    shelf = Shelf(exercises={"shipped-bridge": CALM, "shipped-tensioner": TENSE})
    assert clashes(shelf, programs=[a_program(STRETCH, ("shipped-bridge", False))]) == []
    assert clashes(shelf, programs=[a_program(STRETCH, ("shipped-tensioner", False))]) == [
        (
            PROGRAM_FILE,
            "stages[0].prescriptions[1].exercise",
            "A nerve tensioner may not come before stage 4.",
        )
    ]


def test_an_unknown_exercise_in_a_stage_is_named_with_its_place() -> None:
    assert clashes(programs=[a_program(STRETCH, ("hop", False), stage=2)]) == [
        (PROGRAM_FILE, "stages[1].prescriptions[1].exercise", "There is no exercise hop.")
    ]


def test_the_same_exercise_twice_in_a_stage_is_named() -> None:
    assert clashes(programs=[a_program(STRETCH, ("standing-calf-stretch", True))]) == [
        (
            PROGRAM_FILE,
            "stages[0].prescriptions[1].exercise",
            "standing-calf-stretch is already in this stage.",
        )
    ]


@pytest.mark.parametrize("prescriptions", [(), (("standing-calf-stretch", True),)])
def test_a_stage_that_gives_no_exercise_is_named(prescriptions: tuple[tuple[str, bool], ...]) -> None:
    assert clashes(programs=[a_program(*prescriptions, stage=3)]) == [
        (PROGRAM_FILE, "stages[2].prescriptions", "Expected at least one exercise that is not optional.")
    ]


@pytest.mark.parametrize(("stage", "allowed"), [(1, False), (2, False), (3, False), (4, True)])
def test_a_nerve_tensioner_may_not_come_before_stage_4(stage: int, allowed: bool) -> None:
    program = a_program(STRETCH, ("nerve-tensioner", True), stage=stage)
    problems = clashes(exercises=[an_exercise(), TENSIONER], programs=[program])
    assert [field for _, field, _ in problems] == (
        [] if allowed else [f"stages[{stage - 1}].prescriptions[1].exercise"]
    )


@pytest.mark.parametrize(
    "excluded", [{"excluded_exercises": ["standing-calf-stretch"]}, {"excluded_tags": ["calf"]}]
)
def test_a_stage_may_not_give_what_it_leaves_out(excluded: dict[str, list[str]]) -> None:
    assert clashes(programs=[a_program(STRETCH, stage=2, **excluded)]) == [
        (
            PROGRAM_FILE,
            "stages[1].prescriptions[0].exercise",
            "This stage leaves standing-calf-stretch out.",
        )
    ]


def test_a_stage_may_not_propose_for_a_break_what_it_leaves_out() -> None:
    entry = {
        "slug": "lean",
        "name": "Lean",
        "how": "Lean in.",
        "seconds": 30,
        "exercise": "standing-calf-stretch",
    }
    movements, _ = parse_break_movements([entry], "movements.yaml")
    program = a_program(("other", False), break_movements=["lean"], excluded_tags=["calf"])
    other = an_exercise(slug="other", code="EX97", tags=[])
    assert clashes(exercises=[an_exercise(), other], programs=[program], break_movements=movements) == [
        (PROGRAM_FILE, "stages[0].break_movements[0]", "This stage leaves standing-calf-stretch out.")
    ]


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("excluded_exercises", "exercise"),
        ("excluded_tags", "exercise with the tag"),
        ("break_movements", "break movement"),
        ("articles", "article"),
    ],
)
def test_what_a_stage_refers_to_must_be_there(field: str, kind: str) -> None:
    assert clashes(programs=[a_program(STRETCH, stage=2, **{field: ["hop"]})]) == [
        (PROGRAM_FILE, f"stages[1].{field}[0]", f"There is no {kind} hop.")
    ]


def test_break_movements_and_their_exercises_are_checked() -> None:
    entry = {"slug": "hops", "name": "Hops", "how": "Hop.", "seconds": 30, "exercise": "hop"}
    movements, problems = parse_break_movements([entry, {**entry, "exercise": None}], "movements.yaml")
    assert problems == []
    assert clashes(break_movements=movements) == [
        ("movements.yaml", "[1].slug", "hops is already in this list."),
        ("movements.yaml", "[0].exercise", "There is no exercise hop."),
    ]


def test_a_break_gives_nobody_a_nerve_tensioner() -> None:
    entry = {"slug": "pull", "name": "Pull", "how": "Pull.", "seconds": 30, "exercise": "tense"}
    movements, _ = parse_break_movements([entry], "movements.yaml")
    assert clashes(Shelf(exercises={"tense": TENSE}), break_movements=movements) == [
        ("movements.yaml", "[0].exercise", "A nerve tensioner is only for its own stage.")
    ]


def test_contraindications_and_the_direction_check_lead_to_exercises_that_exist() -> None:
    contraindication = {
        **load("contraindications.yaml")[0],
        "excluded_exercises": ["hop"],
        "only_tags": ["calm"],
    }
    check = {**load("direction-check.yaml"), "flexion_first_with": ["tiredness"]}
    contraindications, _ = parse_contraindications([contraindication], "contraindications.yaml")
    direction, _ = parse_direction_check(check, "direction-check.yaml")
    problems = clashes(contraindications=contraindications, direction_checks=[direction])
    assert problems[:2] == [
        ("contraindications.yaml", "[0].excluded_exercises[0]", "There is no exercise hop."),
        ("contraindications.yaml", "[0].only_tags[0]", "There is no exercise with the tag calm."),
    ]
    assert ("direction-check.yaml", "tries[0].exercise", "There is no exercise prone-press-up.") in problems
    assert problems[-1] == (
        "direction-check.yaml",
        "flexion_first_with[0]",
        "There is no contraindication tiredness.",
    )


# --- leaving exercises out ---


@pytest.mark.parametrize(
    ("fields", "ruled_out"),
    [
        ({"level": "block"}, True),
        ({"level": "clinician_first"}, False),
        ({"level": "filter", "excluded_exercises": ["bridge"]}, True),
        ({"level": "filter", "excluded_exercises": ["plank"]}, False),
        ({"level": "filter", "excluded_tags": ["trunk"]}, True),
        ({"level": "filter", "excluded_tags": ["calf"]}, False),
        ({"level": "filter", "only_tags": ["calm"]}, True),
        ({"level": "filter", "only_tags": ["calm", "hip"]}, False),
    ],
)
def test_a_contraindication_rules_out_what_it_names(fields: dict[str, Any], ruled_out: bool) -> None:
    empty = {"excluded_exercises": [], "excluded_tags": [], "only_tags": []}
    entry = {**load("contraindications.yaml")[0], **empty, **fields}
    (contraindication,), _ = parse_contraindications([entry], "contraindications.yaml")
    assert rules_out(contraindication, "bridge", ["trunk", "hip"]) is ruled_out
