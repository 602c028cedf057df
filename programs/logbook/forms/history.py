"""Which part of the history to show."""

from __future__ import annotations

from datetime import date

from django import forms
from django.core.validators import MinValueValidator


class HistoryForm(forms.Form):
    """Which days of the history to show: those up to and with `until`."""

    # Nobody wrote anything down before; the weeks before the year 1 cannot even be computed.
    until = forms.DateField(validators=[MinValueValidator(date(2000, 1, 1))])
