"""What was typed and never sent does not stay."""

from datetime import timedelta

from django.contrib.sessions.models import Session

from programs.accounts.tasks import clear_sessions


def test_a_sign_in_that_has_run_out_is_forgotten_and_one_that_has_not_stays(page, alice, bob):
    page(alice)
    kept = page(bob).session.session_key
    Session.objects.exclude(pk=kept).update(
        expire_date=Session.objects.get(pk=kept).expire_date - timedelta(days=99)
    )

    clear_sessions()

    assert [session.pk for session in Session.objects.all()] == [kept]
