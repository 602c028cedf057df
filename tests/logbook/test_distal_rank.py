"""How far down a leg symptoms are known to reach, and whether down both."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.logbook.models import Reach, Region
from programs.logbook.rules import REGIONS, distal_rank, is_bilateral

pytestmark = pytest.mark.pure

REACHES = st.none() | st.sampled_from([int(place) for place in Reach])
NAMED = st.none() | st.lists(st.sampled_from(REGIONS))


def test_the_regions_of_the_map_are_the_places_of_the_ladder_in_the_same_order() -> None:
    assert tuple(Region.values) == REGIONS
    assert ["none", *REGIONS] == [Reach(rank).name.lower() for rank in range(len(Reach))]
    assert Region.labels == Reach.labels[1:]


@pytest.mark.parametrize(
    ("reach", "regions", "rank"),
    [
        (None, None, None),
        (None, [], None),  # nobody asked how far the pain goes
        (None, ["low_back"], 1),
        (0, None, 0),
        (0, [], 0),
        (0, ["foot"], 5),
        (4, ["foot"], 5),
        (4, ["thigh", "buttock"], 4),
        (5, [], 5),
    ],
)
def test_the_furthest_of_both_answers_counts(
    reach: int | None, regions: list[str] | None, rank: int | None
) -> None:
    assert distal_rank(reach, regions) == rank


@given(REACHES, NAMED)
def test_it_is_as_far_as_the_ladder_and_every_region_and_no_further(
    reach: int | None, regions: list[str] | None
) -> None:
    known = {REGIONS.index(region) + 1 for region in regions or []} | ({reach} - {None})
    rank = distal_rank(reach, regions)

    assert rank in known if known else rank is None
    assert all(each <= rank for each in known)


@given(REACHES, st.lists(st.sampled_from(REGIONS)), st.sampled_from(REGIONS))
def test_one_more_region_never_draws_it_back(reach: int | None, regions: list[str], more: str) -> None:
    before = distal_rank(reach, regions)

    assert distal_rank(reach, [*regions, more]) >= (before or 0)


@given(REACHES, st.lists(st.sampled_from(REGIONS)))
def test_neither_order_nor_repeats_matter(reach: int | None, regions: list[str]) -> None:
    assert distal_rank(reach, regions) == distal_rank(reach, set(regions))


RANKS = st.none() | st.integers(0, len(REGIONS))


@pytest.mark.parametrize(
    ("left", "right", "both"),
    [
        (3, 3, True),  # the thigh on both sides
        (5, 3, True),
        (2, 5, False),  # on the left no further than the hip
        (2, 2, False),
        (None, 5, False),  # nobody asked about the left
        (None, None, False),
        (0, 0, False),
    ],
)
def test_both_legs_are_named_from_the_thigh_down(left: int | None, right: int | None, both: bool) -> None:
    assert is_bilateral(left, right) is both


@given(RANKS, RANKS)
def test_both_legs_are_named_exactly_where_each_is(left: int | None, right: int | None) -> None:
    assert is_bilateral(left, right) == (is_bilateral(left, left) and is_bilateral(right, right))
    assert is_bilateral(left, right) == is_bilateral(right, left)
    assert is_bilateral(left, left) == (left in {3, 4, 5})


@given(RANKS, st.integers(0, len(REGIONS)), st.integers(0, len(REGIONS)))
def test_symptoms_further_down_never_take_a_leg_away(one: int | None, rank: int, more: int) -> None:
    assert is_bilateral(one, max(rank, more)) >= is_bilateral(one, rank)
