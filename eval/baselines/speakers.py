"""Phrases that name a speaker: pronouns, offices and roles, agencies, people's names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from goldwire.eval.baselines.sentences import Token, words

__all__ = [
    "ADVERBS",
    "COUNTRIES",
    "GIVENS",
    "OWNERS",
    "PREPOSITIONS",
    "PRONOUNS",
    "UNITS",
    "Naming",
    "is_name_word",
    "naming",
    "stem",
    "surface",
]

# Heads of offices and roles, in groups: words of one group can stand for one holder.
_OFFICES: Final = (
    "президент лидер",
    "премьер премьер-министр",
    "мэр градоначальник",
    "губернатор",
    "министр",
    "глава руководитель начальник директор гендиректор шеф управляющий заведующий",
    "председатель спикер",
    "представитель пресс-секретарь секретарь",
    "депутат сенатор парламентарий законодатель политик",
    "посол дипломат постпред полпред посланник консул",
    "тренер наставник",
    "спортсмен вратарь нападающий полузащитник чемпион футболист хоккеист теннисист игрок защитник",
    "генерал полковник командир командующий майор адмирал военный офицер",
    "адвокат юрист",
    "эксперт аналитик экономист политолог специалист ученый профессор академик доцент ректор биолог историк врач "
    "хирург метеоролог эколог инженер доктор географ археолог геолог астроном",
    "писатель режиссер актер музыкант художник поэт артист певец продюсер куратор",
    "власть синоптик",
    # of the others no two words mean one holder
    *(
        "главврач замминистра замглавы замдиректора зампред прокурор судья следователь "
        "источник собеседник очевидец свидетель участник житель горожанин сотрудник помощник заместитель советник "
        "координатор организатор основатель владелец уполномоченный омбудсмен король канцлер чиновник бизнесмен "
        "предприниматель ветеринар фермер капитан корреспондент журналист обозреватель спасатель пилот космонавт "
        "учитель актриса певица писательница учительница журналистка спортсменка чемпионка руководительница"
    ).split(),
)
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
    "",
    *"а я у ю ы и е й ь о ой ей ом ем ым им ого его ому ему ый ий ая яя ую юю".split(),
    *"ов ах ам ами ых их ии ия ью ям ями".split(),
)

ADVERBS: Final = words(
    "также ранее вчера сегодня тоже позднее позже затем потом неоднократно особо отдельно уже еще недавно "
    "накануне впоследствии однако дополнительно тогда теперь ведь лично официально публично прямо снова вновь "
    "утром днем вечером ночью завтра же в-частности впервые наконец просто кратко коротко часто постоянно тут там "
    "так"
)
"""Words that may stand between a verb and its subject."""

PREPOSITIONS: Final = words(
    "в во на с со к ко о об обо от до для из изо по при про без под над за у через между перед после около против "
    "согласно среди вместо кроме благодаря"
)
"""Words behind which no subject stands."""

OWNERS: Final = words("его ее их")
"""Pronouns that own the noun behind them."""

_ADDRESSEES: Final = words(
    "журналистам журналисту репортерам корреспонденту корреспондентам агентству телеканалу радиостанции газете "
    "изданию собравшимся депутатам участникам слушателям коллегам порталу зрителям жителям горожанам родителям"
)
PRONOUNS: Final = {"он": "m", "она": "f", "они": "p", "оно": "n", "я": "1", "мы": "1", "его": "m", "ее": "f", "их": "p"}
"""What a pronoun agrees with: m, f, n, p (plural), or 1 for the first person."""

# Capitalised only because they begin a sentence: never a name.
_NO_NAMES: Final = ADVERBS.union(
    PREPOSITIONS,
    words(
        "это этот эта эти как что если когда где при но а и да нет не все всё мы я он она они его ее их тот та те так "
        "чтобы кто который которая которые хотя пока такой такая такое такие каждый сам сама сами один одна свою свой "
        "поэтому напомним главное итоги слова мнение речь январь пресс-конференция отвечая комментируя говоря касаясь "
        "по-русски понедельник"
    ),
)
_VERBISH = re.compile(
    r".{2,}(?:[аеиоуыя]ла|[аеиоуыя]ло|[аеиоуыя]ли|л|лся|лась|лись|ет|ют|ит|ят|ется|ются|ться|ить|ать|еть)$"
)
_NO_VERBS: Final = words(
    "дел отдела посла совет совета села штаба раздела дела стола квартала филиала совет комитет университет бюджет"
)
_ADJECTIVE = re.compile(r".{2,}(?:ый|ий|ой|ая|яя|ое|ее|ого|его|ому|ему|ым|им|ом|ем|ей|ую|юю|ые|ие|ых|их)$")
_GENITIVE = re.compile(r".*(?:[аяыиьйюу]|ов|ев|ых|их|ого|его|ств|ом|ам|ям|ат|ин|ор|нн?о|дел)$")
# Words for one country; those that share a stem («Япония», «японский») stand here once.
_COUNTRY_ROWS: Final = (
    *("россия рф", "сша америка американский соединенные", "китай кнр китайский", "германия фрг немецкий"),
    *("великобритания британия британский", "франция французский", "италия", "испания", "греция греческий"),
    *("турция турецкий", "япония", "индия", "польша польский", "чехия чешский", "венгрия венгерский", "сербия"),
    *("швеция шведский", "норвегия норвежский", "финляндия финский", "дания датский", "нидерланды голландский"),
    *("украина", "белоруссия беларусь", "казахстан казахский", "узбекистан узбекский", "таджикистан таджикский"),
    *("киргизия кыргызстан киргизский", "грузия грузинский", "армения армянский", "азербайджан", "молдавия молдова"),
    *("эстония", "латвия", "литва литовский", "сирия", "иран", "ирак", "израиль", "египет египетский", "кндр"),
)
# Occupations that no table has, by their suffix: «сейсмолог», «машинист».
_SUFFIXED = re.compile(r"([а-я]{2,}(?:олог|ограф|овед)|[а-я]{4,}ист)(?:а|у|ом|е)?")
_NO_OCCUPATIONS: Final = words("каталог диалог монолог аналог некролог пролог эпилог автограф параграф")
_PLACE_NOUNS: Final = words("города поселка села деревни станицы области республики района края округа штата острова")
# Adjectives that say nothing of which office is meant.
_EPITHETS: Final = words("новый новая нынешний нынешняя действующий действующая избранный избранная")


_ENDING = re.compile(r"(?:[аео][мх]|я[мх]|[ое]в|[ая]ми|[ое]го|[ое]му|[ыи][мх]|[аеиоуыьюяй]+)$")


def stem(low: str) -> str:
    """What all cases of a word have in common and, mostly, a place and its adjective: «Саратова», «саратовский»."""
    stem = _ENDING.sub("", low).removesuffix("ск").rstrip("ийь")
    return stem if len(stem) > 2 else low[:3]


_COUNTRY_OF: Final = {stem(word): row.split()[0] for row in _COUNTRY_ROWS for word in row.split()}

COUNTRIES: Final = frozenset(_COUNTRY_OF.values())
"""The keys in ``Naming.about`` that are countries."""

UNITS: Final = frozenset(
    stem(word)
    for word in "страна государство республика область край регион район город округ штат столица "
    "регулятор ведомство компания предприятие организация учреждение клуб".split()
)
"""The keys in ``Naming.about`` that mean a place or a body without its name."""


class _Head(NamedTuple):
    """A form of a head noun: its nominative, the group it stands for, and what the form shows."""

    lemma: str
    group: str
    body: bool
    nominative: bool
    plural: bool


def _heads() -> dict[str, _Head]:
    """Every form of every head noun; nominatives win over the other cases."""
    forms: dict[str, _Head] = {}
    rows = [(word, row.split()[0], False) for row in _OFFICES for word in row.split()]
    rows += [(word, word, True) for word in _BODIES.split()]
    for word, group, body in rows:
        base = re.sub(r"(?:ый|ий|ия|ие|[аяьйо])$", "", word)
        for ending in _CASE_ENDINGS:
            forms.setdefault(base + ending, _Head(word, group, body, False, False))
    for word, group, body in rows:
        if not body and (plural := _plural(word)):
            forms[plural] = _Head(plural, group, False, True, True)
            for ending in ("ов", "ев", "ам", "ями", "ами", "ах"):
                forms[re.sub(r"[йь]$", "", word) + ending] = _Head(plural, group, False, False, True)
    for word in _PLURALS.split():
        forms[word] = _Head(word, word, False, True, True)
    for word, group, body in rows:
        forms[word] = _Head(word, group, body, True, False)
    return forms


def _plural(word: str) -> str | None:
    """The nominative plural of a masculine noun that ends in a consonant, in «ь» or in «й»; else ``None``."""
    if word[-1] in "ьй":
        return word[:-1] + "и"
    return None if word[-1] in "аяоеиыую" else word + ("и" if word[-1] in "гкхжшщч" else "ы")


_HEADS: Final = _heads()
_FEMININE: Final = ("ова", "ева", "ёва", "ина", "ына", "ская", "цкая")
_PREFIXES: Final = words("вице экс зам арт медиа обер ген пресс")


@lru_cache(maxsize=4096)
def _head(low: str) -> _Head | None:
    """The head noun that ``low`` is a form of, with «вице-», «экс-» and the like allowed before it."""
    found = _HEADS.get(low)
    prefix, _, bare = low.partition("-")
    if found is None and prefix in _PREFIXES and (base := _HEADS.get(bare)):
        # a vice president holds another office than the president
        return base._replace(group=f"{prefix}-{base.group}")
    if found is None and _AGENCY_STEM.fullmatch(low):
        # «Минфина» is a form of «Минфин»; «Минобороны» has none
        lemma = re.sub(r"(?<=[бвгдзклмнпрстфхцчшщ])(?:а|у|ом|е)$", "", low) if low.startswith("мин") else low
        return _Head(lemma, lemma, True, True, False)
    suffixed = _SUFFIXED.fullmatch(low) if found is None else None
    if suffixed and suffixed[1] not in _NO_OCCUPATIONS:
        return _Head(suffixed[1], suffixed[1], False, suffixed[1] == low, False)
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


GIVENS: Final = _givens()
"""Every form of the given names (in lower case): the name and its gender, m or f."""


class Naming(NamedTuple):
    """A noun phrase that names a speaker, at tokens ``[first, last)``.

    ``shape`` is ``pronoun``, ``office``, ``body`` or ``name``; ``head`` its noun in the nominative and ``group`` what
    that noun has in common with others; ``name`` the words of a person's name, if any; ``about`` a key for each other
    word, the same in every case, one for a country and its adjective. ``nominative`` and ``plural`` are the head's.
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


