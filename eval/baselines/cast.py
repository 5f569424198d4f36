"""The people and agencies of a text, and which of them a phrase stands for.

A ``Cast`` remembers who was named how, and resolves names in any case, pronouns and bare offices to one entity each,
by apposition, agreement and recency.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from goldwire.corpus.document import Entity
from goldwire.eval.baselines.sentences import Token, words
from goldwire.eval.baselines.speakers import COUNTRIES, GIVENS, PRONOUNS, UNITS, Naming, is_name_word, naming, surface

__all__ = ["Cast"]

# Where the text ties them to nobody, these mean the last who spoke and may hold them …
_POSTS: Final = words(
    "президент лидер премьер премьер-министр король канцлер министр мэр градоначальник губернатор глава руководитель "
    "начальник директор гендиректор шеф председатель спикер дипломат политик чиновник тренер наставник главврач"
)
# … these the last person that fits, but only without a complement («эксперт института» is somebody new) …
_ROLES: Final = words(
    "эксперт специалист ученый депутат сенатор врач генерал профессор писатель режиссер аналитик офицер спасатель "
    "эколог историк инженер ветеринар метеоролог биолог юрист"
)
# … these also with one («собеседник агентства»), and bodies the last body.
_INFORMANTS: Final = words("собеседник футболист хоккеист спортсмен")
_BACK_BODIES: Final = words("агентство издание ведомство")

_RANKS: Final = words("президент премьер министр мэр губернатор")
"""Groups of offices of which one person holds one."""

_LEADERS: Final = ("премьер", "канцлер", "король")

# «глава государства» is a president, and so on; the keys are those of ``Naming.about``.
_CHIEFS: Final = words("глава руководитель")
_HEADS_OF: Final = {"государств": "президент", "правительств": "премьер", "город": "мэр", "област": "губернатор"}

_SURNAME_ENDINGS: Final = (
    "",
    *"а я у ю ы и е й ь ой ей ом ем ым им ого его ому ему ый ий ая яя ую юю ых их ии ия ью".split(),
)
_LATIN: Final = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщыэюяё",
        "a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch y e yu ya e".split(),
        strict=True,
    ),
    ъ="",
    ь="",
)
_MEMORY: Final = 60
"""How many of the last people and agencies a pronoun or a role is compared with; keeps all work on a text linear."""

_FEW: Final = 20
"""How many people an office is compared with, for the same reason."""

_MOST_OFFICES: Final = 5
"""How many offices of one person are kept."""

# Endings of another case and of the nominative, by gender; the first that fits is taken, so the longest stand first.
_TO_NOMINATIVE: Final = {
    "m": "ского:ский скому:ский ским:ский ого:ый овым:ов евым:ев ным:н ом: ем:ь ея:ей ая:ай ия:ий а: у: я:ь",
    "f": "овой:ова евой:ева иной:ина ской:ская цкой:цкая ову:ова еву:ева ину:ина ую:ая ой:а ы:а",
}


def _nominative(name: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """The words of a name that stands in another case, put in the nominative, and the gender that they show."""
    given = next((GIVENS[word.lower()] for word in name[:-1] if word.lower() in GIVENS), None)
    feminine = given[1] == "f" if given else name[-1].endswith(("ой", "ую"))
    gender = "f" if feminine else "m"
    changed = []
    for word in name:
        known = GIVENS.get(word.lower()) if word is not name[-1] else None
        endings = (row.partition(":") for row in _TO_NOMINATIVE[gender].split())
        old, _, new = next((e for e in endings if word.endswith(e[0]) and len(word) > len(e[0]) + 2), ("", "", ""))
        changed.append(known[0] if known else word[: len(word) - len(old)] + new)
    return tuple(changed), gender


def _gender(name: Sequence[str], given: tuple[str, str] | None) -> str:
    """The gender that a name in the nominative shows, or none."""
    if given:
        return given[1]
    return "f" if len(name) > 1 and name[-1].endswith(("ова", "ева", "ская", "цкая")) else ""


def _keys(surname: str) -> list[str]:
    """What may be left of a surname without its case ending; two forms of a name share one of these."""
    low = surname.lower().replace("ё", "е")
    left = [low.removesuffix(ending) for ending in _SURNAME_ENDINGS if low.endswith(ending)]
    return [key for key in left if len(key) >= 3] or [low]


def _slug(name: str) -> str:
    latin = "".join(_LATIN.get(c, c) for c in name.lower())
    return re.sub(r"[^a-z0-9]+", "-", latin).strip("-") or "speaker"


class _Office(NamedTuple):
    """An office or role: its group, and what it is said to be about, as countries, units and all else."""

    group: str
    countries: frozenset[str]
    units: frozenset[str]
    others: frozenset[str]

    @classmethod
    def of(cls, found: Naming) -> _Office:
        """The office that a phrase names."""
        group, about = found.group, frozenset(found.about)
        if found.head in _CHIEFS and (headed := about & _HEADS_OF.keys()):
            group = _HEADS_OF[min(headed)]
            about -= headed
        return cls(group, about & COUNTRIES, about & UNITS, about - COUNTRIES - UNITS)

    @property
    def is_ranked(self) -> bool:
        """Whether who holds the office holds no other such one, as a deputy («вице-премьер») does not."""
        return self.group.rpartition("-")[2] in _RANKS

    def contradicts(self, other: _Office) -> bool:
        """Whether the two are of different countries, or in charge of different things."""
        pairs = ((self.countries, other.countries), (self.others, other.others))
        return any(a and b and a.isdisjoint(b) for a, b in pairs)

    def fit(self, other: _Office) -> int:
        """How well two offices agree: 0 not at all, 1 as far as either says anything, 2 by what both say."""
        mine, theirs = self.countries | self.others, other.countries | other.others
        if self.group != other.group or self.contradicts(other):
            return 0
        if not mine.isdisjoint(theirs) or not self.units.isdisjoint(other.units) or self[1:] == other[1:]:
            return 2
        # «мэр города» may be the mayor of any place with a name
        unsaid = self.group in _RANKS and not (mine and theirs)
        return 1 if unsaid or not any(self[1:]) or not any(other[1:]) else 0


@dataclass(slots=True)
class _Member:
    """One entity of the cast: its fullest name, its offices, and what agrees with it.

    ``sure`` is false of a name that was put in the nominative by rule; ``words`` counts the words of a person's name,
    of which an unnamed office has none. ``heard`` is greater the later the member was named or spoke.
    """

    id: str
    type: str
    name: str
    sure: bool = True
    words: int = 0
    gender: str = ""
    given: str = ""
    offices: dict[_Office, None] = field(default_factory=dict)
    spoke: bool = False
    heard: int = 0

    def holds(self, office: _Office) -> int:
        """How well an office agrees with those that the person is known to hold, as ``fit`` has it."""
        own = [known for known in self.offices if known.group == office.group]
        best = max((known.fit(office) for known in own), default=0)
        return 0 if best == 1 and any(known.contradicts(office) for known in own) else best

    def may_hold(self, office: _Office) -> bool:
        """Whether no known office of the person speaks against another one."""
        ranks = {own.group for own in self.offices if own.is_ranked}
        if office.is_ranked and ranks and office.group not in ranks:
            return False
        # who is at the head of a country is not at the head of a part of it («глава Минфина»)
        part = office.others and any(own.countries and not own.others for own in self.offices)
        return not part and not any(own.contradicts(office) for own in self.offices)


class Cast:
    """The people and agencies of one text, met in order; ``resolve`` says which of them a phrase stands for.

    First all sentences are learned and all speakers foreseen, then both are gone through again in order.
    """

    def __init__(self) -> None:
        self._members: list[_Member] = []
        self._by_key: dict[str, list[_Member]] = {}
        self._nameless: dict[str, _Member] = {}
        self._ids: set[str] = set()
        self._holders: dict[str, list[_Member]] = {}
        self._recent: list[_Member] = []
        self._spoken: list[_Member] = []
        self._leading: list[_Member] = []

    def entities(self) -> tuple[Entity, ...]:
        """The members that spoke, in the order in which they were met."""
        return tuple(Entity(id=m.id, type=m.type, name=m.name) for m in self._members if m.spoke)

    def learn(self, sentence: Sequence[Token]) -> None:
        """Meet the people that a sentence names in full or by office and name, and tie the office to them."""
        at = 0
        while at < len(sentence):
            found = naming(sentence, at, len(sentence), oblique=True)
            if found is None or found.shape not in ("office", "name"):
                at += 1
                continue
            full = len(found.name) > 1 and found.name[0].lower() in GIVENS
            if found.name and (found.shape == "office" or full):
                self._meet(found.name, self._is_nominative(found), found)
                if found.shape == "name":
                    self._appose(sentence, found)
            at = max(found.last, at + 1)

    def foresee(self, headline: Iterable[Token], speakers: Iterable[Naming]) -> None:
        """Find who leads: the people of the headline, then the others who speak by name, the most frequent first."""
        named = (found for found in speakers if found.name)
        said = Counter((self._known(f.name[-1]) or self._meet(f.name, self._is_nominative(f), f)).id for f in named)
        leading = [member for token in headline if is_name_word(token) and (member := self._known(token.text))]
        leading.sort(key=lambda member: -said[member.id])
        by_id = {member.id: member for member in self._members}
        self._leading = [*leading[:_FEW], *(by_id[id_] for id_, _ in said.most_common(_FEW))]

    def _appose(self, sentence: Sequence[Token], found: Naming) -> None:
        """«Иван Петров, директор завода, …» ties the office after the comma to the name before it."""
        if found.last + 1 < len(sentence) and sentence[found.last].text == ",":
            office = naming(sentence, found.last + 1, len(sentence), oblique=True)
            if office is not None and office.shape == "office" and not office.name:
                self._meet(found.name, self._is_nominative(found), office)

    @staticmethod
    def _is_nominative(found: Naming) -> bool:
        given = GIVENS.get(found.name[0].lower())
        if given and len(found.name) > 1:
            return given[0].lower() == found.name[0].lower()
        return found.nominative

    def _meet(self, words: tuple[str, ...], nominative: bool, office: Naming) -> _Member:
        """The person of a name in some case, added where it is new, with the office it was met with, if any."""
        name, gender = (words, "") if nominative else _nominative(words)
        given = GIVENS.get(name[0].lower()) if len(name) > 1 else None
        gender = gender or _gender(name, given)
        member = self._known(words[-1], given[0] if given else "")
        if member is None:
            member = self._add("PERSON", " ".join(name), gender)
            member.sure, member.words = nominative, len(name)
            for key in _keys(words[-1]):
                self._by_key.setdefault(key, []).append(member)
        elif len(name) > member.words or (len(name) == member.words and nominative and not member.sure):
            member.name, member.sure, member.words = " ".join(name), nominative, len(name)
            self._rename(member)
        member.gender = member.gender or gender
        member.given = member.given or (given[0] if given else "")
        if office.group:
            self._tie(_Office.of(office), member)
        return member

    def _tie(self, office: _Office, member: _Member) -> None:
        if office in member.offices or len(member.offices) == _MOST_OFFICES:
            return
        if all(known.group != office.group for known in member.offices):
            self._holders.setdefault(office.group, []).append(member)
        member.offices[office] = None

    def _known(self, surname: str, given: str = "") -> _Member | None:
        for key in _keys(surname):
            for member in reversed(self._by_key.get(key, ())[-3:]):
                if not given or not member.given or given == member.given:
                    return member
        return None

    def _add(self, type_: str, name: str, gender: str = "") -> _Member:
        member = _Member(self._fresh(name), type_, name, gender=gender)
        self._members.append(member)
        return member

    def _rename(self, member: _Member) -> None:
        self._ids.discard(member.id)
        member.id = self._fresh(member.name)

    def _fresh(self, name: str) -> str:
        slug = _slug(name)
        fresh, number = slug, 1
        while fresh in self._ids:
            number += 1
            fresh = f"{slug}-{number}"
        self._ids.add(fresh)
        return fresh

    def hear(self, sentence: Sequence[Token]) -> None:
        """Remember which known people a sentence names in the nominative, for pronouns to come."""
        for token in sentence:
            member = self._known(token.text) if is_name_word(token) else None
            if member and token.low == member.name.split()[-1].lower().replace("ё", "е"):
                self._remember(member)

    def _remember(self, member: _Member) -> None:
        self._recent.append(member)
        member.heard = len(self._recent)

    def resolve(self, tokens: Sequence[Token], found: Naming, gender: str, outer: str | None = None) -> str | None:
        """The id of the member that a phrase stands for.

        ``gender`` is what the verb shows (``m``, ``f``, ``p`` or empty), ``outer`` the speaker of the quote around it,
        who is «я» and «мы».
        """
        if PRONOUNS.get(found.head) == "1":
            return outer
        member = self._member(tokens, found, gender, outer)
        if member is None:
            return None
        member.spoke = True
        if not member.gender and member.type == "PERSON" and gender in ("m", "f") and (found.name or not member.words):
            member.gender = gender
        self._remember(member)
        if member.words:
            self._spoken.append(member)
        return member.id

    def _member(self, tokens: Sequence[Token], found: Naming, gender: str, outer: str | None) -> _Member | None:
        if found.shape == "pronoun":
            if PRONOUNS[found.head] == "p" and (group := self._plural_before(tokens, found.first)):
                return group
            return self._latest(PRONOUNS[found.head], outer)
        if found.name:
            return self._meet(found.name, self._is_nominative(found), found)
        if found.shape == "body":
            return self._body(surface(tokens, found), found)
        return self._holder(found, gender, outer) or self._office(surface(tokens, found), found)

    def _plural_before(self, tokens: Sequence[Token], end: int) -> _Member | None:
        """«Врачи довольны: по их словам, …»: the role in the plural that the sentence begins with."""
        found = naming(tokens, 0, end)
        return self._office(surface(tokens, found), found) if found and found.plural else None

    def _latest(self, wanted: str, outer: str | None = None) -> _Member | None:
        """The last person (for «они», the last agency or role in the plural) who agrees with a pronoun."""
        for member in reversed(self._recent[-_MEMORY:]):
            if wanted in ("p", "n"):
                fits = member.gender in ("p", "n") or member.type == "ORGANIZATION"
            else:
                fits = member.gender in ("", wanted) and member.type == "PERSON"
            if fits and member.id != outer:
                return member
        return None

    def _holder(self, found: Naming, gender: str, outer: str | None) -> _Member | None:
        """Who holds a bare office: by apposition first, then, for offices that point back, whoever spoke last."""
        if found.plural:
            return None
        office = _Office.of(found)
        # a country's leader may be its premier
        others = [office._replace(group=group) for group in _LEADERS] if found.head == "лидер" else []
        for reading in (office, *others):
            if member := self._tied(reading, gender):
                return member
        wanted = gender if gender in ("m", "f") else "m"
        # of an office without a verb («глава завода: …») the gender is not shown
        fitting = ("", wanted) if gender else ("", "m", "f")
        if found.head in _POSTS and outer is None:
            likely = (*reversed(self._spoken[-_FEW:]), *self._leading)
            member = next((m for m in likely if m.gender in fitting and m.may_hold(office)), None)
            if member and any(office[1:]):
                # the same words mean the same person from here on
                self._tie(office, member)
            return member
        points_back = found.head in _INFORMANTS or (not found.about and found.head in _ROLES)
        return self._latest(wanted) if points_back else None

    def _tied(self, office: _Office, gender: str) -> _Member | None:
        """Who is known to hold an office: of those who hold it alike the last heard of, else the first of the text."""
        holders = [m for m in self._holders.get(office.group, ())[:_FEW] if {gender, m.gender} != {"m", "f"}]
        best = max(holders, key=lambda member: (member.holds(office), member.heard), default=None)
        return best if best and best.holds(office) else None

    def _office(self, surface: str, found: Naming) -> _Member:
        """A role without a name, as a person of its own; a post is the same one by its other names too."""
        key = surface.lower()
        if key not in self._nameless:
            member = self._nameless[key] = self._add("PERSON", surface, "p" if found.plural else "")
            if found.head in _POSTS:
                self._tie(_Office.of(found), member)
        return self._nameless[key]

    def _body(self, surface: str, found: Naming) -> _Member:
        if found.head and not found.about:
            recent = (m for m in reversed(self._recent[-_MEMORY:]) if m.type == "ORGANIZATION")
            same = next((m for m in recent if found.head in _BACK_BODIES or m.name.startswith(found.head)), None)
            if same:
                return same
        key = " ".join((found.head, *found.about)) if found.head else surface.lower()
        if key not in self._nameless:
            self._nameless[key] = self._add("ORGANIZATION", surface)
        return self._nameless[key]
