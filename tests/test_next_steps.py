"""Every error says what to do next: no class of errors that can carry a hint is raised without one."""

import ast
import inspect
import pkgutil
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import queuewatch
import screens
import widgets

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = (queuewatch, screens, widgets)


@cache
def errors_with_a_hint() -> dict[str, object]:
    """Every error of the program that takes a hint, and the hint it has without one."""
    found: dict[str, object] = {}
    for package in PACKAGES:
        for one in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not one.name.endswith("__main__"):
                for name, thing in vars(import_module(one.name)).items():
                    if inspect.isclass(thing) and issubclass(thing, Exception) and is_ours(thing):
                        # An error without a constructor of its own takes whatever it is given.
                        with suppress(ValueError):
                            hint = inspect.signature(thing).parameters.get("hint")
                            found |= {name: hint.default} if hint else {}
    return found


def is_ours(thing: type) -> bool:
    """Whether the program itself defines it."""
    return thing.__module__.partition(".")[0] in {package.__name__ for package in PACKAGES}


def raised(file: Path) -> Iterator[tuple[str, int, ast.expr | None]]:
    """Every such error that a file makes: its class, the line, and the hint."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if name in errors_with_a_hint():
                named = [keyword.value for keyword in node.keywords if keyword.arg == "hint"]
                yield name, node.lineno, (*named, *node.args[1:2], None)[0]


def is_empty(hint: ast.expr | None) -> bool:
    """Whether there is nothing, or may be nothing, in a hint as it is written."""
    match hint:
        case None:
            return True
        case ast.Constant(value):
            return not value
        case ast.IfExp(_, body, otherwise):
            return is_empty(body) or is_empty(otherwise)
        case _:
            return False


def test_the_errors_people_see_take_a_hint() -> None:
    assert {
        "BadConnection",
        "CannotUndo",
        "ConfigError",
        "DestinationError",
        "JournalError",
        "MomentError",
        "NotFound",
        "NotKept",
        "SampleError",
        "Unreachable",
        "UnsafeFile",
        "UsageError",
    } <= set(errors_with_a_hint())


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_no_error_is_raised_without_a_next_step(package: ModuleType) -> None:
    (folder,) = package.__path__
    without = [
        f"{file.relative_to(ROOT)}:{line}: {name}"
        for file in sorted(Path(folder).rglob("*.py"))
        for name, line, hint in raised(file)
        if is_empty(hint)
        and not (hint is None and errors_with_a_hint()[name] not in ("", inspect.Parameter.empty))
    ]
    assert without == []
