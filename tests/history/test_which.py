"""Which history belongs to a connection, and that none is touched before it is needed."""

from pathlib import Path

import pytest

from queuewatch.connection.connection import ConnectionOptions
from queuewatch.connection.resolve import connect
from queuewatch.connection.sample import connect_sample
from queuewatch.history.database import DAYS, HistoryFile, HistoryInMemory, PhoneSystemKey

PROFILE = 'default = "a"\n[profiles.a]\nurl = "https://pbx.example.com"\ndomain = "acme.example"\n'


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {
        "QUEUEWATCH_CONFIG": str(tmp_path / "config.toml"),
        "QUEUEWATCH_STATE": str(tmp_path / "state"),
        "QUEUEWATCH_TOKEN": "nsd_Test",
    }


@pytest.mark.parametrize(("words", "days"), [("", DAYS), ("history_days = 30\n", 30)])
def test_a_profile_has_a_file_for_so_many_days(
    tmp_path: Path, environ: dict[str, str], words: str, days: int
) -> None:
    (tmp_path / "config.toml").write_text(PROFILE + words)
    which = connect(ConnectionOptions(), environ).history
    assert which is not None
    place = PhoneSystemKey("https://pbx.example.com/ns-api/v2", "acme.example")
    assert which() == HistoryFile(tmp_path / "state" / "history" / "history.db", place, days)
    assert not (tmp_path / "state").exists()


def test_a_profile_may_do_without(tmp_path: Path, environ: dict[str, str]) -> None:
    (tmp_path / "config.toml").write_text(f"{PROFILE}history = false\n")
    assert connect(ConnectionOptions(), environ).history is None


def test_a_sample_keeps_its_past_in_memory() -> None:
    which = connect_sample(ConnectionOptions(sample="lakeside")).history
    assert which is not None
    assert isinstance(which(), HistoryInMemory)
    assert which() is which()
