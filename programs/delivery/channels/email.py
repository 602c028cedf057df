"""E-mail: says only that there is something to look at, and where."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from programs.delivery.models import Delivery, Lane
from programs.lib.errors import ChannelError

_SEVERAL = "Patients need a look"


def send(deliveries: Sequence[Delivery], now: datetime) -> None:
    """Send one generic message; its id is the first delivery's, so that a repeat is recognised as one."""
    subject, path = _words(deliveries)
    connection = get_connection()
    try:
        connection.open()
    except (SMTPException, OSError) as error:
        raise ChannelError(type(error).__name__, permanent=False) from error
    message = EmailMessage(
        subject=subject,
        body=f"{subject}. {_invitation(deliveries[0])}:\n{settings.SITE_ADDRESS}{path}\n",
        to=[deliveries[0].recipient.email],
        headers={"Message-ID": f"<{deliveries[0].pk}@exercise-tracker>"},
        connection=connection,
    )
    try:
        message.send()
    except SMTPRecipientsRefused as error:
        # A code of 4xx is "not now", as with greylisting.
        for_good = all(code >= 500 for code, _ in error.recipients.values())
        raise ChannelError("The address was refused.", permanent=for_good) from error
    except (SMTPException, OSError) as error:
        # Without an answer nobody knows how far the message came.
        answered = isinstance(error, SMTPResponseException)
        raise ChannelError(type(error).__name__, permanent=False, unclear=not answered) from error
    finally:
        with suppress(SMTPException, OSError):  # the message has had its answer by now
            connection.close()


def _words(deliveries: Sequence[Delivery]) -> tuple[str, str]:
    """The newest notice and its path; where they lead to several places, the first page shows them all."""
    newest = deliveries[-1]
    if len({delivery.path for delivery in deliveries}) > 1:
        return _SEVERAL, "/"
    return newest.get_notice_display(), newest.path


def _invitation(delivery: Delivery) -> str:
    return "Open your breaks" if delivery.lane == Lane.PROMPT else "Sign in to see it"
