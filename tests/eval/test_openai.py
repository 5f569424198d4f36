"""``openai:MODEL`` through the openai library, against a server on this machine that says what models really say."""

from __future__ import annotations

import json
import logging
import re

import pytest

pytest.importorskip("openai")

from goldwire import load
from goldwire.corpus.document import Block, Dateline, Document, Quote
from goldwire.corpus.errors import ExtractorError, ServiceError, UsageError
from goldwire.corpus.scheme import SCHEME
from goldwire.eval.alignment import fold
from goldwire.eval.extractors import find
from goldwire.eval.extractors.answers import FAULTS, read_answer
from goldwire.eval.extractors.cache import SCHEMA
from goldwire.eval.extractors.openai import PROMPTS, make, prompt_of, require
from tests.eval.model_server import Reply, completion, failure, running

KEY = "sk-secret-0123456789"
TEXT = (
    "Климова: мост закроют\n\n"
    "ОСЛО, 5 мая. /Рейтер/. Министр Анна\u00a0Климова сказала: «Мост полностью безопасен, но стар». "
    "По словам врача Лосева, больница переполнена. "
    '"Дорога закрыта, - добавила она. - Объезда нет".'
)
DOCUMENT = Document(id="oslo", text=TEXT)
OURS = ("entities", "quotes", "sections")


@pytest.fixture
def server(monkeypatch, tmp_path):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.chdir(tmp_path)  # runs/.cache
    with running() as state:
        monkeypatch.setenv("OPENAI_BASE_URL", state.url)
        yield state


def said(server, answer, *, ask, text=TEXT, finish="stop", **options):
    """The document that comes of one answer, given as an object or as it stands, and the faults found in it."""
    content = answer if isinstance(answer, str) or answer is None else json.dumps(answer, ensure_ascii=False)
    server.says(completion(content, finish=finish))
    document = find(
        "openai:small?cache=none&" + "&".join(f"{k}={v}" for k, v in {"ask": ask, **options}.items())
    ).extract(Document(id="oslo", text=text))
    return document, [tuple(fault) for fault in (document.extra or {}).get("faults", [])]


def span(surface, occurrence=1):
    at = -1
    for _ in range(occurrence):
        at = TEXT.index(surface, at + 1)
    return (at, at + len(surface))


def surfaces(document):
    return [(TEXT[m.start : m.end] if m.start is not None else None, m.type) for m in document.mentions]


class TestRequest:
    """What is sent."""

    def test_only_the_text_and_our_words_are_sent(self, server):
        server.says(completion('{"entities": []}'))
        make("small", {"ask": "entities"}).extract(Document(id="secret-id", text=TEXT, meta={"secret": 1}))
        [request] = server.asked
        assert request["path"] == "/v1/chat/completions"
        assert request["model"] == "small"
        assert request["temperature"] == 0
        assert [m["role"] for m in request["messages"]] == ["system", "user"]
        assert request["messages"][1]["content"] == TEXT
        assert "secret" not in json.dumps(request)
        schema = request["response_format"]["json_schema"]
        assert (schema["name"], schema["strict"]) == ("entities", True)
        assert schema["schema"] == prompt_of("entities").schema
        assert set(request) == {"path", "model", "temperature", "messages", "response_format"}

    def test_parameters_go_with_it(self, server):
        server.says(completion('{"entities": []}'))
        options = {"temperature": "none", "max-tokens": "9", "seed": "0", "reasoning-effort": "low", "ask": "entities"}
        make("small", options).extract(DOCUMENT)
        [request] = server.asked
        assert "temperature" not in request
        assert (request["max_tokens"], request["seed"], request["reasoning_effort"]) == (9, 0, "low")

    @pytest.mark.parametrize(("form", "sent"), [("json_object", {"type": "json_object"}), ("text", None)])
    def test_without_a_schema_the_schema_is_told_in_words(self, server, form, sent):
        server.says(completion('{"entities": []}'))
        make("small", {"ask": "entities", "format": form}).extract(DOCUMENT)
        [request] = server.asked
        assert request.get("response_format") == sent
        assert json.dumps(prompt_of("entities").schema, ensure_ascii=False) in request["messages"][0]["content"]

    def test_a_form_that_the_server_does_not_know(self, server):
        refusal = failure(400, "response_format json_schema is not supported")
        server.says(refusal)
        with pytest.raises(
            ExtractorError, match=r"the server refused the request: .*json_schema is not supp.*try format="
        ):
            make("small", {"ask": "entities"}).extract(DOCUMENT)
        server.say = lambda request: completion('{"entities": []}') if "response_format" not in request else refusal
        extractor = make("small", {"ask": "entities", "format": "auto"})
        extractor.extract(DOCUMENT)
        document = extractor.extract(Document(id="b", text="Другой текст"))
        sent = [(request.get("response_format") or {}).get("type") for request in server.asked[1:]]
        assert sent == ["json_schema", "json_object", None, None]  # found out once
        assert extractor.details["parameters"]["format"] == "auto"
        assert document.extra["usage"]["formats"] == ["text"]

    def test_lines_are_numbered_for_the_sections(self, server):
        server.says(completion('{"lines": [], "dateline": null}'))
        make("small", {"ask": "sections"}).extract(DOCUMENT)
        assert server.asked[0]["messages"][1]["content"].startswith("[1] Климова: мост закроют\n[2] ОСЛО, 5 мая.")


