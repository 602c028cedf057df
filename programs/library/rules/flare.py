"""When a flare plan ends, in words."""

from .programs import FlareExit


def describe_flare_exit(flare: FlareExit) -> list[str]:
    """What ends a flare plan, one sentence each, as its patient reads it."""
    calm = "no more than your usual"
    if flare.calm_margin:
        calm = f"no more than {flare.calm_margin} above your usual"
    days = "1 day" if flare.calm_days == 1 else f"{flare.calm_days} days in a row"
    longest = "1 day" if flare.longest_days == 1 else f"{flare.longest_days} days"
    return [
        f"It ends once your worst leg pain is {calm} for {days}.",
        f"If it has not settled after {longest}, see your doctor or physio that week.",
    ]
