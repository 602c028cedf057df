"""What other thresholds would have found in the last 90 days, and putting them in force."""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_http_methods

from programs.accounts.actions import record_access
from programs.accounts.models import Clinic, Role, User
from programs.accounts.queries import clinic_of
from programs.lib.permissions import page_for
from programs.logbook.forms.thresholds import ReasonForm, ThresholdsForm
from programs.logbook.queries import SettingComparison, compare_settings
from programs.monitoring.actions.settings import save_rule_setting
from programs.monitoring.models import RuleSetting
from programs.monitoring.queries import alert_load, parameters_from, rule_precision, rule_setting_of
from programs.monitoring.rules import ADJUSTABLE, DEFAULT, Parameters
from programs.monitoring.rules.trial import DAYS, LEVEL_NAMES, RULE_NAMES, difference_in_words, mildest_first

SALT = "logbook.rule_settings"
SHOWN_SETTINGS = 50
IN_FORCE_ALREADY = "These thresholds are in force already. Nothing was changed."
SILENCE_NOT_COUNTED = "This changes only when silence is flagged. That is not counted here."
NOT_TRIED = (
    "Nothing is saved yet: these thresholds were not tried, or others were saved meanwhile. Look again."
)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A row of the form: its field, the bounds in words, the default and what is in force."""

    field: BoundField
    bounds: str
    unit: str
    default: str
    in_force: str


@page_for("admin", "therapist")
@require_http_methods(["GET", "POST"])
def rule_settings(request: HttpRequest) -> HttpResponse:
    """The clinic's thresholds. GET tries some; POST, for administrators, puts in force what was tried."""
    user = cast(User, request.user)
    is_admin = user.has_role(Role.ADMIN)
    clinic = clinic_of(user, Role.ADMIN if is_admin else Role.THERAPIST)
    now = timezone.now()
    setting = rule_setting_of(clinic)
    in_force = parameters_from(setting)
    posted = request.POST if request.method == "POST" else None
    if posted is not None and not is_admin:
        raise PermissionDenied
    sent = {name: str(value) for name, value in (posted or request.GET).items() if name in ADJUSTABLE}
    form = ThresholdsForm(sent if sent or posted is not None else None, in_force)
    is_tried = form.is_valid()
    tried = _token(clinic, setting, form.parameters)
    reason = ReasonForm(posted)
    if posted is not None and is_tried and sent and form.parameters == in_force:
        messages.info(request, IN_FORCE_ALREADY)
        return redirect("logbook:rule_settings")
    if posted is not None and is_tried and reason.is_valid():
        if not constant_time_compare(reason.cleaned_data["tried"], tried):
            reason.add_error(None, NOT_TRIED)
        else:
            try:
                save_rule_setting(
                    clinic=clinic,
                    by=user,
                    values=form.parameters.changed,
                    note=reason.cleaned_data["note"],
                    instead_of=setting,
                    now=now,
                )
            except ValidationError as error:
                reason.add_error(None, error)
            else:
                messages.success(
                    request, "Saved. What is reported from now on is judged by these thresholds."
                )
                return redirect("logbook:rule_settings")
    since = now - timedelta(days=DAYS)
    page: dict[str, Any] = {
        "clinic": clinic,
        "is_admin": is_admin,
        "days": DAYS,
        "form": form,
        "reason": reason,
        "tried": tried,
        "thresholds": _thresholds(form, in_force),
        "version": in_force.version,
        "is_changed": form.parameters != in_force,
        "settings": _history(clinic),
        "precision": [(RULE_NAMES.get(each.rule, ""), each) for each in rule_precision(clinic, since)],
        "load": alert_load(clinic, since, now),
    }
    if is_tried:
        comparison = compare_settings(clinic, in_force, form.parameters, now)
        page |= {
            "comparison": comparison,
            "counts": _counts(comparison),
            "difference": _difference(comparison, in_force, form.parameters),
        }
        if user.has_role(Role.THERAPIST):
            page["newly"], page["no_longer"] = _own_patients(user, clinic, comparison, now)
    has_errors = form.errors or reason.errors
    return render(request, "logbook/rule_settings.html", page, status=422 if has_errors else 200)


def _token(clinic: Clinic, setting: RuleSetting | None, tried: Parameters) -> str:
    """Proof that this page showed what `tried` would have found, while `setting` was in force."""
    values = json.dumps([str(clinic.pk), str(setting and setting.pk), tried.changed], sort_keys=True)
    return signing.Signer(salt=SALT).signature(values)


def _thresholds(form: ThresholdsForm, in_force: Parameters) -> list[Threshold]:
    return [
        Threshold(
            field=form[name],
            bounds=f"{bounds.lowest:g} to {bounds.highest:g} {bounds.unit}",
            unit=bounds.unit,
            default=f"{getattr(DEFAULT, name):g}",
            in_force=f"{getattr(in_force, name):g}",
        )
        for name, bounds in ADJUSTABLE.items()
    ]


def _counts(comparison: SettingComparison) -> list[tuple[str, str, str, int, int]]:
    """Each rule and level that either setting found: rule, its name, the level, and how often each did."""
    before, after = comparison.in_force.findings, comparison.tried.findings
    keys = sorted(before.keys() | after.keys(), key=mildest_first)
    return [
        (
            rule,
            RULE_NAMES[rule],
            LEVEL_NAMES[level],
            before.get((rule, level), 0),
            after.get((rule, level), 0),
        )
        for rule, level in keys
    ]


def _difference(comparison: SettingComparison, in_force: Parameters, tried: Parameters) -> str:
    if tried == replace(in_force, silent_after_days=tried.silent_after_days):
        return SILENCE_NOT_COUNTED
    before, after = comparison.load_in_force, comparison.load_tried
    more_a_week = None if before is None or after is None else after - before
    return difference_in_words(comparison.tried.alerts - comparison.in_force.alerts, more_a_week)


def _own_patients(
    therapist: User, clinic: Clinic, comparison: SettingComparison, now: datetime
) -> tuple[list[User], list[User]]:
    """The therapist's patients whom only the tried thresholds flag, and those whom they flag no more."""
    before, after = set(comparison.in_force.alerts_of), set(comparison.tried.alerts_of)
    shown = list(
        User.objects.patients_visible_to(therapist)
        .filter(pk__in=before ^ after)
        .exclude(pk=therapist.pk)
        .order_by("name", "pk")
    )
    record_access(actor=therapist, clinic=clinic, patients=shown, door="logbook:rule_settings", now=now)
    return [each for each in shown if each.pk in after], [each for each in shown if each.pk in before]


def _history(clinic: Clinic) -> list[tuple[RuleSetting, list[str]]]:
    """The settings that were saved, newest first, each with what differs from the defaults."""
    settings = RuleSetting.objects.filter(clinic=clinic).select_related("saved_by")[:SHOWN_SETTINGS]
    return [
        (
            setting,
            [
                f"{bounds.label}: {setting.values[name]:g} {bounds.unit}"
                for name, bounds in ADJUSTABLE.items()
                if name in setting.values
            ],
        )
        for setting in settings
    ]
