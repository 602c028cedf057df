"""One module per way out of the house. In the app a row needs none: it is the message.

Each has `send(deliveries, now)`: one message that stands for all of these rows, which go to one person by
one way. It raises ChannelError when that did not work. `way(deliveries)` names the server that it goes to, as
UnreachableError does.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from programs.delivery.channels import email, web_push
from programs.delivery.models import Channel, Delivery

SENDERS: dict[str, Callable[[Sequence[Delivery], datetime], None]] = {
    Channel.EMAIL: email.send,
    Channel.WEB_PUSH: web_push.send,
}
WAYS: dict[str, Callable[[Sequence[Delivery]], str]] = {
    Channel.EMAIL: email.way,
    Channel.WEB_PUSH: web_push.way,
}
