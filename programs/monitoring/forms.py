"""Shapes of what a therapist types about a flag."""

from django import forms


class ResolveForm(forms.Form):
    """A word on what was done, when a flag is closed."""

    note = forms.CharField(
        max_length=500,  # FlagEvent.note
        required=False,
        error_messages={
            "max_length": "Write at most 500 letters.",
            "null_characters_not_allowed": "The note holds a character that cannot be saved.",
        },
    )
