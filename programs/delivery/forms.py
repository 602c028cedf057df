"""What the page says when it asks for a test."""

from __future__ import annotations

from django import forms


class TestForm(forms.Form):
    """Which browser the test goes to; none is all of them."""

    __test__ = False  # pytest would take the name for a test of its own

    PROBLEM = "We could not tell which browser this is. Open the page again, then try once more."

    browser = forms.UUIDField(required=False)