class TestEntities:
    """Strings that find their place, or are named."""

    def test_strings_take_their_places_in_turn(self, server):
        items = [("Климова", "PERSON"), ("Министр", "PROFESSION"), ("Анна Климова", "PERSON"), ("Климова", "PERSON")]
        document, faults = said(server, {"entities": [{"text": t, "type": k} for t, k in items]}, ask="entities")
        assert [(m.start, m.end) for m in document.mentions] == [
            span("Климова"),
            span("Министр"),
            span("Анна\u00a0Климова"),  # the model put a plain blank for the no-break one
            span("Климова", 2),
        ]
        assert faults == []

    def test_faults_of_entities(self, server):
        # a base form, a duplicate beyond the text, an invention, a label in other letters, one of another scheme,
        # null fields, an item that is none
        items = [
            {"text": "врач Лосев", "type": "PERSON"},
            *[{"text": "Рейтер", "type": "ORGANIZATION"}] * 2,
            {"text": "Берлинская филармония", "type": "ORGANIZATION"},
            {"text": "ОСЛО", "type": "City"},
            {"text": "больница", "type": "FACILITY"},
            {"text": None, "type": "PERSON"},
            {"text": "Лосева", "type": None},
            "Лосева",
        ]
        document, faults = said(server, {"entities": items}, ask="entities", format="text")
        assert surfaces(document) == [
            ("врача Лосева", "PERSON"),
            ("Рейтер", "ORGANIZATION"),
            (None, "ORGANIZATION"),
            (None, "ORGANIZATION"),
            ("ОСЛО", "CITY"),
            ("больница", "FACILITY"),
        ]
        assert [m.extra["aligned"] for m in document.mentions] == [
            "fuzzy", "exact", "surplus", "not in the text", "exact", "exact",
        ]  # fmt: skip
        assert faults == [
            ("no-item", "'Лосева'"),
            ("respelt-label", "'City'"),
            ("null-field", "{'text': None, 'type': 'PERSON'}"),
            ("null-field", "{'text': 'Лосева', 'type': None}"),
        ]


