"""Asking for the fields of a long list that are read, in place of whole rows: ``fields=`` [third party].

A user's whole row is long, and little of it is read. A server that does not know the parameter sends whole rows,
which does no harm. One that knows it and leaves out a name may call it otherwise: whole rows are asked for then.
"""

from collections.abc import Mapping, Sequence


class AskedFields:
    """The fields that are asked for, for as long as the server gives all of them."""

    def __init__(self, *needed: str, besides: tuple[str, ...] = ()) -> None:
        """``besides`` are those that servers may leave out of whole rows as well."""
        self._needed = frozenset(needed)
        self._asked = (*needed, *besides)
        self._whole_rows = False

    @property
    def parameters(self) -> Mapping[str, str]:
        """What is added to the question."""
        return {} if self._whole_rows else {"fields": ",".join(self._asked)}

    def ask_for_whole_rows(self) -> None:
        """From now on."""
        self._whole_rows = True

    def are_in(self, rows: Sequence[object]) -> bool:
        """Whether rows that were asked for so tell all that whole ones would."""
        named = {name.replace("_", "-") for row in rows if isinstance(row, dict) for name in row}
        return not named or not named <= {*self._asked} or self._needed <= named
