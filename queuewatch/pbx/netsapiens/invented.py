"""Invented names, numbers and addresses: enough for any domain, and nobody could take them for real ones."""


def _listed(names: str) -> list[str]:
    return names.split()


_FIRST = _listed("""
    Ada Bea Cal Dot Eli Fay Gus Hal Ida Jem Kit Lou Max Nan Oli Peg Quin Rex Sal Tad Una Val Wes Xan Yul Zoe
    Abel Bram Cleo Dirk Edda Finn Gaia Hugo Iris Jody Kurt Lena Milo Nora Otis Prue Rhea Seth Tess Ugo Vera Wynn
""")
_LAST = _listed("""
    Alder Birch Cedar Dune Elm Fern Glade Heath Islet Juniper Knoll Larch Maple Nettle Oakes Pine Quarry Reed
    Sorrel Tarn Umber Vale Willow Yarrow Zephyr Aspen Brook Clover Dale Ember Frost Grove Hazel Ivy Jasper
    Kestrel Linden Marsh North Opal Poplar Ridge Sage Thorn Upland Vine Wren Yew Amber Briar Cliff Delta Easton
""")
_COLOURS = _listed("""
    Amber Blue Coral Denim Ebony Fawn Gold Henna Indigo Jade Khaki Lilac Mauve Navy Ochre Pearl Quartz Ruby
    Silver Teal Umber Violet White Yellow
""")
_TREES = _listed("""
    Alder Birch Cedar Date Elm Fig Ginkgo Hazel Ivory Juniper Kapok Larch Maple Nutmeg Olive Pine Quince Rowan
    Spruce Teak Upas Vine Willow Yew
""")
_BIRDS = _listed("""
    Avocet Bunting Curlew Dunlin Egret Finch Grebe Heron Ibis Jay Kite Linnet Martin Osprey Plover
""")

_PREMIUM = 900
_AREAS = [code for code in range(201, 990) if code // 10 % 10 != 9 and code % 100 != 11 and code != _PREMIUM]
"""Area codes as North America's plan allows them: no second digit 9, and no N11; nor that of premium numbers."""

_CITIES_ABROAD = (113, 114, 116, 117, 118, 121, 131, 141, 151, 161)
"""Area codes of the United Kingdom that have 1,000 numbers for fiction each, behind 496."""

_RESERVED = 100
"""555-0100 to 555-0199 are kept for fiction in every area code."""


def person(nth: int) -> tuple[str, str]:
    """First and last name of the nth invented person: no two people have the same."""
    lap, place = divmod(nth, len(_FIRST) * len(_LAST))
    row, first = divmod(place, len(_FIRST))
    last = _LAST[(first + row) % len(_LAST)]
    return _FIRST[first], f"{last} {lap + 1}" if lap else last


def queue(nth: int) -> str:
    """The nth queue's name: a colour."""
    return f"{_numbered(_COLOURS, nth)} Queue"


def site(nth: int) -> str:
    """The nth site's name: a tree."""
    return f"{_numbered(_TREES, nth)} House"


def attendant(nth: int) -> str:
    """The nth auto attendant's name: a bird."""
    return f"{_numbered(_BIRDS, nth)} Menu"


def _numbered(names: list[str], nth: int) -> str:
    lap, place = divmod(nth, len(names))
    return f"{names[place]} {lap + 1}" if lap else names[place]


def phone_number(nth: int) -> str:
    """Ten digits: 100 numbers kept for fiction in each area code, and beyond 70,000 more of exchange 555."""
    block, last = divmod(nth, _RESERVED)
    lap, area = divmod(block, len(_AREAS))
    return f"{_AREAS[area]}555{100 * (lap + 1) + last:04d}"


def premium_number(nth: int) -> str:
    """Ten digits with the area code of premium numbers."""
    return f"{_PREMIUM}555{100 + nth % 9900:04d}"


def number_abroad(nth: int) -> str:
    """The country's code and ten digits: 10,000 numbers kept for fiction, and more beside them."""
    block, last = divmod(nth, 1000)
    lap, city = divmod(block, len(_CITIES_ABROAD))
    return f"44{_CITIES_ABROAD[city]}496{lap % 10}{last:03d}"


def premium_number_abroad(nth: int) -> str:
    """The country's code and the ten digits of a premium number kept for fiction."""
    return f"44909879{nth % 10_000:04d}"


def undialable_number(nth: int) -> str:
    """The nine digits behind a first digit that no number can begin with."""
    block, last = divmod(nth, _RESERVED)
    return f"{block % 100:02d}555{100 * (block // 100 + 1) + last:04d}"


def short_number(nth: int, length: int) -> str:
    """Seven to nine digits: 555 and what follows."""
    return f"555{nth + 100:0{length - 3}d}"


def address(nth: int) -> str:
    """An IP address of the ranges kept for documentation (RFC 5737, and RFC 3849 beyond them)."""
    block, last = divmod(nth, 254)
    if block < 3:
        return f"{('192.0.2', '198.51.100', '203.0.113')[block]}.{last + 1}"
    return f"2001:db8::{nth:x}"


def letters(nth: int) -> str:
    """Three small letters and more: no suffix of a device that is in use is so long."""
    word = ""
    for _ in range(3):
        nth, place = divmod(nth, 26)
        word = chr(ord("a") + place) + word
    return word if not nth else word + letters(nth - 1)
