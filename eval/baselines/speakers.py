"""Who speaks: phrases that name a speaker, and the people and agencies of a text that they stand for.

A ``Naming`` is a noun phrase over tokens; a ``Cast`` remembers who was named how, and resolves names in any case,
pronouns and bare offices to one entity each, by apposition, agreement and recency.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from goldwire.corpus.document import Entity
from goldwire.eval.baselines.layout import Token, words

__all__ = ["ADVERBS", "PREPOSITIONS", "Cast", "Naming", "naming"]

# Heads of offices and roles, in groups: words of one group can stand for one holder.
_OFFICES: Final = (
    "президент лидер",
    "премьер премьер-министр",
    "мэр градоначальник горожанин",
    "губернатор",
    "министр замминистра",
    "глава руководитель начальник директор гендиректор шеф управляющий заведующий замглавы замдиректора",
    "председатель спикер зампред",
    "представитель пресс-секретарь секретарь",
    "депутат сенатор парламентарий законодатель политик",
    "посол дипломат постпред полпред посланник консул",
    "тренер наставник",
    "спортсмен вратарь нападающий полузащитник чемпион футболист хоккеист теннисист игрок защитник",
    "генерал полковник командир командующий майор адмирал военный",
    "прокурор судья следователь адвокат юрист",
    "эксперт аналитик экономист политолог специалист ученый профессор академик доцент ректор биолог историк врач "
    "хирург метеоролог эколог инженер доктор географ археолог геолог астроном",
    "писатель режиссер актер музыкант художник поэт артист певец продюсер куратор",
    "источник собеседник очевидец свидетель участник житель сотрудник помощник заместитель советник координатор "
    "организатор основатель владелец уполномоченный омбудсмен король канцлер чиновник бизнесмен предприниматель "
    "ветеринар фермер капитан корреспондент журналист обозреватель спасатель пилот космонавт учитель",
    "власть синоптик",
)
_FEMININE: Final = "актриса певица писательница учительница журналистка спортсменка чемпионка руководительница"
_PLURALS: Final = (
    "власти эксперты аналитики специалисты ученые врачи синоптики спасатели жители военные участники организаторы "
    "юристы очевидцы журналисты источники следователи экологи депутаты сотрудники чиновники экономисты представители "
    "политологи медики полицейские энергетики железнодорожники археологи родители рыбаки"
)
# Agencies and other bodies, by their head noun; the gender serves agreement with a pronoun.
_BODIES: Final = (
    "министерство ведомство агентство правительство управление издание посольство минобороны бюро "
    "компания пресс-служба служба полиция прокуратура администрация мэрия комиссия газета корпорация больница "
    "федерация ассоциация партия организация дирекция палата комитет суд университет завод штаб департамент институт "
    "лига аэропорт порт кремль госдума дума кабмин редакция театр вуз отделение фракция "
    "телеканал совет центр фонд союз банк клуб музей парламент портал холдинг"
)
_AGENCY_WORDS: Final = words("новости интерфакс рейтер синьхуа сми")
_AGENCY_STEM = re.compile(
    r"мин[а-я]{4,}|рос[а-я]*(?:надзор|гидромет|потреб|стат|космос|атом|реестр)[а-я]*|гос(?:дум|комстат)[а-я]*"
)

# Offices that mean whoever spoke last where the text ties them to nobody.
_ANAPHORIC: Final = words(
    "чиновник политик дипломат министр мэр градоначальник губернатор тренер эксперт специалист ученый "
    "руководитель директор глава депутат сенатор собеседник врач генерал профессор спортсмен писатель режиссер "
    "начальник президент аналитик"
)

# … these also with a complement («собеседник агентства»), and bodies that point back to the last one.
_INFORMANTS: Final = frozenset({"собеседник", "футболист", "хоккеист", "спортсмен"})
_ANAPHORIC_BODIES: Final = frozenset({"агентство", "издание", "ведомство"})

_GIVEN_MASCULINE: Final = (
    "Александр Алексей Анатолий Андрей Антон Аркадий Артем Артур Богдан Борис Вадим Валентин Валерий Василий Виктор "
    "Виталий Владимир Владислав Всеволод Вячеслав Геннадий Георгий Герман Глеб Григорий Давид Даниил Денис Дмитрий "
    "Евгений Егор Ефим Захар Иван Игорь Илья Иосиф Кирилл Константин Лев Леонид Максим Марат Марк Матвей Михаил "
    "Никита Николай Олег Павел Петр Ринат Роман Ростислав Руслан Семен Сергей Станислав Степан Тимофей Тимур Федор "
    "Филипп Эдуард Юрий Яков Ярослав Джон Джеймс Роберт Майкл Дэвид Уильям Ричард Томас Питер Пол Жан Пьер Ганс Карл "
    "Мухаммед Мохаммед Ахмед Али Хасан Рамзан Ильхам Нурсултан Шинья Кэндзи Хосе Карлос Хуан Эммануэль Франсуа Стивен"
)
_GIVEN_FEMININE: Final = (
    "Александра Алина Алла Анастасия Ангела Анна Валентина Валерия Варвара Вера Вероника Виктория Галина Дарья Диана "
    "Евгения Екатерина Елена Елизавета Жанна Зинаида Зоя Инна Ирина Карина Кира Клавдия Ксения Лариса Лидия Любовь "
    "Людмила Майя Маргарита Марина Мария Надежда Наталия Наталья Нина Оксана Ольга Полина Раиса Светлана София Софья "
    "Тамара Татьяна Ульяна Эльвира Юлия Яна Мари Хелен Сара Лаура Эмма"
)

_CASE_ENDINGS: Final = (
    "", "а", "я", "у", "ю", "ы", "и", "е", "й", "ь", "ой", "ей", "ом", "ем", "ым", "им", "ого", "его", "ому", "ему",
    "ый", "ий", "ая", "яя", "ую", "юю", "о", "ов", "ах", "ам", "ами", "ых", "их", "ии", "ия", "ью", "ем", "ям", "ями",
)  # fmt: skip
_SURNAME_ENDINGS: Final = tuple(e for e in _CASE_ENDINGS if e not in {"ов", "ах", "ам", "ами", "о", "ям", "ями"})

ADVERBS: Final = words(
    "также ранее вчера сегодня тоже позднее позже затем потом неоднократно особо отдельно уже еще недавно "
    "накануне впоследствии однако дополнительно тогда теперь ведь лично официально публично прямо снова вновь "
    "утром днем вечером ночью завтра же в-частности впервые наконец просто кратко коротко часто постоянно тут там "
    "так"
)
PREPOSITIONS: Final = words(
    "в во на с со к ко о об обо от до для из изо по при про без под над за у через между перед после около против "
    "согласно среди вместо кроме благодаря"
)
_ADDRESSEES: Final = words(
    "журналистам журналисту репортерам корреспонденту корреспондентам агентству телеканалу радиостанции газете "
    "изданию собравшимся депутатам участникам слушателям коллегам порталу зрителям жителям горожанам родителям"
)
_PRONOUNS: Final = dict(он="m", она="f", они="p", оно="n", я="1", мы="1", его="m", ее="f", их="p")  # noqa: C408
# Capitalised only because they begin a sentence: never a name.
_NO_NAMES: Final = words(
    "это этот эта эти как что если когда где при но а и да нет не все всё мы я он она они его ее их тот та те так "
    "чтобы кто который которая которые хотя пока такой такая такое такие каждый сам сама сами один одна свою свой "
    "поэтому напомним главное итоги слова мнение речь январь пресс-конференция отвечая комментируя говоря касаясь "
    "по-русски понедельник"
) | ADVERBS | PREPOSITIONS  # fmt: skip
_VERBISH = re.compile(
    r".{2,}(?:[аеиоуыя]ла|[аеиоуыя]ло|[аеиоуыя]ли|л|лся|лась|лись|ет|ют|ит|ят|ется|ются|ться|ить|ать|еть)$"
)
_NO_VERBS: Final = words(
    "отдела посла совет совета села штаба раздела дела стола квартала филиала совет комитет университет бюджет"
)
_ADJECTIVE = re.compile(r".{2,}(?:ый|ий|ой|ая|яя|ое|ее|ого|его|ому|ему|ым|им|ом|ем|ей|ую|юю|ые|ие|ых|их)$")
_GENITIVE = re.compile(r".*(?:[аяыиьйюу]|ов|ев|ых|их|ого|его|ств|ом|ам|ям|ат|ин|ор|нн?о)$")
# One key for a country and its adjective where their first three letters differ.
_COUNTRIES: Final = {
    "рф": "рос",
    "сша": "аме",
    "кнр": "кит",
    "фрг": "гер",
    "немецк": "гер",
    "британск": "вел",
}
_LATIN_OF: Final = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюяё",
        "a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya e".replace("_", "").split(" "),
        strict=True,
    )
)


def _keys(word: str) -> list[str]:
    """What may be left of ``word`` (in lower case) without its case ending; two forms of a name share one of these."""
    return [word[: len(word) - len(e)] for e in _SURNAME_ENDINGS if word.endswith(e) and len(word) - len(e) >= 3] or [
        word
    ]


class _Head(NamedTuple):
    lemma: str
    group: str
    body: bool
    nominative: bool
    plural: bool


def _heads() -> dict[str, _Head]:
    """Every form of every head noun; nominatives win over the other cases."""
    forms: dict[str, _Head] = {}
    rows = [(word, row.split()[0], False) for row in (*_OFFICES, _FEMININE) for word in row.split()]
    rows += [(word, word, True) for word in _BODIES.split()]
    for word, group, body in rows:
        base = word[:-1] if word[-1] in "аяьйо" or word[-2:] in ("ие",) else word
        base = word[:-2] if word[-2:] in ("ый", "ий", "ия", "ие") else base
        for ending in _CASE_ENDINGS:
            forms.setdefault(base + ending, _Head(word, group, body, False, False))
    for word in _PLURALS.split():
        forms[word] = _Head(word, word, False, True, True)
    for word, group, body in rows:
        forms[word] = _Head(word, group, body, True, False)
    return forms


_HEADS: Final = _heads()


@lru_cache(maxsize=4096)
def _head(low: str) -> _Head | None:
    """The head noun that ``low`` is a form of, with «вице-», «экс-» and the like allowed before it."""
    found = _HEADS.get(low) or _HEADS.get(re.sub(r"^(?:вице|экс|зам|арт|медиа|обер|ген|пресс)-", "", low))
    if found is None and _AGENCY_STEM.fullmatch(low):
        return _Head(low, low, True, True, False)
    return found


def _givens() -> dict[str, tuple[str, str]]:
    table: dict[str, tuple[str, str]] = {}
    names = [(n, "m") for n in _GIVEN_MASCULINE.split()] + [(n, "f") for n in _GIVEN_FEMININE.split()]
    for name, gender in names:
        low = name.lower()
        base = low[:-1] if low[-1] in "аяьй" else {"павел": "павл", "лев": "льв"}.get(low, low)
        for ending in ("а", "я", "у", "ю", "ом", "ем", "е", "и", "ы", "ой", "ей", "ью"):
            table.setdefault(base + ending, (name, gender))
    table |= {name.lower(): (name, gender) for name, gender in names}
    return table


_GIVENS: Final = _givens()


class Naming(NamedTuple):
    """A noun phrase that names a speaker: tokens ``[first, last)``, its shape, its head, its name, and its place.

    ``shape`` is ``pronoun``, ``office``, ``body`` or ``name``; ``name`` holds the words of a person's name, if any.
    """

    first: int
    last: int
    shape: str
    head: str = ""
    group: str = ""
    name: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    nominative: bool = True
    plural: bool = False


def _is_acronym(token: Token) -> bool:
    return len(token.text) > 1 and token.text.isupper() and token.text.replace("-", "").isalpha()


def _is_name_word(token: Token) -> bool:
    if not token.text[0].isupper() or token.low in _NO_NAMES or token.low in _AGENCY_WORDS:
        return False
    return (
        not _is_acronym(token)
        and (len(token.text) > 1 or token.text[-1] == ".")
        and token.text[-1].isalpha() | (token.text[-1] == ".")
    )


def naming(tokens: Sequence[Token], at: int, end: int, oblique: bool = False) -> Naming | None:
    """The phrase for a speaker that begins at token ``at`` and ends before ``end``; ``None`` where there is none.

    Heads must stand in the nominative unless ``oblique``.
    """
    if at >= end or not tokens[at].text[0].isalpha():
        return None
    if tokens[at].low in _PRONOUNS:
        return Naming(at, at + 1, "pronoun", tokens[at].low)
    place = at
    while place < min(end, at + 5) and _head(tokens[place].low) is None and _is_adjective(tokens[place], place == at):
        place += 1
    head = _head(tokens[place].low) if place < end else None
    if head and (head.nominative or oblique) and not (_is_acronym(tokens[place]) and head.lemma != tokens[place].low):
        return _headed(tokens, at, place, end, head)
    # «региональном МЧС»: an agency without a head noun may have an adjective all the same
    acronym = oblique and at < place < end and _is_acronym(tokens[place])
    found = _named(tokens, place if acronym else at, end)
    return found._replace(first=at) if found and acronym else found


def _is_adjective(token: Token, first: bool) -> bool:
    return bool(_ADJECTIVE.fullmatch(token.low)) and (first or token.text[0].islower()) and token.low not in _NO_NAMES


def _headed(tokens: Sequence[Token], first: int, place: int, end: int, head: _Head) -> Naming:
    last = _complement(tokens, place + 1, end, head.group)
    name = () if head.body else _name_at_end(tokens, place + 1, last)
    around = [*tokens[first:place], *tokens[place + 1 : last - len(name)]]
    about = tuple(dict.fromkeys(_place_key(t.low) for t in around if t.low not in PREPOSITIONS))
    shape = "body" if head.body else "office"
    return Naming(first, last, shape, head.lemma, head.group, name, about, head.nominative, head.plural)


def _place_key(low: str) -> str:
    """«РФ», «России» and «российский» have one key; so have other places and their adjectives, mostly."""
    return _COUNTRIES.get(low) or next(
        (key for stem, key in _COUNTRIES.items() if len(stem) > 4 and low.startswith(stem)), low[:3]
    )


def _complement(tokens: Sequence[Token], at: int, end: int, group: str) -> int:
    """Where the phrase ends whose head stands before ``at``: genitives, places, a title in quote marks, a name."""
    begin, end = at, min(end, at + 20)
    while at < end:
        token, before = tokens[at], tokens[at - 1]
        following = tokens[at + 1] if at + 1 < end else None
        if token.is_pair:
            at += 1
        elif token.low in PREPOSITIONS:
            leads = token.low in ("по", "при") or (token.low == "в" and group == "посол")
            if not leads or following is None or not following.text[0].isalpha():
                break
            at += 2
        elif token.low == "и":
            if following is None or not (following.text[0].islower() and _continues(following)):
                break
            at += 2
        elif token.text[0].isupper():
            if not (_is_name_word(token) or _is_acronym(token) or token.low in _AGENCY_WORDS):
                break
            at += 1
        elif _continues(token) and not (at > begin and _is_name_word(before) and not _ADJECTIVE.fullmatch(before.low)):
            at += 1
        else:
            break
    return at


def _continues(token: Token) -> bool:
    low = token.low
    if not low[0].isalpha() or low in ADVERBS or low in _ADDRESSEES or low in _NO_NAMES:
        return False
    return bool(_GENITIVE.fullmatch(low)) and (low in _NO_VERBS or not _VERBISH.fullmatch(low))


def _name_at_end(tokens: Sequence[Token], first: int, last: int) -> tuple[str, ...]:
    """The words of a person's name at the end of ``tokens[first:last]``, without the place before it."""
    start = last
    while start > first and _is_name_word(tokens[start - 1]):
        start -= 1
    run = [token.text for token in tokens[start:last]]
    given = next(
        (i for i, word in enumerate(run) if word.lower().replace("ё", "е") in _GIVENS or word[-1] == "."), None
    )
    if given is not None and given + 1 < len(run):
        return tuple(run[given:])
    if len(run) > 2:
        return tuple(run if run[0][-1] not in "аяыиого" else run[-2:])
    if len(run) == 2:
        return tuple(run if run[0][-1] not in "аяыи" else run[-1:])
    # one word is a place («мэр Саратова») if in the genitive, a name if it may be a nominative
    return tuple(run) if run and run[0][-1] not in "аяыиеою" and not _ADJECTIVE.fullmatch(run[0].lower()) else ()


