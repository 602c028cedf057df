"""E-mail: says only that there is something to look at, and where."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from programs.delivery.channels.unreachable import UnreachableError
from programs.delivery.models import Channel, Delivery, Lane, Notice
from programs.delivery.queries import UNSUBSCRIBE_SIGNER
from programs.lib.errors import ChannelError
from programs.lib.letters import in_two_parts

_SEVERAL = "Patients need a look"
_INVITATIONS: dict[str, str] = {
    Notice.TIME_TO_MOVE: "Open your breaks",
    Notice.REMINDER: "Open it here",
    Notice.DIGEST: "See them here",
    Notice.CASELOAD_DIGEST: "See it here",
}


def send(deliveries: Sequence[Delivery], now: datetime) -> None:
    """Send one generic message; its id is always the same for the same rows, so that a repeat is recognised
    as one.
    """
    subject, path = _words(deliveries)
    connection = get_connection()
    try:
        connection.open()
    except (SMTPException, OSError) as error:
        raise UnreachableError(type(error).__name__, way=way(deliveries)) from error
    way_out, headers = _way_out(deliveries[0])
    message = EmailMessage(
        subject=subject,
        body=f"{subject}. {_invitation(deliveries[0])}:\n{settings.SITE_ADDRESS}{path}\n{way_out}",
        to=[deliveries[0].recipient.email],
        headers={"Message-ID": f"<{_message_id(deliveries)}@exercise-tracker>", **headers},
        connection=connection,
    )
    try:
        in_two_parts(message).send()
    except SMTPRecipientsRefused as error:
        # A code of 4xx is "not now", as with greylisting.
        for_good = all(code >= 500 for code, _ in error.recipients.values())
        raise ChannelError("The address was refused.", permanent=for_good) from error
    except (SMTPException, OSError) as error:
        # smtplib calls it a disconnection where it has waited in vain.
        if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
            raise UnreachableError(type(error).__name__, way=way(deliveries), unclear=True) from error
        # Without an answer nobody knows how far the message came.
        answered = isinstance(error, SMTPResponseException)
        raise ChannelError(type(error).__name__, permanent=False, unclear=not answered) from error
    finally:
        with suppress(SMTPException, OSError):  # the message has had its answer by now
            connection.close()


def way(deliveries: Sequence[Delivery]) -> str:
    """There is one mail server for everybody."""
    return str(Channel.EMAIL)


def _way_out(delivery: Delivery) -> tuple[str, dict[str, str]]:
    """How its reader stops such e-mails: a line for people, and headers for their program (RFC 8058).

    What is about a patient cannot be stopped.
    """
    if delivery.lane == Lane.CLINICAL:
        return "", {}
    token = UNSUBSCRIBE_SIGNER.sign(str(delivery.recipient_id))
    address = f"{settings.SITE_ADDRESS}/unsubscribe/{token}/"
    headers = {"List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return f"\nNo more e-mails like this? Stop them here:\n{address}\n", headers


def _message_id(deliveries: Sequence[Delivery]) -> str:
    """A row's own id. Several together are another message than any of them alone: a mail server that knows
    the one may drop a second with its id.
    """
    if len(deliveries) == 1:
        return str(deliveries[0].pk)
    ids = sorted(str(delivery.pk) for delivery in deliveries)
    return sha256(" ".join(ids).encode()).hexdigest()


def _words(deliveries: Sequence[Delivery]) -> tuple[str, str]:
    """The newest notice and its path; where they lead to several places, the first page shows them all."""
    newest = deliveries[-1]
    if len({delivery.path for delivery in deliveries}) > 1:
        return _SEVERAL, "/"
    return newest.get_notice_display(), newest.path


def _invitation(delivery: Delivery) -> str:
    return _INVITATIONS.get(delivery.notice, "Sign in to see it")
