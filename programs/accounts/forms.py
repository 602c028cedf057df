"""Shapes of what people type to invite and to join."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils import timezone

from programs.accounts.actions import NOT_A_NUMBER_TO_CALL
from programs.accounts.actions.escalation import NO_DAY, OUT_OF_BOUNDS, WAITS
from programs.accounts.models import FirstLeg, Speed, TextSize, User
from programs.accounts.queries import ReachableStaff
from programs.accounts.rules import read_code
from programs.lib.times import time_zones

NO_CODE = "A code has 10 letters and digits, such as ABCDE-12345."


class _YearOfBirthField(forms.IntegerField):
    """Of an adult."""

    def __init__(self, label: str, help_text: str, *, required: str, autocomplete: str) -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": autocomplete}),
            error_messages={"required": required, "invalid": "Enter a year, such as 1954."},
        )

    def validate(self, value: int | None) -> None:
        super().validate(value)
        latest = timezone.now().year - 18
        if value is not None and not 1900 <= value <= latest:
            raise forms.ValidationError(
                f"Enter a year between 1900 and {latest}. This tracker is for adults."
            )


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
    year_of_birth = _YearOfBirthField(
        "Patient's year of birth",
        "They are asked for it when they join, so that nobody else can.",
        required="Enter the year they were born.",
        autocomplete="off",
    )


class LinkForm(forms.Form):
    """What is asked of whoever has the link of an invitation."""

    year_of_birth = _YearOfBirthField(
        "What year were you born?",
        "So that nobody else can join with it.",
        required="Enter the year you were born.",
        autocomplete="bday-year",
    )


class CodeForm(LinkForm):
    """What is asked of whoever has its code, which stays on the page as it was typed."""

    code = forms.CharField(
        label="What is your code?",
        help_text="10 letters and digits, in any case.",
        max_length=60,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "characters",
                "autocorrect": "off",
                "spellcheck": "false",
            }
        ),
        error_messages={
            "required": "Enter the code from your clinic.",
            "max_length": NO_CODE,
            "null_characters_not_allowed": NO_CODE,
        },
    )
    field_order = ["code", "year_of_birth"]

    def clean_code(self) -> str:
        code = read_code(self.cleaned_data["code"])
        if code is None:
            raise forms.ValidationError(NO_CODE)
        return code


class JoinForm(forms.Form):
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


def _is_on(value: str) -> bool:
    return value == "on"


class _Choice(forms.ChoiceField):
    """One of a few, all of them in sight. Nothing is chosen by leaving it out."""

    widget = forms.RadioSelect

    def __init__(self, **more: Any) -> None:
        wrong = dict.fromkeys(("required", "invalid_choice"), "Choose one of these.")
        super().__init__(error_messages=wrong, **more)


class _Switch(forms.TypedChoiceField):
    """On or off, each of them said: a box that was not sent would turn off what somebody wants."""

    widget = forms.RadioSelect

    def __init__(self, *, on: str, off: str, **more: Any) -> None:
        super().__init__(
            choices=[("on", on), ("off", off)],
            coerce=_is_on,
            error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose one of these."),
            **more,
        )

    def prepare_value(self, value: Any) -> Any:
        return {True: "on", False: "off"}.get(value, value) if isinstance(value, bool) else value


class StaffWishesForm(forms.Form):
    """What everybody may choose; the field names are those of `User`."""

    text_size = forms.TypedChoiceField(
        label="How big should the text be?",
        choices=TextSize.choices,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose one of these."),
    )
    time_zone = forms.ChoiceField(
        label="Your time zone",
        help_text="All times are shown in it.",
        choices=time_zones,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose a time zone from the list."),
    )

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data, initial={name: getattr(user, name) for name in self.base_fields})
        # What is kept stays on offer, also by an old name: to save something else must not change it.
        cast(forms.ChoiceField, self.fields["time_zone"]).choices = time_zones(user.time_zone)


class WishesForm(StaffWishesForm):
    """What a patient may choose. All of it is saved together, so that nothing chosen is lost."""

    voice = _Switch(
        label="May a session speak to you?",
        help_text="Nothing speaks by itself yet. “Read aloud” works with both.",
        on="Yes, speak",
        off="No, stay quiet",
    )
    speed = _Choice(
        label="How fast should the pictures move?",
        help_text="Slower takes one and a half times as long. Slowest takes twice as long.",
        choices=Speed.choices,
    )
    first_leg = _Choice(
        label="Which leg do you want to do first?",
        help_text="We list your legs in this order.",
        choices=FirstLeg.choices,
    )
    less_motion = _Switch(
        label="Should pictures move?",
        help_text="Without moving pictures you see still ones, side by side.",
        on="No, keep still",
        off="Yes, when I press Play",
    )

    field_order = ["text_size", "voice", "speed", "less_motion", "first_leg", "time_zone"]


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
