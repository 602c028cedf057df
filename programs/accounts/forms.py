"""Shapes of what people type to invite and to join."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils import timezone

from programs.accounts.actions import NOT_A_NUMBER_TO_CALL
from programs.accounts.actions.escalation import NO_DAY, OUT_OF_BOUNDS, WAITS
from programs.accounts.models import User
from programs.accounts.queries import ReachableStaff
from programs.lib.times import time_zones


class InvitationForm(forms.Form):
    name = forms.CharField(
        max_length=120, label="Patient's name", error_messages={"required": "Enter a name."}
    )
    email = forms.EmailField(
        max_length=254,
        label="Patient's e-mail address",
        help_text="They sign in with it.",
        error_messages={"required": "Enter an e-mail address."},
    )


class JoinForm(forms.Form):
    year_of_birth = forms.IntegerField(
        label="What year were you born?",
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "bday-year"}),
        error_messages={
            "required": "Enter the year you were born.",
            "invalid": "Enter a year, such as 1954.",
        },
    )
    time_zone = forms.ChoiceField(
        label="Where do you live?",
        help_text="We use it to remind you at the right time of day.",
        choices=time_zones,
        initial="Europe/London",
    )
    password = forms.CharField(
        label="Choose a password",
        help_text="At least 15 characters. Four words you can picture work well.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
        error_messages={"required": "Choose a password."},
    )

    def clean_password(self) -> str:
        """Said together with the other fields' errors; joining checks it again, against name and address."""
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password

    def clean_year_of_birth(self) -> int:
        year: int = self.cleaned_data["year_of_birth"]
        this_year = timezone.now().year
        if not 1900 <= year <= this_year - 18:
            raise forms.ValidationError(
                f"Enter a year between 1900 and {this_year - 18}. This tracker is for adults."
            )
        return year


class TimeZoneForm(forms.Form):
    time_zone = forms.ChoiceField(
        label="Your time zone",
        help_text="All times are shown in it.",
        choices=time_zones,
        error_messages={"invalid_choice": "Choose a time zone from the list."},
    )


class EmergencyNumberForm(forms.Form):
    """Whom the patients of a clinic are to call. Nothing is known about it but that it can be dialled."""

    emergency_number = forms.CharField(
        label="Whom do your patients call in an emergency?",
        help_text="In the UK it is 999, in the EU 112, in the USA 911.",
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "list": "emergency-numbers"}
        ),
        error_messages={"required": NOT_A_NUMBER_TO_CALL},
    )


class _PersonField(forms.TypedChoiceField):
    """One of the people who are offered, by name."""

    def __init__(self, label: str, help_text: str, *, nobody: str, required: bool = False) -> None:
        wrong = "Choose somebody from the list."
        super().__init__(
            label=label,
            help_text=help_text,
            required=required,
            empty_value=None,
            error_messages={"required": wrong, "invalid_choice": wrong},
        )
        self.nobody = nobody

    def offer(self, people: Sequence[User]) -> None:
        by_id = {str(each.pk): each for each in sorted(people, key=lambda each: each.name)}
        self.choices = [("", self.nobody), *((key, each.name) for key, each in by_id.items())]
        self.coerce = by_id.__getitem__


def _wait(name: str, label: str) -> forms.IntegerField:
    wait = WAITS[name]
    wrong = OUT_OF_BOUNDS.format(wait)
    return forms.IntegerField(
        label=label,
        min_value=wait.shortest,
        max_value=wait.longest,
        help_text=f"{wait.unit.capitalize()}, from {wait.shortest} to {wait.longest}.",
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong),
    )


def _time_of_day(label: str) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages=dict.fromkeys(("required", "invalid"), "Enter a time, such as 08:00."),
    )


class EscalationForm(forms.Form):
    """The field names are those of `EscalationPolicy`; who can be reached is seen to when it is saved."""

    duty_contact = _PersonField("Who is on duty?", "Told at once of what is urgent.", nobody="Nobody")
    backup = _PersonField(
        "Who stands in?",
        "Told when those who care for the patient have not taken it on.",
        nobody="Every other therapist",
    )
    urgent_backup_minutes = _wait("urgent_backup_minutes", "Tell who stands in after")
    urgent_administrators_minutes = _wait(
        "urgent_administrators_minutes", "Tell those who run the clinic after"
    )
    urgent_repeat_minutes = _wait("urgent_repeat_minutes", "Then tell all of them again every")
    flag_backup_hours = _wait("flag_backup_hours", "Tell who stands in after this much working time")
    flag_administrators_hours = _wait("flag_administrators_hours", "Tell those who run the clinic after")
    absence_backup_hours = _wait("absence_backup_hours", "Tell who stands in after")
    repeat_hours = _wait("repeat_hours", "Then tell all of them again every")
    weekdays = forms.TypedMultipleChoiceField(
        label="On which days do you work?",
        choices=tuple(enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages=dict.fromkeys(("required", "invalid_choice"), NO_DAY),
    )
    opens_at = _time_of_day("From")
    closes_at = _time_of_day("Until")
    time_zone = forms.ChoiceField(
        label="Time zone of the clinic",
        choices=time_zones,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose a time zone from the list."),
    )

    def __init__(self, data: Any, *, staff: ReachableStaff) -> None:
        policy = staff.policy
        initial = {
            name: getattr(policy, name) for name in self.base_fields if name not in ("duty_contact", "backup")
        }
        named = {"duty_contact": policy.duty_contact_id, "backup": policy.backup_id}
        super().__init__(data, initial=initial | named)
        anybody = (*staff.therapists, *staff.administrators)
        cast(_PersonField, self.fields["duty_contact"]).offer(anybody)
        cast(_PersonField, self.fields["backup"]).offer(staff.therapists)


class StartCareForm(forms.Form):
    """Whom a patient is to be cared for by from now on."""

    therapist = _PersonField("Who is to care for them too?", "", nobody="Choose a therapist", required=True)

    def __init__(self, data: Any, *, therapists: Sequence[User]) -> None:
        super().__init__(data)
        cast(_PersonField, self.fields["therapist"]).offer(therapists)