def _named(tokens: Sequence[Token], at: int, end: int) -> Naming | None:
    """A person's name or an agency's at ``at``: a run of capitalised words, initials included, or an acronym."""
    token = tokens[at]
    if _is_acronym(token) or token.low in _AGENCY_WORDS:
        last = at + 1
        while last < end and (_is_acronym(tokens[last]) or tokens[last].low in _AGENCY_WORDS):
            last += 1
        return Naming(at, last, "body", "", " ".join(t.low for t in tokens[at:last]))
    # an occupation that no table has: «Звонарь собора Илья Котов»
    if at == 0 and at + 1 < end and tokens[1].text[0].islower() and _continues(tokens[1]):
        headed = _headed(tokens, 0, 0, end, _Head(token.low, token.low, False, True, False))
        if headed.name:
            return headed
    last = at
    while last < min(end, at + 4) and _is_name_word(tokens[last]) and _head(tokens[last].low) is None:
        last += 1
    if last == at or (last == at + 1 and token.text[-1] == "."):
        return None
    return Naming(at, last, "name", "", "", tuple(t.text for t in tokens[at:last]))


# Endings of another case and of the nominative, by gender; the first that fits is taken, so the longest stand first.
_TO_NOMINATIVE: Final = {
    "m": "ского:ский скому:ский ским:ский ого:ый овым:ов евым:ев ным:н ом: ем:ь ея:ей ая:ай ия:ий а: у: я:ь",
    "f": "овой:ова евой:ева иной:ина ской:ская цкой:цкая ову:ова еву:ева ину:ина ую:ая ой:а ы:а",
}


