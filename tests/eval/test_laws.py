"""What holds for any gold and any predictions."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

import goldwire
from goldwire.corpus.document import UNSET, Document, Entity, Mention, Quote
from goldwire.eval.measures import MEASURES
from goldwire.eval.scorer import Scorer
from goldwire.eval.tally import Rows, Tally
from tests.eval.cases.records import SCHEMES, document, rows, scores
from tests.strategies import LAW, documents, texts

FEW = settings(LAW, max_examples=40)
ENTITIES = [f"entities.{scheme}" for scheme in (*SCHEMES, "soft")]
QUOTES = [name for name in MEASURES if name.startswith("quotes.") and name != "quotes.kind"]
SOMEONE = Entity(id="someone", type="PERSON", name="someone")


def sound(drawn: Document, name: str = "d") -> Document:
    """The drawn document as a gold that is sound: nothing twice, and every quote names an entity that has a name."""
    entities = tuple(replace(entity, name=f"name {at}") for at, entity in enumerate(drawn.entities or ()))
    known = {entity.id for entity in entities}
    quotes = [q if q.speaker_entity in known else replace(q, speaker_entity=SOMEONE.id) for q in drawn.quotes or ()]
    changes: dict[str, Any] = {
        "id": name,
        "entities": (*entities, SOMEONE),
        "mentions": drawn.mentions and _once(drawn.mentions, lambda m: (m.start, m.end, m.type)),
        "quotes": drawn.quotes and _once(quotes, lambda q: (sorted(q.content), sorted(q.marked or ()), q.kind, q.cue,
                                                            q.speaker, q.speaker_entity)),
        "sections": UNSET if not (drawn.text or "").strip() else drawn.sections and _once(drawn.sections, str),
    }  # fmt: skip
    return replace(drawn, **changes)


def _once(items: Any, key: Any) -> tuple[Any, ...]:
    return tuple({str(key(item)): item for item in items}.values())


def golds() -> st.SearchStrategy[Document]:
    return documents(offsets=True).map(sound)


@st.composite
def pairs(draw: Any) -> tuple[Document, Document]:
    """Two sound documents over one short text, so that their parts often meet."""
    text = st.just(draw(texts(max_pieces=6)))
    one, other = (sound(draw(documents(text, offsets=True))) for _ in range(2))
    if draw(st.booleans()) and one.quotes and other.quotes:
        # some content in common
        shared = tuple(replace(q, content=one.quotes[0].content) for q in other.quotes[:2])
        other = sound(replace(other, quotes=(*shared, *other.quotes[2:])))
    return one, other


SPANS = st.tuples(st.integers(0, 9), st.integers(1, 7)).map(lambda drawn: (drawn[0], sum(drawn)))
PARTS = st.sampled_from([None, (0, 3), (0, 4), (5, 8)])
MENTIONS = st.builds(lambda span, kind: Mention(start=span[0], end=span[1], type=kind), SPANS, st.sampled_from("AB"))
SAID = st.builds(
    lambda span, kind, cue, speaker, who: Quote(
        kind=kind, content=(span,), cue=cue, speaker=speaker, speaker_entity=who, marked=(span,)
    ),
    SPANS, st.sampled_from("ab"), PARTS, PARTS, st.sampled_from([None, "x", "y"]),
)  # fmt: skip


def crowded(**layers: st.SearchStrategy[Any]) -> st.SearchStrategy[Document]:
    """A short text in which much overlaps; nothing is twice."""
    drawn = {name: st.lists(items, max_size=5, unique=True).map(tuple) for name, items in layers.items()}
    return st.builds(Document, id=st.just("d"), text=st.just("abc, def ghi jkl"), **drawn)


CROWDED = st.tuples(crowded(mentions=MENTIONS), crowded(mentions=MENTIONS))
TALKING = st.tuples(crowded(quotes=SAID), crowded(quotes=SAID))


EMPTY: dict[str, Any] = {"mentions": (), "quotes": (), "blocks": (), "sections": (), "dateline": None}


def without_signatures(found: dict[str, Any]) -> dict[str, Any]:
    return {name: {key: value for key, value in score.items() if key != "signature"} for name, score in found.items()}


@FEW
@given(golds())
def test_gold_against_itself_is_one_or_null(gold: Document) -> None:
    for name, score in scores(gold, gold).items():
        best = 0.0 if MEASURES[name].lower_is_better else 1.0
        for figure in ("value", "precision", "recall", "f1", "accuracy", "macro_type", "macro_document"):
            assert score.get(figure) in (best, None), (name, figure)


def test_the_embedded_gold_against_itself_is_one() -> None:
    gold = goldwire.load()
    found = {name: score["value"] for name, score in scores(gold, gold).items()}
    assert found.pop("sections.left-whole") is None  # the article has three sections
    assert (found.pop("sections.window-diff"), found.pop("sections.pk")) == (0.0, 0.0)
    assert set(found.values()) == {1.0}


@FEW
@given(golds())
def test_empty_layers_have_recall_zero_and_no_precision(gold: Document) -> None:
    for name, score in scores(gold, Document(id="d", **EMPTY)).items():
        if MEASURES[name].value == "f1":
            wanted = 0.0 if score["counts"]["gold"] else None
            assert (score["precision"], score["recall"], score["f1"]) == (None, wanted, wanted), name
        elif not MEASURES[name].lower_is_better:
            assert score["value"] in (0.0, None), name


@settings(LAW, max_examples=150)
@given(pairs() | CROWDED | TALKING)
def test_swapping_gold_and_prediction_swaps_precision_and_recall(pair: tuple[Document, Document]) -> None:
    gold, guess = pair
    there, back = scores(gold, guess), scores(guess, gold)
    for name in (*ENTITIES, *QUOTES):
        if name in there and name in back:
            one, other = there[name], back[name]
            assert (one["precision"], one["recall"], one["f1"]) == (other["recall"], other["precision"], other["f1"])


@FEW
@given(st.lists(pairs(), min_size=1, max_size=3), st.randoms(use_true_random=False))
def test_any_permutation_changes_nothing(listed: list[tuple[Document, Document]], shuffler: random.Random) -> None:
    def shuffled(one: Document) -> Document:
        layers = ("mentions", "quotes", "blocks", "sections", "entities")
        changes = {layer: getattr(one, layer) for layer in layers if getattr(one, layer)}
        return replace(one, **{layer: tuple(shuffler.sample(v, len(v))) for layer, v in changes.items()})

    golds_ = [replace(gold, id=str(n)) for n, (gold, _) in enumerate(listed)]
    guesses = [replace(guess, id=str(n)) for n, (_, guess) in enumerate(listed)]
    # copies, which only predictions may have
    guesses = [replace(g, mentions=g.mentions and (*g.mentions, *g.mentions[:1])) for g in guesses]
    before = scores(golds_, guesses, draws=20)
    order = shuffler.sample(range(len(listed)), len(listed))
    after = scores([shuffled(golds_[n]) for n in order], [shuffled(guesses[n]) for n in order[::-1]], draws=20)
    assert without_signatures(after) == without_signatures(before)


def drawn_pairs(seed: int, n: int) -> list[tuple[Document, Document]]:
    """``n`` documents of nested and crossing mentions and of quotes, with predictions near them."""
    random_ = random.Random(seed)

    def side(name: str) -> Document:
        listed = {(at, at + random_.randint(1, 5), random_.choice("AB")) for at in random_.choices(range(20), k=6)}
        quotes = {(at, at + random_.randint(1, 9), random_.choice("ab")) for at in random_.choices(range(20), k=3)}
        return Document(
            id=name,
            text="abc def. \n" * 4,
            mentions=tuple(Mention(start=s, end=e, type=kind) for s, e, kind in sorted(listed)),
            quotes=tuple(
                Quote(kind=kind, content=((s, e),), speaker=(s, s + 1), speaker_entity=kind)
                for s, e, kind in sorted(quotes)
            ),
        )

    return [(side(f"d{at}"), side(f"d{at}")) for at in range(n)]


@pytest.mark.parametrize("n", [4, 15], ids=["over blocks", "over documents"])
def test_intervals_do_not_hang_on_any_order(n: int) -> None:
    listed = drawn_pairs(1, n)
    random_ = random.Random(2)

    def shuffled(one: Document) -> Document:
        return replace(
            one,
            mentions=tuple(random_.sample(one.mentions, len(one.mentions))),
            quotes=tuple(random_.sample(one.quotes, len(one.quotes))),
        )

    before = scores([g for g, _ in listed], [p for _, p in listed], draws=100)
    mixed = random_.sample(listed, n)
    after = scores([shuffled(g) for g, _ in mixed], [shuffled(p) for _, p in mixed[::-1]], draws=100)
    assert without_signatures(after) == without_signatures(before)
    assert before["entities.strict"]["interval"] is not None


@pytest.mark.parametrize("cut", [1, 7, 12])
def test_rows_of_two_scorers_are_the_rows_of_one(cut: int) -> None:
    listed = drawn_pairs(3, 15)
    assert {**rows(listed[:cut]), **rows(listed[cut:])} == rows(listed)


def test_a_tally_of_shards_is_the_tally_of_the_whole() -> None:
    listed = drawn_pairs(4, 15)

    def tally(*shards: list[tuple[Document, Document]]) -> Tally:
        total = Tally()
        for shard in shards:
            tables: list[Rows] = []
            scorer = Scorer(on_rows=tables.append)
            for gold, guess in shard:
                scorer.add(gold, guess)
            scorer.result(draws=0)
            for table in tables:
                total.add(table)
        return total

    whole, parts = tally(listed), tally(listed[9:], listed[:2], listed[2:9])
    assert {key: counts.tolist() for key, counts in whole.sums()} == {
        key: counts.tolist() for key, counts in parts.sums()
    }
    assert whole.units() == parts.units()
    one, other = whole.by_unit(), parts.by_unit()
    assert one.keys() == other.keys()
    assert all((one[key] == other[key]).all() for key in one)


def test_micro_counts_of_merged_documents_are_sums() -> None:
    listed = drawn_pairs(5, 12)
    whole = scores([g for g, _ in listed], [p for _, p in listed])
    parts = [scores(g, p) for g, p in listed]
    for name in ("entities.strict", "entities.type", "entities.partial", "entities.soft", "quotes.quote"):
        for count in ("hits", "predicted", "gold"):
            assert whole[name]["counts"][count] == sum(part[name]["counts"][count] for part in parts), name


def test_documents_as_cells_score_as_blocks_do() -> None:
    listed = drawn_pairs(6, 15)
    found = []
    for on_rows in (None, lambda _: None):
        scorer = Scorer(on_rows=on_rows)
        for gold, guess in listed:
            scorer.add(gold, guess)
        found.append(scorer.result(draws=50).scores)
    assert found[0] == found[1]


@pytest.mark.parametrize("size", [1, 4])
def test_the_size_of_a_chunk_changes_nothing(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = drawn_pairs(7, 25)
    sides = [g for g, _ in listed], [p for _, p in listed]
    whole = scores(*sides, draws=50)
    monkeypatch.setattr("goldwire.eval.scorer._CHUNK_DOCUMENTS", size)
    assert scores(*sides, draws=50) == whole


@settings(LAW, max_examples=150)
@given(CROWDED)
def test_loose_schemes_are_never_below_strict_ones(pair: tuple[Document, Document]) -> None:
    found = scores(*pair)
    strict, exact, kind, partial = (found[f"entities.{scheme}"]["f1"] for scheme in SCHEMES)
    assume(strict is not None)
    assert strict <= exact <= partial
    assert strict <= kind


@FEW
@given(pairs())
def test_a_span_that_touches_no_gold_never_raises_precision(pair: tuple[Document, Document]) -> None:
    gold, guess = pair
    end = len(gold.text or "")
    gold = replace(gold, text=f"{gold.text} far away", sha256=UNSET)
    guess = replace(guess, text=UNSET, sha256=UNSET, mentions=guess.mentions or (), quotes=guess.quotes or ())
    away = (end + 1, end + 4)
    more = replace(
        guess,
        mentions=(*guess.mentions, Mention(start=away[0], end=away[1], type="PERSON")),
        quotes=(*guess.quotes, Quote(kind="direct", content=(away,))),
    )
    before, after = scores(gold, guess), scores(gold, more)
    for name in (*ENTITIES, *QUOTES):
        if name in before and before[name]["precision"] is not None:
            assert after[name]["precision"] <= before[name]["precision"], name
            assert after[name]["recall"] == before[name]["recall"], name


@settings(LAW, max_examples=150)
@given(CROWDED, st.randoms(use_true_random=False))
def test_a_prediction_doubled_changes_only_predicted_and_spurious(
    pair: tuple[Document, Document], chooser: random.Random
) -> None:
    gold, guess = pair
    assume(guess.mentions)
    before = scores(gold, guess)
    after = scores(gold, replace(guess, mentions=(*guess.mentions, chooser.choice(guess.mentions))))
    for scheme in SCHEMES:
        old, new = before[f"entities.{scheme}"]["counts"], after[f"entities.{scheme}"]["counts"]
        assert new == old | {"predicted": old["predicted"] + 1, "spurious": old["spurious"] + 1}
    assert after["entities.soft"] == before["entities.soft"]


@settings(LAW, max_examples=100)
@given(TALKING, st.randoms(use_true_random=False))
def test_a_quote_doubled_is_no_second_hit(pair: tuple[Document, Document], chooser: random.Random) -> None:
    gold, guess = pair
    assume(guess.quotes)
    before = scores(gold, guess)
    after = scores(gold, replace(guess, quotes=(*guess.quotes, chooser.choice(guess.quotes))))
    for name in QUOTES:
        if name not in ("quotes.content.soft", "quotes.content.jm"):
            assert after[name]["counts"].get("hits") == before[name]["counts"].get("hits"), name
        assert after[name]["recall"] == before[name]["recall"], name
    for name in ("quotes.quote", "quotes.content.exact", "quotes.who-said-what", "quotes.joint"):
        assert after[name]["counts"]["predicted"] == before[name]["counts"]["predicted"] + 1


def test_one_span_doubled_over_two_gold_mentions_is_one_hit() -> None:
    # the copy is spurious, though the second gold mention would be free for it
    gold = document("AAA AAA")
    once, twice = (scores(gold, document(*["AAAAAAA"] * n)) for n in (1, 2))
    for scheme in SCHEMES:
        assert twice[f"entities.{scheme}"]["counts"]["hits"] == once[f"entities.{scheme}"]["counts"]["hits"]
        assert twice[f"entities.{scheme}"]["recall"] == once[f"entities.{scheme}"]["recall"]