def is_name_word(token: Token) -> bool:
    """Whether a token can be part of a person's name, as an initial with its dot can."""
    text = token.text
    if not text[0].isupper() or _is_acronym(token) or token.low in _NO_NAMES or token.low in _AGENCY_WORDS:
        return False
    return len(text) > 1 and (text[-1].isalpha() or text[-1] == ".")


def naming(tokens: Sequence[Token], at: int, end: int, oblique: bool = False) -> Naming | None:
    """The phrase for a speaker that begins at token ``at`` and ends before ``end``; ``None`` where there is none.

    Heads must stand in the nominative unless ``oblique``.
    """
    if at >= end or not tokens[at].text[0].isalpha():
        return None
    if tokens[at].low in PRONOUNS:
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
    rank = _head(tokens[last].low) if last < end and not name and not head.body else None
    if rank and rank.nominative and head.nominative and not rank.body:
        # «командир полка майор Иван Котов» is one phrase, of the first office
        inner = _headed(tokens, last, last, end, rank)
        if inner.name:
            found = _headed(tokens, first, place, last, head)
            return found._replace(last=inner.last, name=inner.name)
    around = [*tokens[first:place], *tokens[place + 1 : last - len(name)]]
    stems = (stem(t.low) for t in around if t.low not in PREPOSITIONS and t.low not in _EPITHETS)
    about = tuple(dict.fromkeys(_COUNTRY_OF.get(stem, stem) for stem in stems))
    shape = "body" if head.body else "office"
    return Naming(first, last, shape, head.lemma, head.group, name, about, head.nominative, head.plural)


