"""The one failure that says something about the next message too."""

from programs.lib.errors import ChannelError


class UnreachableError(ChannelError):
    """Nobody answers there. `way` names where: what else goes that way need not be tried just now."""

    def __init__(self, message: str, *, way: str, unclear: bool = False) -> None:
        super().__init__(message, permanent=False, unclear=unclear)
        self.way = way
