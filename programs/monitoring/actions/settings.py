"""Choosing the thresholds of a clinic."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from programs.accounts.models import Clinic, User
from programs.monitoring.models import RuleSetting
from programs.monitoring.rules import ParameterError, adjusted

NO_REASON = "Say in a few words why."
SAVED_MEANWHILE = "Nothing is saved yet: others were saved meanwhile. Look again."


@transaction.atomic
def save_rule_setting(
    *,
    clinic: Clinic,
    by: User,
    values: Mapping[str, object],
    note: str,
    instead_of: RuleSetting | None,
    now: datetime,
) -> RuleSetting:
    """Put thresholds in force for what is reported in the clinic from now on; returns their row.

    Rows are only ever added, so that each finding's version can be looked up. The values that are in force
    already change nothing: the row in force comes back. `values` may leave out or spell out the defaults.
    `instead_of` is what was in force when they were chosen: of two people saving at once, the second looks
    again.
    """
    Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)
    try:
        parameters = adjusted(values)
    except ParameterError as error:
        raise ValidationError(error.errors) from error
    in_force = RuleSetting.objects.filter(clinic=clinic).first()
    if in_force is not None and in_force.values == parameters.changed:
        return in_force
    if in_force != instead_of:
        raise ValidationError(SAVED_MEANWHILE)
    setting = RuleSetting(
        clinic=clinic,
        values=parameters.changed,
        version=parameters.version,
        saved_by=by,
        saved_at=now,
        note=note.strip(),
    )
    if not setting.note:
        raise ValidationError({"note": NO_REASON})
    setting.clean_fields(exclude=["values"])  # {} says that all are the defaults
    setting.save(force_insert=True)
    return setting
