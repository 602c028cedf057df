"""One module per way out; each has `send(delivery)`, which raises ChannelError when it did not work."""

from collections.abc import Callable

from programs.delivery.channels import email, in_app
from programs.delivery.models import Channel, Delivery

SENDERS: dict[str, Callable[[Delivery], None]] = {
    Channel.IN_APP: in_app.send,
    Channel.EMAIL: email.send,
}
