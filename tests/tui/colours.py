"""How colours look to whom: contrast by WCAG, and distance in Oklab as the colour-blind or a grey print has it."""

from itertools import combinations
from math import dist

from textual.color import Color

Triple = tuple[float, float, float]
Matrix = tuple[Triple, Triple, Triple]

SEEN_BY: dict[str, Matrix] = {
    "everybody else": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
    "no colour at all": ((0.2126, 0.7152, 0.0722),) * 3,
}
"""Linear RGB as seen with a whole kind of cone missing (Machado, Oliveira and Fernandes 2009), and in grey."""


def linear(colour: str) -> Triple:
    """A colour's linear RGB, from 0 to 1."""

    def of(value: int) -> float:
        share = value / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = Color.parse(colour).rgb
    return of(red), of(green), of(blue)


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG has it."""
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def oklab(rgb: Triple) -> Triple:
    """Oklab of a linear RGB colour (Ottosson 2020)."""
    red, green, blue = (max(0.0, value) for value in rgb)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def seen(colour: str, matrix: Matrix) -> Triple:
    """The colour in Oklab as somebody sees it."""
    rgb = linear(colour)
    red, green, blue = (sum(share * value for share, value in zip(row, rgb, strict=True)) for row in matrix)
    return oklab((red, green, blue))


def distance(one: str, other: str, seen_by: str) -> float:
    """How far two colours are apart for somebody; black and white are 100 apart."""
    matrix = SEEN_BY[seen_by]
    return 100 * dist(seen(one, matrix), seen(other, matrix))


def nearest_pair(colours: dict[str, str], seen_by: str) -> tuple[float, str]:
    """The two colours that are hardest to tell apart for somebody, and how far they are."""
    return min(
        (distance(colours[one], colours[other], seen_by), f"{one} and {other}")
        for one, other in combinations(colours, 2)
    )
