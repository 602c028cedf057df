from django.db import migrations, models


class Migration(migrations.Migration):
    """Apart from the rows it judges: PostgreSQL makes no index on a table that the same transaction wrote."""

    dependencies = [("monitoring", "0002_levels_and_check_ins")]

    operations = [
        migrations.AddIndex(
            model_name="flag",
            index=models.Index(
                condition=models.Q(("state", "open")),
                fields=["next_escalation_at"],
                name="flag_open_by_escalation",
            ),
        ),
        migrations.AddConstraint(
            model_name="flag",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["open", "acknowledged", "snoozed"])),
                fields=("clinic", "patient", "kind"),
                name="flag_one_unresolved",
            ),
        ),
        migrations.AddConstraint(
            model_name="flag",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "open"), _negated=True),
                    ("next_escalation_at__isnull", False),
                    _connector="OR",
                ),
                name="flag_open_escalates",
            ),
        ),
        migrations.AddConstraint(
            model_name="flag",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "snoozed"), _negated=True),
                    models.Q(("owner__isnull", False), ("snoozed_until__isnull", False)),
                    _connector="OR",
                ),
                name="flag_snoozed_ends",
            ),
        ),
        migrations.AddConstraint(
            model_name="flag",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "resolved"), _negated=True),
                    models.Q(("outcome", ""), _negated=True),
                    _connector="OR",
                ),
                name="flag_resolved_has_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="flagevent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind__in", ["opened", "found_again"])),
                fields=("flag", "rule", "side", "found_on"),
                name="flag_event_finding_once",
            ),
        ),
    ]
