"""Makes of phones and softphones, and how their model and version look: what of a phone's name may be handed on.

Whoever sets a phone up may write anything into its user agent: a person's name, a host's, a private address. So
nothing is taken out of it; what is known is taken over, and the rest is "a phone".
"""

import re
from collections.abc import Iterable
from ipaddress import IPv4Address

A_PHONE = "a phone"
"""What stands for every phone that is not known."""


def _models(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(patterns)})(?![A-Za-z0-9.])", re.IGNORECASE | re.ASCII)


def _make(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{pattern})(?![a-z]{{2}})", re.IGNORECASE | re.ASCII)


_MAKES: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = (
    (_make(r"yealink"), _models(r"SIP[- ](?:T|VP|CP|W)\d{2,3}[A-Z]{0,2}", r"(?:T|W|CP|VP|AX)\d{2,3}[A-Z]{0,2}")),
    (_make(r"polycom(?:vvx|soundpointip|soundstationip|trio|realpresencetrio)?|poly(?:edge|ccx)?"),
     _models(r"VVX[-_ ]\d{3,4}(?:-UA)?", r"S(?:PIP|SIP)[-_ ]\d{3,4}(?:-UA)?", r"Edge[-_ ][BE]\d{2,3}(?:-UA)?",
             r"Trio[-_ ]\d{3,4}(?:-UA)?", r"CCX[-_ ]\d{3}(?:-UA)?", r"Trio[-_ ]Trio[-_ ]\d{4}(?:-UA)?")),
    (_make(r"grandstream"), _models(r"(?:GXP|GXV|GRP|HT|DP|WP|GAC|GHP|GDS|UCM|GXW)-?\d{3,4}[A-Z]{0,2}")),
    (_make(r"cisco"), _models(r"CP-\d{4}[A-Z]{0,2}(?:-3PCC)?(?:-K9)?", r"SPA-?\d{3,4}[A-Z]{0,2}\d?", r"ATA-?\d{3}",
                                r"CP-(?:ATA)?\d{3,4}")),
    (_make(r"linksys"), _models(r"(?:PAP2T?|SPA\d{3,4}|RTP300)")),
    (_make(r"sipura"), _models(r"SPA-?\d{3,4}")),
    (_make(r"snom"), _models(r"[DMC]?\d{2,3}", r"PA1")),
    (_make(r"fanvil"), _models(r"[XVHAi]\d{1,3}[A-Z]{0,2}(?:-V\d)?")),
    (_make(r"htek"), _models(r"UC\d{3}[A-Z]{0,2}")),
    (_make(r"vtech"), _models(r"(?:VSP|VCS|ET|VDP)\d{3,4}[A-Z]?")),
    (_make(r"obihai|obi"), _models(r"OBi\d{3,4}[A-Z]{0,3}", r"\d{3,4}")),
    (_make(r"panasonic"), _models(r"KX-(?:TGP|HDV|UT|HTS)\d{2,4}[A-Z]{0,2}")),
    (_make(r"gigaset"), _models(r"(?:N|DE|C|S)\d{3}[A-Z]?(?: IP)?(?: PRO)?", r"Maxwell \d")),
    (_make(r"mitel"), _models(r"\d{4}[A-Z]{0,2}")),
    (_make(r"aastra"), _models(r"\d{4}[A-Z]{0,2}")),
    (_make(r"audc-ipphone|audiocodes"), _models(r"\d{3}HD", r"C\d{3}HD", r"MP-?\d{3}")),
    (_make(r"algo"), _models(r"\d{4}")),
    (_make(r"avaya"), _models(r"[BJ]\d{3}", r"\d{4}[A-Z]?")),
    (_make(r"digium"), _models(r"D\d{2}")),
    (_make(r"sangoma"), _models(r"[PDS]\d{2,3}")),
    (_make(r"spectralink"), _models(r"\d{2,4}")),
    (_make(r"akuvox"), _models(r"(?:R|X|C|E|S|SP-R)\d{2,3}[A-Z]?")),
    (_make(r"flyingvoice"), _models(r"(?:P|FIP|G|FTA)\d{2,4}[A-Z]?")),
    (_make(r"konftel"), _models(r"\d{2,3}[A-Z]{0,2}")),
    (_make(r"cyberdata"), _models(r"\d{6}")),
    (_make(r"snap-?mobile"), _models(r"iOS", r"Android", r"Web")),
    (_make(r"bria(?: (?:mobile|teams|solo|enterprise))?"), _models(r"iOS", r"Android", r"\d(?= release)")),
    (_make(r"zoiper(?:5|3)?"), _models(r"iOS", r"Android", r"rev")),
    (_make(r"x-lite"), _models(r"release")),
    (_make(r"groundwire"), _models(r"iOS", r"Android")),
    (_make(r"linphone(?:desktop|android|iphone|_)?"), _models(r"iOS", r"Android")),
    (_make(r"microsip"), _models(r"lite")),
    (_make(r"acrobits(?: softphone)?"), _models(r"iOS", r"Android")),
    (_make(r"jssip"), _models(r"web")),
    (_make(r"sip\.js"), _models(r"web")),
    (_make(r"jitsi"), _models(r"web")),
    (_make(r"asterisk(?: pbx)?"), _models(r"certified")),
    (_make(r"freeswitch(?:-mod_sofia)?"), _models(r"mod_sofia")),
)  # fmt: skip
"""How a make is written at the beginning, and what its models are called."""

_VERSION = re.compile(r"v?([0-9]{1,4}(?:\.[0-9]{1,5}){1,4})(?![.\w-])", re.IGNORECASE | re.ASCII)
_BETWEEN = re.compile(r"[-_/ ]{0,2}", re.ASCII)


def phone_model(user_agent: str, secrets: Iterable[str] = ()) -> str:
    """A phone's make, model and version as far as they are known, as the phone spells them.

    "a phone" for anything else, and empty for nothing. An address looks like a version: none of ``secrets`` is
    taken for one, and of what may be an address only what has the shape of a maker's own versions.
    """
    words = user_agent.strip()
    if not words:
        return ""
    for make, models in _MAKES:
        if found := make.match(words):
            end = _end_of(models, words, found.end())
            version = _end_of(_VERSION, words, end)
            number = words[end:version].lstrip("-_/ vV")
            return words[: end if number in {*secrets} or _may_be_address(number) else version]
    return A_PHONE


def _end_of(pattern: re.Pattern[str], words: str, begin: int) -> int:
    """Where the pattern ends that stands here, after a separator; here, if it does not."""
    between = _BETWEEN.match(words, begin)
    found = pattern.match(words, between.end() if between else begin)
    return found.end() if found else begin


_VERSION_OF_FOUR = re.compile(r"[0-9]{2,3}\.8[0-9]\.0\.[0-9]+|[1-9]\.[0-9]+\.[0-9]+\.[0-9]+", re.ASCII)
"""As Yealink numbers its versions (66.86.0.15), and as most others do (1.0.11.64)."""


def _may_be_address(number: str) -> bool:
    try:
        IPv4Address(number)
    except ValueError:
        return False
    return _VERSION_OF_FOUR.fullmatch(number) is None
