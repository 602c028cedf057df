"""The judge of `make chaos` is judged: it passes what is in order and sees each way of breaking a promise."""

import pytest

from tests.chaos.judgement import Arrival, Expected, Notified, judge_notices, judge_prompts, percentile

pytestmark = pytest.mark.pure

LEASE = 10.0
DUE = 1000.0


def expected(device: int = 1, rows: tuple[str, ...] = ("prompt 1",)) -> Expected:
    return Expected(device, DUE, DUE + 600, rows)


def arrival(at: float = DUE + 1, topic: str = "t", prompt: str = "prompt 1", device: int = 1) -> Arrival:
    return Arrival(at, device, topic, prompt, ttl=int(DUE + 600 - at))


def broken(promised: list[Expected], *arrived: Arrival, kills: int = 1) -> set[str]:
    figures = judge_prompts(promised, arrived, kills=kills, children=3, lease=LEASE)
    return {figure.name for figure in figures if not figure.is_met}


def test_each_prompt_once_and_in_time_is_in_order():
    assert broken([expected()], arrival()) == set()


def test_a_prompt_that_never_arrives_is_lost():
    assert broken([expected()]) == {"lost"}


def test_a_step_with_two_prompts_is_seen():
    assert broken([expected(rows=("prompt 1", "prompt 2"))], arrival()) == {
        "steps without exactly one prompt"
    }


def test_a_prompt_without_a_row_is_lost_even_if_something_arrives():
    assert broken([expected(rows=())], arrival()) == {
        "lost",
        "steps without exactly one prompt",
        "sent to somebody else",
    }


def test_a_second_topic_is_shown_twice():
    assert broken([expected()], arrival(), arrival(at=DUE + 2, topic="u")) == {"shown twice"}


def test_a_copy_soon_after_a_kill_replaces_the_first_and_is_allowed():
    assert broken([expected()], arrival(), arrival(at=DUE + 1 + LEASE)) == set()


def test_a_copy_long_after_the_lease_is_not_allowed():
    late = arrival(at=DUE + 1 + LEASE + 5.1)
    assert broken([expected()], arrival(), late) == {"longest gap to the first copy"}


def test_copies_without_a_kill_are_not_allowed():
    assert broken([expected()], arrival(), arrival(at=DUE + 2), kills=0) == {"duplicates on the wire"}


def test_what_comes_before_it_is_due_is_early():
    assert broken([expected()], arrival(at=DUE - 0.1)) == {"sent early"}


def test_what_comes_after_it_expired_is_too_late():
    late = Arrival(DUE + 600.1, 1, "t", "prompt 1", ttl=0)
    assert broken([expected()], late) == {"sent after expiry", "lateness p99"}


def test_a_push_service_may_not_keep_it_past_its_life():
    kept = Arrival(DUE + 1, 1, "t", "prompt 1", ttl=602)
    assert broken([expected()], kept) == {"kept by the push service past expiry"}


def test_a_prompt_on_the_device_of_somebody_else_is_seen():
    assert broken([expected()], arrival(), arrival(device=2)) == {"sent to somebody else"}


def test_one_late_prompt_in_fifty_is_too_many():
    promised = [expected(device, (f"prompt {device}",)) for device in range(50)]
    arrived = [arrival(prompt=f"prompt {device}", device=device) for device in range(49)]
    late = arrival(at=DUE + 6, prompt="prompt 49", device=49)
    assert broken(promised, *arrived, late) == {"lateness p99"}


def told(*notified: Notified, **more: bool) -> set[str]:
    figures = judge_notices(
        "x",
        notified,
        kills=1,
        children=3,
        lease=LEASE,
        latest=60,
        **more,  # type: ignore[arg-type]
    )
    return {figure.name for figure in figures if not figure.is_met}


def test_everybody_told_once_is_in_order():
    assert told(Notified(DUE, {"a": (DUE + 1,), "b": (DUE + 2,)})) == set()


def test_one_person_of_two_who_was_not_told_is_seen():
    assert told(Notified(DUE, {"a": (DUE + 1,), "b": ()})) == {"x: somebody not told"}


def test_nobody_to_be_told_is_seen():
    assert told(Notified(DUE, {})) == {"x: somebody not told"}


def test_only_the_first_message_counts_unless_each_does():
    second_is_late = Notified(DUE, {"a": (DUE + 1,), "b": (DUE + 61,)})
    assert told(second_is_late) == set()
    assert told(second_is_late, is_each_message=True) == {"x: wait p99"}


def test_a_message_sent_again_long_after_the_lease_is_seen():
    assert told(Notified(DUE, {"a": (DUE + 1, DUE + 20)})) == {"x: longest gap to the first copy"}


def test_a_step_before_its_time_is_seen():
    assert told(Notified(DUE, {"a": (DUE - 1,)})) == {"x: told early"}


def test_a_percentile_is_one_of_the_values():
    assert percentile(range(1, 101), 99) == 99
    assert percentile([7.0], 99) == 7.0
    assert percentile([], 99) == 0.0
