"""Shapes of what a patient gives of their own calendar."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from programs.lib import public_address
from programs.reminders.rules.busy import MOST_CHARACTERS, NOT_A_CALENDAR, TOO_MUCH

_NO_ADDRESS = "Enter the address of your calendar."
_NO_FILE = "Choose the file of your calendar."


def check_calendar_address(address: str) -> None:
    """Refuses, with a sentence, what does not lead to a host of the public internet."""
    try:
        public_address.check(address)
    except public_address.AddressError as error:
        raise ValidationError({"address": str(error)}) from None


def calendar_text(content: bytes) -> str:
    """A calendar's file as text. What is no UTF-8 in it is replaced: only times are read from it."""
    return content.decode("utf-8-sig", errors="replace").replace("\0", "")


class CalendarAddressForm(forms.Form):
    """The address is a secret: no page shows one that was stored."""

    address = forms.CharField(
        label="The address of your calendar",
        max_length=public_address.LONGEST_ADDRESS,
        help_text="It begins with https:// or webcal:// and often ends in .ics.",
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
                "inputmode": "url",
            }
        ),
        error_messages={
            "required": _NO_ADDRESS,
            "max_length": "This address is too long for us.",
            "null_characters_not_allowed": public_address.NOT_PUBLIC,
        },
    )

    def clean(self) -> dict[str, Any]:
        if "address" in self.cleaned_data:
            check_calendar_address(self.cleaned_data["address"])
        return self.cleaned_data


class CalendarFileForm(forms.Form):
    """Only the text of the file is looked at: its name and kind are whatever the sender says."""

    file = forms.FileField(
        label="A calendar file",
        help_text="It ends in .ics and is at most 1 MB.",
        widget=forms.FileInput(attrs={"accept": ".ics,text/calendar"}),
        error_messages={
            "required": _NO_FILE,
            "invalid": _NO_FILE,
            "missing": _NO_FILE,
            "empty": NOT_A_CALENDAR,
            "max_length": NOT_A_CALENDAR,
        },
    )

    def clean_file(self) -> str:
        file = self.cleaned_data["file"]
        if file.size > MOST_CHARACTERS:
            raise ValidationError(TOO_MUCH)
        return calendar_text(file.read())
