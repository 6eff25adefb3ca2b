"""Invented names: schools and kindergartens put together from nature words, people from common names."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

from .streams import stream


def _words(text: str) -> list[str]:
    return text.split()


FIRST = _words(
    "Bjørke Gran Furu Ospe Rogne Hegge Selje Older Einer Lerke Troste Orre Tiur Reve Hare Elg Rådyr Gaupe "
    "Bever Oter Ørne Hauke Ugle Spette Svale Linerle Bokfink Blåveis Hestehov Lyng Røsslyng Tyttebær Blåbær "
    "Multe Bregne Kløver Smørblomst Prestekrage Geitrams Fiol Konvall Mose Torv Kvist Kongle Barskog Løv Never "
    "Stein Grus Skifer Kvarts Sol Måne Stjerne Skygge Dugg Rim Snø Is Vind Sky Regnbue Morgen Kveld Sommer "
    "Høst Vinter Vår Kilde Foss Elve Bekke Tjerne Myr Humle Sommerfugl Marihøne Pinnsvin Ekorn Mår Grevling "
    "Trane Vipe Lom Ande Gås Kråke Skjære"
)
LAST = _words(
    "lia haug bakken moen lund tjern myra åsen kollen sletta stua grenda enga løkka vika berget dalen jordet "
    "kleiva ryggen toppen tunet vangen vollen hagen kroken svingen stubben rabben rommen rud holtet brenna "
    "tangen flata"
)
PLACE_FIRST = _words(
    "Nord Sør Øst Vest Inner Ytter Stor Lang Brei Grønn Blå Kvit Gyll Sølv Jern Kobber Drag Varg Hjort Skjold "
    "Bru Ferje Tømmer Mølle Salt Rein Falk"
)
PLACE_LAST = _words(
    "fjord nes vik sund ås mark bygd heim dal voll strand øy berg rud land stad foss elv vatn skog vang hamn"
)
# Names of real schools in these municipalities that the parts could give.
TAKEN = {"Solvangen", "Sollund", "Granlund", "Solhaug", "Sølvberg", "Sørstrand", "Nordstrand", "Langland"}

GIRLS = _words(
    "Nora Emma Sofie Ingrid Ella Maja Olivia Frida Sara Leah Astrid Selma Amalie Thea Tuva Jenny Ida Hanna "
    "Vilde Mari Anna Sigrid Live Mathilde Aurora Eline Mia Oda Marte Synne Tiril Iben Solveig Ragnhild Guro "
    "Ane Fatima Amina Zara Aisha Hodan Lan Aleksandra Zuzanna Máret Inga Risten Elle Yasmin Lea"
)
BOYS = _words(
    "Jakob Emil Noah Oliver Filip William Lukas Liam Henrik Oskar Aksel Theodor Elias Kasper Magnus Isak Jonas "
    "Tobias Sander Mathias Olav Håkon Sivert Even Iver Ludvig Ola Per Lars Erik Gard Eskil Vetle Brage Trym "
    "Simen Mohammed Yusuf Ali Omar Jakub Mikkel Nils Ánte Áilu Duc Ibrahim Adam Johannes Syver"
)
FAMILIES = _words(
    "Hansen Johansen Olsen Larsen Andersen Pedersen Nilsen Kristiansen Jensen Karlsen Johnsen Pettersen "
    "Eriksen Berg Haugen Hagen Johannessen Andreassen Jacobsen Dahl Jørgensen Halvorsen Henriksen Lund "
    "Sørensen Jakobsen Moen Gundersen Iversen Strand Solberg Svendsen Eide Knutsen Martinsen Paulsen Bakken "
    "Kristoffersen Mathisen Lie Amundsen Nguyen Rasmussen Solheim Lunde Moe Nygård Berge Bakke Fredriksen Holm "
    "Lien Hauge Christensen Andresen Nielsen Knudsen Evensen Sæther Aas Haugland Hanssen Myhre Ahmed Ali "
    "Thomassen Sivertsen Simonsen Danielsen Berntsen Sandvik Rønning Arnesen Antonsen Næss Vik Ellingsen "
    "Edvardsen Kowalski Hussain Thorsen Isaksen Gulbrandsen Ruud Aasen Strøm Tangen Ødegård Jenssen Myklebust "
    "Eliassen Mikkelsen Bøe Aune Holmen Tveit Sara Utsi Warsame"
)


def school_names(count: int) -> list[str]:
    """Different invented names, such as "Bjørkelia", in a fixed random order."""
    return _shuffled("schools", FIRST, LAST, count)


def kindergarten_names(count: int) -> list[str]:
    """As for schools, in another order."""
    return _shuffled("kindergartens", FIRST, LAST, count)


def place_names(count: int) -> list[str]:
    """Different invented municipalities and regions, such as "Gyllfjord"."""
    return _shuffled("places", PLACE_FIRST, PLACE_LAST, count)


def _shuffled(purpose: str, first: list[str], last: list[str], count: int) -> list[str]:
    # Norwegian never writes the same consonant three times: "Fjell" + "lia" is "Fjellia".
    names = [f"{a[:-1] if a[-2:] == 2 * b[0] else a}{b}" for a, b in product(first, last)]
    names = sorted(set(names) - TAKEN)
    if len(names) < count:
        raise ValueError(f"{count} names are asked for, there are {len(names)}")
    order = stream("names", purpose).permutation(len(names))
    return [names[number] for number in order[:count]]


def given_names(gender: NDArray[np.int8], rng: np.random.Generator) -> list[str]:
    """A given name for each; where gender is blank (0), from either list."""
    girl = np.where(gender == 0, rng.random(len(gender)) < 0.5, gender == 1)
    picks = rng.integers(0, 2**31, len(gender))
    return [
        GIRLS[pick % len(GIRLS)] if is_girl else BOYS[pick % len(BOYS)]
        for pick, is_girl in zip(picks.tolist(), girl.tolist(), strict=True)
    ]
