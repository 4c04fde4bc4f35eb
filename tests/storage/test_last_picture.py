"""What was last seen, in files that are one login's, private, whole and few."""

import os
from itertools import product
from pathlib import Path

import pytest
from msgspec.structs import replace

from queuewatch.pbx.netsapiens.zones import zone_called
from queuewatch.storage import last_picture
from queuewatch.storage.last_picture import PictureNotKept, Pictures, forget_pictures, survey

from .pictures import DOMAIN, SEEN, SERVER, files, picture, read


def test_it_is_there_at_the_next_start(tmp_path: Path) -> None:
    state = tmp_path / "not" / "there"
    assert read(picture(state, token="tk-Planted")) is None
    assert not state.exists()
    picture(state, token="tk-Planted").write(SEEN)
    picture(state, token="tk-Planted").write(replace(SEEN, scope="Office Manager"))
    assert read(picture(state, token="tk-Planted")) == replace(SEEN, scope="Office Manager")
    assert len(files(state)) == 1


def test_only_the_same_login_of_the_same_domain_sees_it(tmp_path: Path) -> None:
    whose = [{"login": "1@a"}, {"login": "2@a"}, {"token": "tk-1"}, {"token": "tk-2"}, {"token": "1@a"}]
    places = [("acme", SERVER), ("acme", "https://b.example"), ("north", SERVER)]
    every = [
        picture(tmp_path, *place, login=one.get("login", ""), token=one.get("token", ""))
        for place, one in product(places, whose)
    ]
    for number, one in enumerate(every):
        assert read(one) is None
        one.write(replace(SEEN, scope=str(number)))
    for number, one in enumerate(every):
        found = read(one)
        assert found is not None
        assert found.scope == str(number)
    assert read(picture(tmp_path, domain="b.example", login="1@a")) is None


def test_who_is_not_known_has_none(tmp_path: Path) -> None:
    picture(tmp_path).write(SEEN)
    assert files(tmp_path) == []
    assert read(picture(tmp_path)) is None


def test_whoever_signs_in_gets_a_picture_of_their_own(tmp_path: Path) -> None:
    before = picture(tmp_path, login="1@a")
    before.write(SEEN)
    after = before.of("2@a")
    assert (before.is_of("1@a"), before.is_of("2@a"), picture(tmp_path).is_of("")) == (True, False, False)
    assert read(after) is None
    after.write(replace(SEEN, scope="other"))
    assert read(before) == read(after.of("1@a")) == SEEN
    by_token = picture(tmp_path, token="tk-1")
    by_token.write(SEEN)
    by_token.of("").write(SEEN)
    assert read(by_token.of("")) is None
    assert len(files(tmp_path)) == 3


def test_no_name_and_no_file_tells_a_token_or_a_login(tmp_path: Path) -> None:
    picture(tmp_path, token="tk-Planted").write(SEEN)
    picture(tmp_path, login="1001@a.example").write(SEEN)
    for path in (tmp_path / "pictures").iterdir():
        for secret in ("Planted", "1001@a.example"):
            assert secret not in path.name + path.read_text()
    assert "Planted" not in repr(vars(picture(tmp_path, token="tk-Planted")))
    # The same on another machine has another name: nobody can make a list of names beforehand.
    elsewhere = tmp_path / "elsewhere"
    picture(elsewhere, token="tk-Planted").write(SEEN)
    assert {path.name for path in files(tmp_path)}.isdisjoint(path.name for path in files(elsewhere))


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_nobody_else_reads_it_and_what_others_may_read_is_not_used(tmp_path: Path) -> None:
    kept = picture(tmp_path, login="1@a")
    kept.write(SEEN)
    assert (tmp_path / "pictures").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "pictures").iterdir()} == {0o600}
    (file,) = files(tmp_path)
    file.chmod(0o644)
    assert read(kept) is None
    assert survey(tmp_path, zone_called).unusable == 1
    (tmp_path / "pictures").chmod(0o755)
    with pytest.raises(PictureNotKept, match="chmod 700"):
        kept.write(SEEN)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"{}", b"queuewatch snapshot 1 0 0\n[]\n"])
def test_a_damaged_file_is_no_picture_and_is_replaced(tmp_path: Path, content: bytes) -> None:
    kept = picture(tmp_path, login="1@a")
    kept.write(SEEN)
    (file,) = files(tmp_path)
    file.write_bytes(content)
    assert read(kept) is None
    assert survey(tmp_path, zone_called).unusable == 1
    kept.write(SEEN)
    assert read(kept) == SEEN
    assert survey(tmp_path, zone_called) == Pictures(1, file.stat().st_size, 0)


@pytest.mark.parametrize("content", ["", "zz" * 32, "ab", "\u00e9"])
def test_without_its_key_a_picture_is_none_and_a_new_one_is_made(tmp_path: Path, content: str) -> None:
    kept = picture(tmp_path, login="1@a")
    kept.write(SEEN)
    (tmp_path / "pictures" / "key").write_text(content)
    assert read(kept) is None
    kept.write(SEEN)
    assert read(kept) == SEEN


def test_another_domain_in_the_file_is_not_shown(tmp_path: Path) -> None:
    kept = picture(tmp_path, login="1@a")
    kept.write(replace(SEEN, domain="b.example"))
    assert read(kept) is None


def test_the_oldest_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(last_picture, "MOST", 3)
    for number in range(5):
        kept = picture(tmp_path, f"p{number}", login="1@a")
        kept.write(SEEN)
        (file,) = set(files(tmp_path)) - {one for one in files(tmp_path) if one.stat().st_mtime < 1000}
        os.utime(file, (number, number))
    assert [read(picture(tmp_path, f"p{number}", login="1@a")) is not None for number in range(5)] == [
        False,
        False,
        True,
        True,
        True,
    ]
    size = files(tmp_path)[0].stat().st_size
    monkeypatch.setattr(last_picture, "LARGEST_TOGETHER", 2 * size)
    picture(tmp_path, "new", login="1@a").write(SEEN)
    assert len(files(tmp_path)) == 2
    assert read(picture(tmp_path, "new", login="1@a")) == SEEN


def test_one_that_is_too_large_is_not_kept_and_the_one_before_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = picture(tmp_path, login="1@a")
    kept.write(SEEN)
    with monkeypatch.context() as patch:
        patch.setattr(last_picture, "LARGEST", 10)
        with pytest.raises(PictureNotKept, match="it has more than"):
            kept.write(replace(SEEN, scope="larger"))
    assert read(kept) == SEEN


def test_a_folder_that_cannot_be_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "pictures").write_text("")
    with pytest.raises(PictureNotKept, match=r"What was last seen is not kept: .*pictures"):
        picture(tmp_path, login="1@a").write(SEEN)


def test_a_profiles_pictures_are_deleted_whoever_saw_them(tmp_path: Path) -> None:
    assert forget_pictures(tmp_path, "acme") == 0
    for login in ("1@a", "2@a"):
        for domain in (DOMAIN, "b.example"):
            picture(tmp_path, domain=domain, login=login).write(replace(SEEN, domain=domain))
    picture(tmp_path, "north", login="1@a").write(SEEN)
    assert forget_pictures(tmp_path, "acme") == 4
    assert read(picture(tmp_path, login="1@a")) is None
    assert read(picture(tmp_path, "north", login="1@a")) == SEEN
    assert len(files(tmp_path)) == 1