def _complement(tokens: Sequence[Token], at: int, end: int, group: str) -> int:
    """Where the phrase ends whose head stands before ``at``: genitives, places, a title in quote marks, a name."""
    begin, end = at, min(end, at + 20)
    while at < end:
        token, before = tokens[at], tokens[at - 1]
        following = tokens[at + 1] if at + 1 < end else None
        if token.is_pair:
            at += 1
        elif token.low in PREPOSITIONS or token.low == "и":
            # a complement stands before the name: «уполномоченный по правам ребенка Анна Котова»
            if following is None or not following.text[0].isalpha() or _ends_in_name(tokens, begin, at):
                break
            joined = token.low == "и" and following.text[0].islower() and _continues(following)
            if not (joined or token.low in ("по", "при") or (token.low == "в" and group == "посол")):
                break
            at += 2
        elif token.text[0].isupper():
            if not (is_name_word(token) or _is_acronym(token) or token.low in _AGENCY_WORDS):
                break
            at += 1
        elif _continues(token) and not (at > begin and is_name_word(before) and not _ADJECTIVE.fullmatch(before.low)):
            at += 1
        else:
            break
    return at


def _ends_in_name(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether ``tokens[first:last]`` ends in a given name, or what is like one, and a surname."""
    name = _name_at_end(tokens, first, last)
    return len(name) > 1 and (name[0].lower().replace("ё", "е") in GIVENS or name[0][-1] not in "аяыиеоуюь")


def _continues(token: Token) -> bool:
    low = token.low
    if not low[0].isalpha() or low in ADVERBS or low in _ADDRESSEES or low in _NO_NAMES:
        return False
    return bool(_GENITIVE.fullmatch(low)) and (low in _NO_VERBS or not _VERBISH.fullmatch(low))


def _name_at_end(tokens: Sequence[Token], first: int, last: int) -> tuple[str, ...]:
    """The words of a person's name at the end of ``tokens[first:last]``, without the place before it."""
    start = last
    while start > first and is_name_word(tokens[start - 1]):
        start -= 1
    # «мэр города Устье Иван Котов»: the word behind «города» is the place
    if last - start > 2 and start > 0 and tokens[start - 1].low in _PLACE_NOUNS:
        start += 1
    run = [token.text for token in tokens[start:last]]
    given = next((i for i, word in enumerate(run) if word.lower().replace("ё", "е") in GIVENS or word[-1] == "."), None)
    if given is not None and given + 1 < len(run):
        return tuple(run[given:])
    if len(run) > 2:
        return tuple(run if run[0][-1] not in "аяыиого" else run[-2:])
    if len(run) == 2:
        # two that agree in the feminine are a name («Залина Кокова»), else the first may be a place in the genitive
        feminine = run[0][-1] in "ая" and run[1].endswith(_FEMININE)
        return tuple(run if feminine or run[0][-1] not in "аяыи" else run[-1:])
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
    while last < min(end, at + 4) and is_name_word(tokens[last]) and _head(tokens[last].low) is None:
        last += 1
    if last == at or (last == at + 1 and token.text[-1] == "."):
        return None
    return Naming(at, last, "name", "", "", tuple(t.text for t in tokens[at:last]))


def surface(tokens: Sequence[Token], found: Naming) -> str:
    """The words of a phrase with its head in the nominative; adjectives before a head in another case are left out."""
    if not found.head:
        return " ".join(token.text for token in tokens[found.first : found.last] if not token.text.islower())
    if tokens[found.first].low.startswith("мин") and found.shape == "body" and found.head not in _HEADS:
        # an agency's short name keeps its capital, in the nominative
        rest = [token.text for token in tokens[found.first + 1 : found.last]]
        return " ".join((tokens[found.first].text[: len(found.head)], *rest))
    kept: list[str] = []
    at_head = True
    for token in tokens[found.first : found.last]:
        head = _head(token.low) if at_head else None
        if head and head.lemma == found.head:
            at_head = False
            # what stands before the head goes with its case
            kept = [*kept, _lowered(token)] if head.nominative else [head.lemma]
        else:
            kept.append(token.text.lower() if at_head else token.text)
    return " ".join(kept)


def _lowered(token: Token) -> str:
    return token.text if _is_acronym(token) else token.text.lower()