class TestQuotes:
    """Who said what."""

    def quote(self, content, **fields):
        named = {"kind": "direct", "cue": None, "speaker": None, "speaker_name": None, "marked": []}
        return {**named, "content": content, **fields}

    def test_a_quote_in_parts(self, server):
        item = self.quote(["Дорога закрыта", "Объезда нет"], cue="добавила", speaker="она", speaker_name="Анна Климова")
        document, faults = said(server, {"quotes": [item]}, ask="quotes")
        assert document.quotes == (
            Quote(
                kind="direct",
                content=(span("Дорога закрыта"), span("Объезда нет")),
                cue=span("добавила"),
                speaker=span("она"),
                speaker_entity="speaker-1",
            ),
        )
        assert [(e.id, e.name) for e in document.entities] == [("speaker-1", "Анна Климова")]
        assert faults == []

    def test_speaker_and_cue_stand_nearest_and_outside_the_words(self, server):
        # «Климова» comes first in the headline; the sentence has it nearer
        item = self.quote(["Мост полностью безопасен, но стар"], cue="сказала", speaker="Климова")
        document, _ = said(server, {"quotes": [item]}, ask="quotes")
        assert document.quotes[0].speaker == span("Климова", 2)
        text = "Лосев был уверен: Лосев прав, сказал Лосев."
        item = self.quote(["Лосев прав"], speaker="Лосев")
        document, _ = said(server, {"quotes": [item]}, ask="quotes", text=text)
        assert document.quotes[0].speaker == (37, 42)  # 9 code points behind the words; the first is 13 before

    def test_one_speaker_is_one_entity(self, server):
        names = ["Анна Климова", "анна климова ", "Лосев"]
        items = [self.quote(["больница переполнена"], speaker_name=name) for name in names]
        document, _ = said(server, {"quotes": items}, ask="quotes")
        assert [quote.speaker_entity for quote in document.quotes] == ["speaker-1", "speaker-1", "speaker-2"]

    def test_faults_of_quotes(self, server):
        items = [
            self.quote(["Мы никогда не закроем этот мост для грузовиков"], cue="сказала"),  # invented
            self.quote(["Мост … стар"], cue="заявила", speaker="Путин"),  # abridged; neither cue nor speaker is there
            self.quote(["«Дорога закрыта»", "Все будет хорошо"]),  # with marks of its own; a part is invented
            self.quote([], kind="indirect"),
            self.quote(None),
            self.quote("больница переполнена", kind="Indirect"),  # a bare string for a list
            self.quote(["больница переполнена"], kind="paraphrase"),
            self.quote(["Мост полностью безопасен"], kind="mixed", marked=["полностью безопасен", "Дорога"]),
        ]
        document, faults = said(server, {"quotes": items}, ask="quotes", format="json_object")
        assert [(quote.kind, quote.content) for quote in document.quotes] == [
            ("direct", ()),
            ("direct", (span("Мост"), span("стар"))),
            ("direct", (span("Дорога закрыта"),)),
            ("indirect", (span("больница переполнена"),)),
            ("paraphrase", (span("больница переполнена"),)),
            ("mixed", (span("Мост полностью безопасен"),)),
        ]
        assert document.quotes[5].marked == (span("полностью безопасен"),)
        assert [code for code, _ in faults] == [
            "quote-not-in-text",
            "abridged-quote",
            "cue-not-in-text",
            "speaker-not-in-text",
            "part-not-in-text",
            "null-field",
            "null-field",
            "respelt-label",
            "unknown-kind",
            "marked-not-in-text",
        ]
        assert ("quote-not-in-text", "'Мы никогда не закроем этот мост для грузовиков'") in faults

    def test_an_invented_quote_costs_precision(self, server, goldwire, tmp_path):
        gold = tmp_path / "gold.jsonl"
        content = [list(span("больница переполнена"))]
        record = {
            "schema": "goldwire/1",
            "id": "oslo",
            "text": TEXT,
            "quotes": [{"kind": "indirect", "content": content}],
        }
        gold.write_text(json.dumps(record), encoding="utf-8")
        items = [self.quote(["больница переполнена"], kind="indirect"), self.quote(["Ничего подобного он не говорил"])]
        server.says(completion(json.dumps({"quotes": items})))
        done = goldwire("bench", "openai:small?ask=quotes", "--gold", gold, "--draws", 0, "--json", "-")
        assert done.code == 0, done.err
        [result] = json.loads(done.out)["runs"]
        score = result["scores"]["quotes.quote"]
        assert (score["precision"], score["recall"]) == (0.5, 1.0)
        assert (
            "warning: openai:small?ask=quotes: quote-not-in-text (1): oslo: 'Ничего подобного он не говорил'"
            in done.err
        )


