"""What a profile says of sites: read strictly, and what is wrong is named with its key and what to write."""

import ipaddress
from pathlib import Path

import pytest

from queuewatch.failover.sites import NO_SITE_FACTS
from queuewatch.profiles.config import load_config
from queuewatch.profiles.fields import ConfigError

PROFILE = '[profiles.acme]\nurl = "https://x.example"\ndomain = "x.example"\n'


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(PROFILE + text)
    return file


def test_a_profile_may_say_nothing_of_sites(tmp_path: Path) -> None:
    assert load_config(written(tmp_path, "")).profile("acme").site_facts is NO_SITE_FACTS


def test_addresses_the_home_site_and_sites_that_are_no_building(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        'home_site = "Dallas"\n'
        '[profiles.acme.sites.Dallas]\naddresses = ["203.0.113.0/24", "2001:db8:1::/64"]\n'
        '[profiles.acme.sites."San Antonio"]\naddresses = ["198.51.100.7"]\n'
        "[profiles.acme.sites.Remote]\nbuilding = false\n",
    )
    facts = load_config(file).profile("acme").site_facts
    assert facts.home_site == "Dallas"
    assert facts.addresses["Dallas"][0] == ipaddress.ip_network("203.0.113.0/24")
    assert [facts.site_at(ip) for ip in ("203.0.113.77", "2001:db8:1::9", "198.51.100.7", "198.51.100.8", "")] == [
        "dallas",
        "dallas",
        "san antonio",
        "",
        "",
    ]
    assert facts.site_at("::ffff:203.0.113.77") == "dallas", "as servers that speak both versions write it"
    assert not facts.has_building("REMOTE")
    assert facts.has_building("Dallas")
    assert facts.has_building("")


DALLAS = "[profiles.acme.sites.Dallas]\n"


@pytest.mark.parametrize(
    ("text", "sentence", "hint"),
    [
        ("home_site = 5\n", "profiles.acme.home_site is a number, not a text.", 'home_site = "…"'),
        ('sites = "Dallas"\n', "profiles.acme.sites is a text, not a table.", "[profiles.acme.sites.NAME]"),
        (
            "sites = { Dallas = true }\n",
            "sites.Dallas is true or false, not a table.",
            "[profiles.acme.sites.NAME]",
        ),
        (DALLAS + 'address = ["203.0.113.1"]\n', "unknown key profiles.acme.sites.Dallas.address.", "addresses"),
        (
            DALLAS + 'addresses = "203.0.113.1"\n',
            "sites.Dallas.addresses is not a list of texts.",
            "addresses = [",
        ),
        (DALLAS + 'addresses = ["here"]\n', "addresses has 'here', which is no address.", '"203.0.113.0/24"'),
        (DALLAS + 'addresses = ["203.0.113.9/24"]\n', "addresses has '203.0.113.9/24'", 'Write "203.0.113.0/24".'),
        (DALLAS + 'building = "no"\n', "sites.Dallas.building is a text.", "building = false"),
        (
            DALLAS + 'addresses = ["203.0.113.1"]\nbuilding = false\n',
            "sites.Dallas.addresses are given to a site that is no building.",
            "Leave out addresses",
        ),
        (
            DALLAS + 'addresses = ["203.0.113.1"]\n[profiles.acme.sites.Austin]\naddresses = ["203.0.113.0/24"]\n',
            "sites.Austin.addresses has 203.0.113.0/24, which Dallas has as well.",
            "one site",
        ),
    ],
)
def test_what_is_wrong_is_named_with_what_to_write(tmp_path: Path, text: str, sentence: str, hint: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(ConfigError) as raised:
        load_config(file)
    assert str(file) in str(raised.value)
    assert sentence in str(raised.value)
    assert hint in raised.value.hint
