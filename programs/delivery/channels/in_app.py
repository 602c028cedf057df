"""Inside the app the row itself is the message: once it counts as sent, the open page shows it."""

from programs.delivery.models import Delivery


def send(delivery: Delivery) -> None:
    """Nothing leaves the house."""
