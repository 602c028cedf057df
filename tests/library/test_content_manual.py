"""docs/content.md: the examples in it load as they stand."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command

from programs.library.models import Exercise, Program
from programs.library.rules import (
    CATEGORIES,
    EQUIPMENT,
    IRRITABILITY_LEVELS,
    PAIN_MEASURES,
    PLACES,
    POSITIONS,
    SIDES,
    ExerciseContent,
    StageContent,
)
from tests import makers

MANUAL = (Path(__file__).parents[2] / "docs" / "content.md").read_text()


@pytest.mark.django_db
def test_the_examples_load_as_they_stand(tmp_path, clinic):
    makers.library()
    for path, text in re.findall(r"```yaml\n# (\S+)\n(.*?)```", MANUAL, re.DOTALL):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)

    call_command("load_library", str(tmp_path), clinic=clinic.name, verbosity=0)

    assert Exercise.objects.get(clinic=clinic).easier.slug == "ankle-pumps"
    assert Program.objects.get(clinic=clinic).stages.get().prescriptions.count() == 2


@pytest.mark.pure
def test_every_field_and_every_value_is_explained():
    fields = {*ExerciseContent.__dataclass_fields__, *StageContent.__dataclass_fields__} - {"file"}
    values = {*CATEGORIES, *POSITIONS, *EQUIPMENT, *SIDES, *IRRITABILITY_LEVELS, *PAIN_MEASURES, *PLACES}
    assert [word for word in sorted(fields | values) if not re.search(rf"\b{word}\b", MANUAL)] == []