def _nominative(words: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """The words of a name that stands in another case, put in the nominative, and the gender that they show."""
    given = next((_GIVENS[w.lower()] for w in words[:-1] if w.lower() in _GIVENS), None)
    feminine = given[1] == "f" if given else words[-1].endswith(("ой", "ую"))
    gender = "f" if feminine else "m"
    changed = []
    for word in words:
        known = _GIVENS.get(word.lower()) if word is not words[-1] else None
        endings = (row.partition(":") for row in _TO_NOMINATIVE[gender].split())
        old, _, new = next((e for e in endings if word.endswith(e[0]) and len(word) > len(e[0]) + 2), ("", "", ""))
        changed.append(known[0] if known else word[: len(word) - len(old)] + new)
    return tuple(changed), gender


def _slug(name: str) -> str:
    latin = "".join(_LATIN_OF.get(c, c) for c in name.lower())
    return re.sub(r"[^a-z0-9]+", "-", latin).strip("-") or "speaker"


@dataclass(slots=True)
class _Member:
    """One entity of the cast: the forms of its name, its offices as (group, places), and what agrees with it."""

    id: str
    type: str
    name: str
    sure: bool = True
    words: int = 1
    gender: str = ""
    given: str = ""
    offices: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    spoke: bool = False


class Cast:
    """The people and agencies of one text, met in order; ``resolve`` says which of them a phrase stands for."""

    def __init__(self) -> None:
        self._members: list[_Member] = []
        self._by_key: dict[str, list[_Member]] = {}
        self._bodies: dict[str, _Member] = {}
        self._ids: set[str] = set()
        self._recent: list[tuple[_Member, int]] = []

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
            full = len(found.name) > 1 and found.name[0].lower() in _GIVENS
            if found.name and (found.shape == "office" or full):
                self._meet(found.name, self._is_nominative(found), found)
                if found.shape == "name":
                    self._appose(sentence, found)
            at = max(found.last, at + 1)

    def _appose(self, sentence: Sequence[Token], found: Naming) -> None:
        """«Иван Петров, директор завода, …» ties the office after the comma to the name before it."""
        if found.last + 1 < len(sentence) and sentence[found.last].text == ",":
            office = naming(sentence, found.last + 1, len(sentence), oblique=True)
            if office is not None and office.shape == "office" and not office.name:
                self._meet(found.name, self._is_nominative(found), office)

    @staticmethod
    def _is_nominative(found: Naming) -> bool:
        given = _GIVENS.get(found.name[0].lower())
        if given and len(found.name) > 1:
            return given[0].lower() == found.name[0].lower()
        return found.nominative

    def _meet(self, words: tuple[str, ...], nominative: bool, office: Naming | None = None) -> _Member:
        name, gender = (words, "") if nominative else _nominative(words)
        given = _GIVENS.get(name[0].lower()) if len(name) > 1 else None
        if nominative:
            gender = (
                given[1]
                if given
                else "f"
                if name[-1].endswith(("ова", "ева", "ская", "цкая")) and len(name) > 1
                else ""
            )
        member = self._known(words[-1], given[0] if given else "")
        if member is None:
            member = self._add("PERSON", " ".join(name), gender)
            member.sure, member.words = nominative, len(name)
            self._index(member, words[-1])
        elif len(name) > member.words or (len(name) == member.words and nominative and not member.sure):
            member.name, member.sure, member.words = " ".join(name), nominative, len(name)
            self._rename(member)
        member.gender = member.gender or gender
        member.given = member.given or (given[0] if given else "")
        if office and office.group:
            member.offices.append((office.group, frozenset(office.about)))
        return member

    def _index(self, member: _Member, surname: str) -> None:
        for key in _keys(surname.lower().replace("ё", "е")):
            self._by_key.setdefault(key, []).append(member)

    def _known(self, surname: str, given: str = "") -> _Member | None:
        for key in _keys(surname.lower().replace("ё", "е")):
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

    def hear(self, sentence: Sequence[Token], number: int) -> None:
        """Remember which known people a sentence (its number given) names in the nominative, for pronouns to come."""
        for token in sentence:
            if _is_name_word(token) and (member := self._known(token.text)) and self._looks_nominative(token, member):
                self._recent.append((member, number))

    @staticmethod
    def _looks_nominative(token: Token, member: _Member) -> bool:
        return token.low == member.name.split()[-1].lower().replace("ё", "е")

    def resolve(
        self, tokens: Sequence[Token], found: Naming, gender: str, number: int, outer: str | None = None
    ) -> str | None:
        """The id of the member that a phrase stands for.

        ``gender`` is what the verb shows (``m``, ``f``, ``p`` or empty), ``number`` the sentence's, ``outer`` the
        speaker of the quote around it, who is «я» and «мы».
        """
        member = self._member(tokens, found, gender, outer)
        if member is None:
            return outer if found.head in ("я", "мы") else None
        member.spoke = True
        if not member.gender and member.type == "PERSON" and gender in ("m", "f") and found.name:
            member.gender = gender
        self._recent.append((member, number))
        return member.id

    def _member(self, tokens: Sequence[Token], found: Naming, gender: str, outer: str | None) -> _Member | None:
        if found.shape == "pronoun":
            wanted = _PRONOUNS[found.head]
            return None if wanted == "1" else self._latest(wanted, outer)
        if found.name:
            return self._meet(found.name, self._is_nominative(found), found if found.shape == "office" else None)
        surface = " ".join(_surface(tokens, found))
        if found.shape == "body":
            return self._body(surface, found)
        return self._holder(found, gender) or self._office(surface, found)

    def _latest(self, wanted: str, outer: str | None = None) -> _Member | None:
        """The last person (for «они», the last agency or role in the plural) who agrees with a pronoun."""
        for member, _ in reversed(self._recent[-60:]):
            if member.id == outer:
                continue
            fits = (
                member.gender in ("p", "n") or member.type == "ORGANIZATION"
                if wanted in "pn"
                else member.gender in ("", wanted)
            )
            if fits and (wanted in "pn" or member.type == "PERSON"):
                return member
        return None

    def _holder(self, found: Naming, gender: str) -> _Member | None:
        """Who holds a bare office: by apposition first, then, for offices that point back, whoever spoke last."""
        wanted = frozenset(found.about)
        if found.plural:
            return None
        for member in reversed(self._members[-400:]):
            for group, about in member.offices:
                if group == found.group and (not wanted or not about or wanted & about):
                    return member
        bare = found.head in _INFORMANTS or (not wanted and found.head in _ANAPHORIC)
        return self._latest(gender if gender in ("m", "f") else "m") if bare else None

    def _office(self, surface: str, found: Naming) -> _Member:
        key = surface.lower()
        if key not in self._bodies:
            self._bodies[key] = self._add("PERSON", surface, "p" if found.plural else "")
        return self._bodies[key]

    def _body(self, surface: str, found: Naming) -> _Member | None:
        if found.head and not found.about:
            recent = (m for m, _ in reversed(self._recent[-60:]) if m.type == "ORGANIZATION")
            same = next((m for m in recent if found.head in _ANAPHORIC_BODIES or m.name.startswith(found.head)), None)
            if same:
                return same
        key = " ".join((found.head, *found.about)) if found.head else surface.lower()
        if key not in self._bodies:
            self._bodies[key] = self._add("ORGANIZATION", surface)
        return self._bodies[key]


def _surface(tokens: Sequence[Token], found: Naming) -> list[str]:
    """The words of a phrase with its head in the nominative; adjectives before a head in another case are left out."""
    words: list[str] = []
    at_head = bool(found.head)
    for token in tokens[found.first : found.last]:
        head = _head(token.low) if at_head else None
        if head and head.lemma == found.head:
            at_head = False
            words = (
                [*words, token.text if _is_acronym(token) else token.text.lower()] if head.nominative else [head.lemma]
            )
        else:
            words.append(token.text.lower() if at_head else token.text)
    if not found.head:
        words = [word for word in words if not word.islower()]
    return words
