"""Shapes of JSON: strict about what comes in, times always in UTC."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from rest_framework import serializers

UNKNOWN_FIELD = "There is no such field."
NOT_A_MOMENT = "Give a time with its time zone, such as 2026-11-20T12:00:00Z."


class Input(serializers.Serializer[Any]):
    """A field that is not listed here is refused."""  # shown in the OpenAPI document of each input

    @classmethod
    def checked(cls, data: object) -> dict[str, Any]:
        """The values of a body that has this shape; any other is refused with a sentence for each field."""
        shape = cls(data=data)
        shape.is_valid(raise_exception=True)
        return dict(shape.validated_data)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        unknown = set(data) - set(self.fields) if isinstance(data, Mapping) else set()
        errors: dict[str, Any] = {field: [UNKNOWN_FIELD] for field in sorted(unknown)}
        try:
            values: dict[str, Any] = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if not errors or not isinstance(error.detail, dict):
                raise
            errors |= error.detail
        if errors:
            raise serializers.ValidationError(errors)
        return values


class WholeNumberField(serializers.IntegerField):
    """A JSON integer from `min_value` to `max_value`; text, fractions and booleans get the same sentence."""

    def __init__(self, *, min_value: int, max_value: int, **more: Any) -> None:
        sentence = f"Choose a whole number from {min_value} to {max_value}."
        messages: dict[str, Any] = {"invalid": sentence, "null": sentence}
        super().__init__(min_value=min_value, max_value=max_value, error_messages=messages, **more)
        self.allowed = range(min_value, max_value + 1)

    def to_internal_value(self, data: Any) -> int:
        # bool is a kind of int, and true would be read as 1
        if type(data) is not int or data not in self.allowed:
            self.fail("invalid")
        return data


class TimeOfDayField(serializers.TimeField):
    """A wall-clock time, hh:mm or hh:mm:ss: no time zone, which would be dropped without a word."""

    def __init__(self, **more: Any) -> None:
        sentence = "Give a time of day, such as 09:30."
        super().__init__(input_formats=["%H:%M", "%H:%M:%S"], error_messages={"invalid": sentence}, **more)


class PainField(WholeNumberField):
    """Pain on the numeric rating scale, 0 to 10."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": 10} | more)


class IdField(serializers.UUIDField):
    """A UUID as text. A bare number would be taken for one otherwise, and 7 is nobody's own id."""

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        identity: UUID = super().to_internal_value(data)
        return identity


class MomentField(serializers.DateTimeField):
    """An instant: comes in with its zone, goes out in UTC."""

    default_error_messages = {"invalid": NOT_A_MOMENT}

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"default_timezone": UTC} | more)

    def enforce_timezone(self, value: datetime) -> datetime:
        if value.tzinfo is None:
            self.fail("invalid")
        moment: datetime = super().enforce_timezone(value)
        return moment