class TestSections:
    """Lines by number, the dateline by its words."""

    def test_lines_and_dateline(self, server):
        lines = [{"number": 1, "kind": "headline"}, {"number": "2", "kind": "paragraph"}]
        dateline = {"text": "ОСЛО, 5 мая. /Рейтер/.", "place": "ОСЛО", "date": "5 мая", "agency": "Рейтер"}
        document, faults = said(server, {"lines": lines, "dateline": dateline}, ask="sections")
        assert document.blocks == (
            Block(kind="headline", start=0, end=21),
            Block(kind="paragraph", start=23, end=len(TEXT)),
        )
        assert [section.body for section in document.sections] == [(23, len(TEXT))]
        assert (document.dateline.start, document.dateline.end) == span("ОСЛО, 5 мая. /Рейтер/.")
        assert document.dateline.agency == span("Рейтер")
        assert faults == []

    def test_faults_of_sections(self, server):
        lines = [
            {"number": 1, "kind": "Headline"},
            {"number": 1, "kind": "rubric"},
            {"number": 9, "kind": "caption"},
            {"number": None, "kind": "caption"},
        ]
        dateline = {"text": "ОСЛО, 5 мая.", "place": "Рейтер", "date": None, "agency": None}
        document, faults = said(server, {"lines": lines, "dateline": dateline}, ask="sections", format="text")
        assert document.blocks == (Block(kind="headline", start=0, end=21),)
        assert document.dateline.place is None
        assert [code for code, _ in faults] == [
            "respelt-label", "line-twice", "no-such-line", "null-field", "line-left-out", "dateline-part-not-in-text",
        ]  # fmt: skip
        document, faults = said(
            server,
            {"lines": [{"number": at, "kind": "byline"} for at in (1, 2)], "dateline": "МОСКВА /ТАСС/"},
            ask="sections",
        )
        assert document.dateline == Dateline(start=0, end=0)
        assert [code for code, _ in faults] == ["unknown-kind", "unknown-kind", "dateline-not-in-text"]


class TestAnswers:
    """Forms of JSON that models really give."""

    ITEM = '{"text": "ОСЛО", "type": "CITY"}'

    @pytest.mark.parametrize(
        ("answer", "codes"),
        [
            ('{"entities": [%s]}', []),
            ('```json\n{"entities": [%s]}\n```', ["fenced-json"]),
            ('Here it is:\n```\n{"entities": [%s]}\n```\nHope this helps!', ["fenced-json"]),
            ('Конечно! {"entities": [%s]} Если нужно {ещё}, скажите.', ["text-around-json"]),
            ('<think>{"entities": []}? No.</think>\n{"entities": [%s]}', ["text-around-json"]),
            ("[%s]", ["other-key"]),
            ('{"result": [%s], "note": "done"}', ["other-key"]),
            ('{"entities": [%s, {"text": "Лос', ["broken-json"]),
            ('{"entities": [%s,]}', ["broken-json"]),
            ('```json\n{"entities": [%s, {"text": "Лос', ["broken-json"]),
        ],
    )
    def test_json_is_found(self, server, answer, codes):
        document, faults = said(server, answer % self.ITEM, ask="entities", format="text")
        assert surfaces(document) == [("ОСЛО", "CITY")]
        assert [code for code, _ in faults] == codes

    def test_an_answer_that_was_cut_off(self, server):
        cut = '{"entities": [' + self.ITEM + ', {"text": "Рейтер", "ty'
        document, faults = said(server, cut, ask="entities", finish="length")
        assert surfaces(document) == [("ОСЛО", "CITY")]
        assert [code for code, _ in faults] == ["cut-off"]

    @pytest.mark.parametrize(
        ("answer", "finish", "message"),
        [
            ("Извините, я не могу с этим помочь.", "stop", "no-json: entities: 'Извините, я не могу с этим помочь.'"),
            ("", "stop", "no-json: entities: ''"),
            (None, "stop", "no-json: entities: ''"),
            (None, "content_filter", "refused: entities: 'content_filter'"),
            ("Let me think", "length", "cut-off: entities: 'Let me think'; no-json: entities: 'Let me think'"),
            ("[" * 3000, "stop", "no-json: entities: "),
            ('{"PERSON": ["Лосев"], "CITY": ["ОСЛО"]}', "stop", "no-json: entities: "),
        ],
    )
    def test_no_answer_at_all_is_a_failed_document(self, server, answer, finish, message):
        with pytest.raises(ExtractorError, match=re.escape(message)):
            said(server, answer, ask="entities", finish=finish)

    def test_one_refusal_costs_one_layer(self, server):
        def say(request):
            quotes = "every quote" in request["messages"][0]["content"]
            empty = '{"entities": [], "lines": [], "dateline": null}'
            return completion(None, refusal="I cannot.") if quotes else completion(empty)

        server.say = say
        document = make("small", {}).extract(DOCUMENT)
        assert list(document.layers()) == ["mentions", "blocks", "sections", "dateline"]
        assert ["refused", "quotes: 'I cannot.'"] in document.extra["faults"]

    def test_every_code_is_defined(self):
        from pathlib import Path

        import goldwire.eval.extractors as house

        folder = Path(house.__file__).parent
        code = "".join((folder / name).read_text(encoding="utf-8") for name in ("answers.py", "openai.py"))
        used = set(re.findall(r'Fault\("([a-z-]+)"', code)) | set(
            re.findall(r'"([a-z-]+)" if (?:cut|spans) else', code)
        )
        used |= set(re.findall(r'if (?:cut|spans) else "([a-z-]+)"', code))
        assert used == set(FAULTS)

    def test_a_long_answer_without_json_costs_little(self):
        assert read_answer("{" * 200_000, "entities", cut=False)[0] is None


