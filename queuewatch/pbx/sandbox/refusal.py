"""How the sandbox says no."""


class Refusal(Exception):
    """An answer other than success, in the API's own words."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
