from typing import Any

from django.db import migrations


def write_down_breaks(apps: Any, schema_editor: Any) -> None:
    """Every prompt that was done is a break that was taken."""
    movement_break = apps.get_model("reminders", "MovementBreak")
    done = apps.get_model("reminders", "Prompt").objects.filter(outcome="done")
    movement_break.objects.bulk_create(
        (
            movement_break(
                id=prompt.id,
                clinic_id=prompt.clinic_id,
                patient_id=prompt.patient_id,
                source="prompt",
                moved_at=prompt.answered_at,
                moved_on=prompt.due_on,
                prompt_id=prompt.id,
            )
            for prompt in done.iterator()
        ),
        batch_size=1000,
    )


class Migration(migrations.Migration):
    dependencies = [("reminders", "0003_breaks_people_keep")]

    operations = [migrations.RunPython(write_down_breaks, migrations.RunPython.noop)]