class TestCache:
    """A rerun costs nothing."""

    def test_a_second_run_asks_nothing(self, server, tmp_path):
        server.says(completion('{"entities": []}'))
        first, second = make("small", {"ask": "entities"}), make("small", {"ask": "entities"})
        document = first.extract(DOCUMENT)
        assert second.extract(DOCUMENT) == document
        assert len(server.asked) == 1
        assert document.extra["usage"] == {  # what the answer took when it was given
            "requests": 1,
            "prompt_tokens": 100,
            "completion_tokens": 10,
            "served_by": ["small-2026-01-01"],
            "formats": ["json_schema"],
        }
        [file] = (tmp_path / "runs" / ".cache").rglob("*.json")
        assert json.loads(file.read_text())["schema"] == SCHEMA

    @pytest.mark.parametrize(
        ("model", "options", "text"),
        [
            ("large", {}, TEXT),
            ("small", {"temperature": "1"}, TEXT),
            ("small", {"seed": "1"}, TEXT),
            ("small", {"format": "text"}, TEXT),
            ("small", {"ask": "quotes"}, TEXT),
            ("small", {"cache": "elsewhere"}, TEXT),
            ("small", {"cache": "none"}, TEXT),
            ("small", {}, TEXT + "."),
        ],
    )
    def test_another_question_is_asked(self, server, model, options, text):
        server.says(completion('{"entities": [], "quotes": []}'))
        make("small", {"ask": "entities"}).extract(DOCUMENT)
        make(model, {"ask": "entities", **options}).extract(Document(id="oslo", text=text))
        assert len(server.asked) == 2

    @pytest.mark.parametrize("damage", ["", "{", '{"schema": "goldwire-answer/1"}', "[]"])
    def test_a_damaged_file_is_asked_anew_and_told(self, server, tmp_path, damage):
        server.says(completion('{"entities": []}'))
        make("small", {"ask": "entities"}).extract(DOCUMENT)
        [file] = (tmp_path / "runs" / ".cache").rglob("*.json")
        file.write_text(damage)
        extractor = make("small", {"ask": "entities"})
        assert extractor.extract(DOCUMENT).extra["faults"] == [["damaged-cache", file.name]]
        assert len(server.asked) == 2
        assert "faults" not in extractor.extract(DOCUMENT).extra  # it was written anew
        assert json.loads(file.read_text())["answer"]["content"] == '{"entities": []}'

    def test_failures_are_not_kept(self, server):
        server.says(failure(500, "out of memory"), completion('{"entities": []}'))
        extractor = make("small", {"ask": "entities", "retries": "0"})
        with pytest.raises(ServiceError, match="out of memory"):
            extractor.extract(DOCUMENT)
        assert extractor.extract(DOCUMENT).mentions == ()

    def test_a_folder_that_cannot_be_written(self, server, tmp_path):
        (tmp_path / "file").write_text("")
        server.says(completion('{"entities": []}'))
        with pytest.raises(Exception, match="expected a f"):
            make("small", {"ask": "entities", "cache": "file"}).extract(DOCUMENT)


