"""Loading while somebody else loads or assigns: each sees all of the old content or all of the new."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError, connection, transaction

from programs.library.actions import library_to_change
from programs.library.models import Program
from tests import makers
from tests.threads import at_once

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def impatiently(call):
    """The call, with no patience for what others hold."""

    def run():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        return call()

    return run


def test_a_load_waits_for_the_load_under_way():
    makers.library()

    with library_to_change(), pytest.raises(CommandError, match=r"lock timeout.* Nothing was loaded"):
        at_once(impatiently(lambda: call_command("load_library", verbosity=0)))

    call_command("load_library", verbosity=0)


def test_two_loads_at_once_both_succeed_on_an_empty_library():
    at_once(*[lambda: call_command("load_library", verbosity=0)] * 2)

    assert Program.objects.count() == 6


def test_assigning_waits_while_the_program_is_laid_anew(alice, bob):
    program = makers.library()

    with transaction.atomic():
        Program.objects.select_for_update().get(pk=program.pk)
        with pytest.raises(OperationalError, match="lock timeout"):
            at_once(impatiently(lambda: makers.plan(of=alice, by=bob)))

    assert makers.plan(of=alice, by=bob).versions.get().content.stages[0].exercises
