"""How a board is looked at: recalled from the last time, kept for the next, and said in words."""

from dataclasses import dataclass

from queuewatch.connection.connection import ConnectionInfo
from queuewatch.storage.view_preferences import View
from widgets.queue_rows import Sort, chosen_columns


@dataclass(frozen=True, slots=True)
class BoardView:
    """The order of the queues, which of them are shown, and with which columns."""

    sort: Sort = Sort.WORST
    filter_text: str = ""
    """The words of the filter."""
    columns: tuple[str, ...] = ()
    """The keys of the columns that were chosen; empty for all, as at first."""

    @property
    def words(self) -> str:
        """What is not as at first, so that nobody wonders where the queues are; empty if nothing is."""
        parts = (
            f"only queues with “{self.filter_text}” (esc shows all)" if self.filter_text else "",
            f"sorted {self.sort.value}" if self.sort is not Sort.WORST else "",
            "with your columns" if self.columns else "",
        )
        words = ", ".join(part for part in parts if part)
        return f"As you left it: {words}." if words else ""


def recall(connection: ConnectionInfo) -> BoardView:
    """How this phone system's board was looked at last; what makes no sense any more is as at first."""
    if connection.view_preferences is None:
        return BoardView()
    view = connection.view_preferences.view(connection.title, connection.system.domain)
    known = [sort for sort in Sort if sort.name == view.sort]
    return BoardView(known[0] if known else Sort.WORST, view.filter, chosen_columns(view.columns))


def keep(connection: ConnectionInfo, view: BoardView) -> None:
    """Look at this phone system's board so the next time too."""
    if connection.view_preferences is not None:
        sort = "" if view.sort is Sort.WORST else view.sort.name
        stored = View(sort, view.filter_text.strip(), view.columns)
        connection.view_preferences.keep_view(connection.title, connection.system.domain, stored)


def trouble(connection: ConnectionInfo) -> str:
    """What there is to say about what could not be kept, once; empty if all is well."""
    if connection.view_preferences is None:
        return ""
    problem, connection.view_preferences.problem = connection.view_preferences.problem, ""
    return problem