class Clock:
    """A clock that only sleeping moves on; it begins long after zero, as that of a machine does."""

    def __init__(self):
        self.now, self.slept = 1000.0, []

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


class TestService:
    """Servers that fail, and the key that goes nowhere."""

    def test_retry_after_is_kept(self, server, monkeypatch):
        slept: list[float] = []
        monkeypatch.setattr("time.sleep", slept.append)  # the library's pauses, noted and not waited for
        server.says(failure(429, "slow down", Retry_After="7"), completion('{"entities": []}'))
        make("small", {"ask": "entities"}).extract(DOCUMENT)
        assert len(server.asked) == 2
        assert 7.0 in slept

    def test_requests_per_minute_are_kept(self, server, monkeypatch):
        clock = Clock()
        monkeypatch.setattr("goldwire.eval.extractors.chat.time", clock)
        server.says(completion('{"entities": [], "quotes": [], "lines": [], "dateline": null}'))
        make("small", {"requests-per-minute": "20"}).extract(DOCUMENT)
        assert len(server.asked) == 3
        assert clock.slept == [0, 3, 3]  # 60 s / 20 between the starts of two requests

    @pytest.mark.parametrize(
        ("reply", "message", "asked"),
        [
            (
                failure(401, f"Incorrect API key provided: {KEY}"),
                r"AuthenticationError: .*provided: ….*check OPENAI_API_KEY",
                1,
            ),
            (failure(404, "no such model"), "no such model.*check the model's name, and that base-url ends", 1),
            (
                failure(429, "pay", code="insufficient_quota"),
                "RateLimitError: .*pay.*requests-per-minute= asks more",
                1,
            ),
            (failure(503, "loading"), "InternalServerError: .*loading", 2),
            (
                Reply({"object": "x", "choices": [{"index": 0}]}),
                "found an answer without choices, expected the OpenAI",
                2,
            ),
            (Reply({"object": "error"}), "found an answer without choices, expected the OpenAI protocol", 2),
        ],
    )
    def test_failures(self, server, reply, message, asked):
        # what fails for good is asked once, whatever the number of texts
        server.says(reply)
        extractor = make("small", {"ask": "entities", "retries": "0"})
        for text in ("Один.", "Два."):
            with pytest.raises(ServiceError, match=message) as failed:
                extractor.extract(Document(id=text, text=text))
            assert KEY not in str(failed.value)
        assert len(server.asked) == asked

    def test_a_request_that_is_refused_names_the_reason(self, server):
        server.says(failure(400, "maximum context length is 4096 tokens"))
        with pytest.raises(ExtractorError, match=r"the server refused the request: .*maximum context length is 4096"):
            make("small", {"ask": "entities"}).extract(DOCUMENT)

    def test_a_server_that_is_slow(self, server):
        server.says(completion("{}", delay=0.5))
        with pytest.raises(ServiceError, match=r"APITimeoutError: .*is it running, and is base-url right\? timeout="):
            make("small", {"timeout": "0.05", "retries": "0"}).extract(DOCUMENT)

    def test_a_server_that_is_not_there(self, server, monkeypatch):
        monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
        with pytest.raises(ServiceError, match=r"http://127.0.0.1:9/v1/: APIConnectionError: "):
            make("small", {"retries": "0"}).extract(DOCUMENT)

    def test_a_server_of_ones_own_needs_no_key(self, server, monkeypatch):
        monkeypatch.delenv("OPENAI_API_KEY")
        server.says(completion('{"entities": []}'))
        make("small", {"ask": "entities"}).extract(DOCUMENT)
        assert server.keys == ["Bearer none"]

    def test_neither_key_nor_server(self, monkeypatch):
        monkeypatch.delenv("OPENAI_API_KEY", raising=False)
        monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
        with pytest.raises(
            UsageError, match="found no OPENAI_API_KEY in the environment, expected the key of the serv"
        ):
            make("small", {})

    def test_the_key_goes_to_the_server_and_nowhere_else(self, server, goldwire, tmp_path, caplog):
        caplog.set_level(logging.DEBUG)
        server.says(failure(429, f"slow down, {KEY}", Retry_After="0.01"), completion('{"entities": []}'))
        done = goldwire("bench", "openai:small?ask=entities", "--draws", 0)
        assert set(server.keys) == {f"Bearer {KEY}"}
        server.says(failure(403, f"not you, {KEY}"))
        refused = goldwire("bench", "openai:other?ask=entities", "--draws", 0)
        assert refused.code == 3
        written = [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]
        assert any(b"not you" in content for content in written)
        assert all(KEY.encode() not in content for content in written)
        assert KEY not in done.out + done.err + refused.out + refused.err + caplog.text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"base-url": "127.0.0.1:8000"}, "option base-url: found no URL, expected http://HOST/v1 or https://HOST/v1"),
        (
            {"base-url": "http://me:pw@127.0.0.1/v1"},
            "option base-url: found a user, a password or a query in it, expected",
        ),
        ({"ask": "relations"}, "option ask: found 'relations', expected some of entities, quotes, sections"),
        ({"format": "xml"}, "option format: found 'xml', expected json_schema or json_object or text or auto"),
        ({"timeout": "0"}, "option timeout: found '0', expected a number from 0.001"),
        ({"temperature": "hot"}, "option temperature: found 'hot', expected a number from 0 to 2"),
        ({"max-tokens": "-1"}, "option max-tokens: found '-1', expected a whole number from 0"),
        ({"requests-per-minute": "-1"}, "option requests-per-minute: found '-1', expected a number from 0"),
        ({"key": "sk-1"}, "found the option 'key', expected ask, base-url, cache, format, max-tokens, "),
    ],
)
def test_options_that_cannot_be(server, options, message):
    with pytest.raises(UsageError, match=re.escape(message)) as refused:
        make("small", options)
    assert "pw" not in str(refused.value)


