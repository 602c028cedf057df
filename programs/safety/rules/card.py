"""The safety card: the warning signs in one wording, for every page and for what a telephone keeps.

It says what the emergency and urgent questions ask, as signs. No clinician has checked it yet.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Group:
    """Some signs under a heading, which is empty where none is needed."""

    title: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """When to get help: what to do, if any one of the signs is there, and what to do besides."""

    heading: str
    groups: tuple[Group, ...]
    closing: str


_EMERGENCY_GROUPS = (
    Group(
        "Between your legs, or on the toilet",
        (
            "you have numbness or pins and needles round your private parts, bottom or back passage",
            "it feels numb or different when you wipe",
            "it is hard to start or stop to pee, or you cannot pee at all, and this is new",
            "you leak pee, or do not know when you need to go, and this is new",
            "you leak poo, or do not feel when you need to go, and this is new",
            "you have lost feeling during sex, or have new sex problems since the pain began",
        ),
    ),
    Group(
        "In your legs",
        (
            "you now have pain, numbness or weakness down both legs, and this is new or worse",
            "your leg or foot gets weaker, your foot drags or slaps, or your leg gives way",
            "your leg or foot has gone cold, pale or blue all of a sudden",
            "your lower leg is very tight and swollen, with very bad pain. "
            "It came after a knock, a fall or hard exercise",
            "you had a big fall, a crash or a hard blow, and now cannot walk or have weak legs",
        ),
    ),
    Group(
        "In the rest of your body",
        (
            "you have chest pain, trouble breathing, or cough up blood",
            "you have very bad tummy or back pain that came on fast, and you feel faint",
            "you are hot or shivery with this pain, and feel very ill or mixed up",
        ),
    ),
)
_URGENT_GROUPS = (
    Group(
        "",
        (
            "one calf or leg is swollen, warm, or red or darker than normal, or sore to touch at rest. "
            "Do not rub, stretch or exercise this leg until you have been checked",
            "you feel hot, shivery or very unwell with this pain",
            "this started after a big fall, a crash or a hard blow. "
            "With weak bones or steroids, small falls count too",
            "you felt a snap or a kick in your calf, and can no longer push up on your toes",
            "you have ever had cancer, and this back or leg pain is new",
        ),
    ),
)


def emergency_card(emergency_number: str) -> Card:
    """What needs help at once."""
    return Card(
        f"Get help now. Call {emergency_number} or go to the emergency department now if",
        _EMERGENCY_GROUPS,
        "Stop your exercises. Do not drive yourself. If you are not sure, act as if the answer is yes.",
    )


def urgent_card(emergency_number: str) -> Card:
    """What needs a doctor or nurse on the same day."""
    return Card(
        "Speak to a doctor or nurse today if",
        _URGENT_GROUPS,
        "Stop your exercises for now. If you cannot get through, use your urgent care line. "
        f"If you get chest pain or find it hard to breathe, call {emergency_number}.",
    )


def nobody_watches(emergency_number: str) -> str:
    """What stands beside every card, flag, message and check."""
    return f"Nobody watches this live. In an emergency, call {emergency_number} at once."
