"""Shapes of what a patient types to end their record."""

from typing import Any

from django import forms

from programs.accounts.models import User

NOT_YOUR_PASSWORD = "This is not your password."  # noqa: S105


class DeleteAccountForm(forms.Form):
    """The person's own password and a sentence they agree to: nobody deletes an account in passing."""

    is_sure = forms.BooleanField(
        label="Delete my account and all of my record, for good.",
        error_messages={"required": "Tick the box if you want to delete your account."},
    )
    password = forms.CharField(
        label="Your password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={
            "required": "Enter your password.",
            "null_characters_not_allowed": NOT_YOUR_PASSWORD,
        },
    )

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self._user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self._user.check_password(password):
            raise forms.ValidationError(NOT_YOUR_PASSWORD)
        return password