def test_the_library_is_missed_before_any_work(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UsageError, match=re.escape("openai is not installed; pip install 'goldwire[openai]'")):
        require("small")


@pytest.mark.parametrize("name", PROMPTS)
def test_prompts_name_what_the_scheme_has(name):
    prompt = prompt_of(name)
    part = {"entities": "types", "quotes": "quote_kinds", "sections": "block_kinds"}[name]
    [allowed] = re.findall(r'"enum": (\[[^]]*\])', json.dumps(prompt.schema))
    assert set(json.loads(allowed)) == SCHEME.names(part)
    assert all(label in prompt.words for label in SCHEME.names(part))


def test_prompts_give_nothing_of_the_gold_away():
    [gold] = load()
    words = fold("".join(prompt_of(name).words for name in PROMPTS))
    named = {fold(gold.text[m.start : m.end]) for m in gold.mentions if m.form in ("name", "adjective", "value")}
    assert {surface for surface in named if re.search(rf"\b{re.escape(surface)}\b", words)} <= {"рф"}
    spoken = [gold.text[start:end] for quote in gold.quotes for start, end in quote.content]
    runs = {" ".join(run) for text in spoken for run in zip(*(fold(text).split()[i:] for i in range(3)), strict=False)}
    assert not {run for run in runs if run in words}


def test_bench(server, goldwire, monkeypatch, tmp_path):
    # what was asked at which cost, and no speed, for answers may come from the disk; --base-url goes before
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    server.says(completion('{"entities": [{"text": "Путин", "type": "PERSON"}], "quotes": [], "lines": []}'))
    for _ in range(2):
        done = goldwire("bench", "openai:small", "--base-url", server.url, "--draws", 0, "--json", "-")
        assert done.code == 0, done.err
        [result] = json.loads(done.out)["runs"]
        assert result["scores"]["entities.strict"]["counts"]["hits"] == 1
    assert len(server.asked) == 3
    run = json.loads((tmp_path / "runs" / "openai_small" / "run.json").read_text())
    assert run["cold_seconds"] is None
    assert run["characters_per_second"] is None
    assert run["alignment"] == "nth+fuzzy"
    assert re.fullmatch(r"prompts [0-9a-f]{16}, openai [\d.]+", run["version"])
    assert set(run["details"]["prompts"]) == set(OURS)
    assert run["usage"]["requests"] == 3
    assert run["usage"]["prompt_tokens"] == 300
    [left_out] = [w for w in result["warnings"] if w["code"] == "line-left-out"]
    assert left_out["count"] == len(load()[0].blocks)  # a block a line
