"""Shapes of what people type to invite and to join."""

from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils import timezone

from programs.accounts.actions import NOT_A_NUMBER_TO_CALL


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


def _time_zones() -> list[tuple[str, str]]:
    """Places people know; the old names without a region ("GB", "EST") are left out."""
    zones = [zone for zone in sorted(available_timezones()) if "/" in zone or zone == "UTC"]
    return [(zone, zone.replace("_", " ")) for zone in zones]


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
        choices=_time_zones,
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
        choices=_time_zones,
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
