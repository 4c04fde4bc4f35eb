"""queuewatch: would a call to this queue still be answered if the building went dark?

The screens and widgets are packages of their own, imported by their short names: top-level folders of the
repository, and folders within this package once it is installed, so that nothing of that name lies among
everybody's packages.
"""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

__version__ = "0.1.0"

_OWN = ("screens", "widgets")


class _OwnPackages:
    """Finds ``screens`` and ``widgets`` for modules of queuewatch, and for nobody else.

    No folder is added to ``sys.path``: another project's ``widgets`` stays what it is to that project.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in _OWN or not _asked_by_queuewatch():
            return None
        installed, checkout = __path__[0], __path__[0].removesuffix(__name__)
        return PathFinder.find_spec(fullname, [installed]) or PathFinder.find_spec(fullname, [checkout])


def _asked_by_queuewatch() -> bool:
    """Whether the module that is importing something at this moment is one of queuewatch's own."""
    frame = sys._getframe(1)
    while frame.f_back is not None:
        frame = frame.f_back
        importer = frame.f_globals.get("__name__", "").partition(".")[0]
        if importer not in ("importlib", "_frozen_importlib", "_frozen_importlib_external"):
            return importer == __name__ or importer in _OWN
    return False


sys.meta_path.insert(0, _OwnPackages())
