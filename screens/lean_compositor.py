"""Send only the columns that changed.

Textual knows which columns of a line are dirty, and writes the line from its widget's left edge all the same.
Over a slow line to a large board that is most of what is written. This narrows the update to the dirty columns.
It rests on names inside Textual, which is therefore held to one minor version; the wire test guards the rest.
"""

from rich.console import Console
from rich.control import Control
from textual._compositor import ChopsUpdate, Compositor


class LeanUpdate(ChopsUpdate):
    """An update that leaves out what is to the left of a change, as well as what is to its right."""

    def render_segments(self, console: Console) -> str:
        """The escape sequences for the dirty columns, and no others."""
        sequences: list[str] = []
        for y, left, right in self.spans:
            for end, (x, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=False):
                begin, stop = max(x, left), min(end, right)
                if strip is None or begin >= stop:
                    continue
                sequences.append(Control.move_to(begin, y).segment.text)
                sequences.append(strip.crop(begin - x, stop - x).render(console))
        return "".join(sequences)


class LeanCompositor(Compositor):
    """A compositor whose partial updates are lean."""

    def render_partial_update(self) -> ChopsUpdate | None:
        """What is dirty, narrowed to its columns."""
        update = super().render_partial_update()
        return update and LeanUpdate(update.chops, update.spans, update.chop_ends)
