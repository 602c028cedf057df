"""E-mail: says only that there is something to look at, and where."""

from smtplib import SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage

from programs.delivery.models import Delivery
from programs.lib.errors import ChannelError


def send(delivery: Delivery) -> None:
    """Send one generic message; its id is the delivery's, so that a repeat is recognised as one."""
    message = EmailMessage(
        subject=delivery.get_notice_display(),
        body=f"{delivery.get_notice_display()}. Sign in to see it:\n{settings.SITE_ADDRESS}{delivery.path}\n",
        to=[delivery.recipient.email],
        headers={"Message-ID": f"<{delivery.pk}@exercise-tracker>"},
    )
    try:
        message.send()
    except SMTPRecipientsRefused as error:
        # A code of 4xx is "not now", as with greylisting.
        for_good = all(code >= 500 for code, _ in error.recipients.values())
        raise ChannelError("The address was refused.", permanent=for_good) from error
    except (SMTPException, OSError) as error:
        raise ChannelError(type(error).__name__, permanent=False) from error
