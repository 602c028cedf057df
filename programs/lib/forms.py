"""Fields of forms that every room may use."""

from typing import Any

from django import forms


class LongTextField(forms.CharField):
    """Text of some lines. What is too long gets a sentence: no browser cuts it off without a word."""

    widget = forms.Textarea

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}
