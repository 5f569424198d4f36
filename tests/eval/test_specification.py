"""WHAT, taken apart: prefixes, targets, options, and what is refused."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from goldwire.corpus.errors import InputError, UsageError
from goldwire.eval.extractors import find, require
from goldwire.eval.extractors.specification import ADAPTERS, FORMS, adapter, parse


@pytest.mark.parametrize(
    ("what", "kind", "target", "options"),
    [
        ("natasha", "name", "natasha", {}),
        ("rules?layers=quotes,blocks", "name", "rules", {"layers": "quotes,blocks"}),
        ("my.mod:make?view=names&labels=a b.toml", "object", "my.mod:make", {"view": "names", "labels": "a b.toml"}),
        ("spacy:/some/where", "spacy", "/some/where", {}),
        ("spacy:ru?alignment=all", "spacy", "ru", {"alignment": "all"}),
        ("cmd:./tag --model x?", "cmd", "./tag --model x", {}),
        ("cmd:ls a?b", "cmd", "ls a?b", {}),
        ("cmd:ls a?b=c", "cmd", "ls a?b=c", {}),
        ("cmd:./tag a?b?timeout=2&view=names", "cmd", "./tag a?b", {"timeout": "2", "view": "names"}),
        ("http://h/p", "http", "http://h/p", {}),
        ("https://h/p?model=a&size=2", "http", "https://h/p?model=a&size=2", {}),
        ("https://h/p?model=a?timeout=5", "http", "https://h/p?model=a", {"timeout": "5"}),
        ("https://h/p?view=wide?", "http", "https://h/p?view=wide", {}),
        ("mine.jsonl", "file", "mine.jsonl", {}),
        ("mine.jsonl?labels=map.toml", "file", "mine.jsonl", {"labels": "map.toml"}),
        ("part-?.jsonl.zst", "file", "part-?.jsonl.zst", {}),
        ("-", "file", "-", {}),
        ("./natasha", "file", "./natasha", {}),
        ("folder", "file", "folder", {}),
        ("odd?view=names", "file", "odd?view=names", {}),
    ],
)  # fmt: skip
def test_a_what_is_taken_apart(
    what: str, kind: str, target: str, options: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("natasha", "folder", "odd?view=names"):
        Path(name).mkdir()
    found = parse(what)
    assert (found.kind, found.target, dict(found.options)) == (kind, target, options)


def test_a_url_is_named_without_its_password() -> None:
    assert parse("https://me:secret@h/p?view=names").name == "https://h/p?view=names"
    assert parse("http://h/p@q").name == "http://h/p@q"


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("nobody", "extractor 'nobody': found no such name or file; expected natasha"),
        ("", "extractor '': found no such name or file"),
        ("cmd:", "extractor 'cmd:': found nothing behind the colon, expected cmd:COMMAND"),
        ("spacy: ?view=all", "found nothing behind the colon, expected spacy:PIPELINE"),
        ("rules?colour=red", r"found the option 'colour', expected some of labels, view, alignment, layers$"),
        ("rules?timeout=3", "found the option 'timeout', expected some of labels, view, alignment, layers"),
        ("spacy:x?timeout=3", "found the option 'timeout', expected some of labels, view, alignment, layers"),
        ("rules?view", "found 'view=', expected key=value"),
        ("rules?view=", "found 'view=', expected key=value"),
        ("rules?view=all&view=names", "found the option 'view' twice, expected it once"),
        ("http://h/p?model=a&view=names", "found view, options of ours, beside 'model'; expected ours behind"),
        ("rules?view=people", "view 'people': found 'people', expected all"),
        ("rules?alignment=first", "alignment 'first': found no such policy, expected nth, in-order, all, unique"),
        ("rules?layers=quotes,words", r"found the layers \['words'\], expected some of mentions, quotes, blocks"),
        ("cmd:no-such-program-9", "extractor 'cmd:no-such-program-9': found no program 'no-such-program-9'"),
        ("cmd:'", "found No closing quotation, expected a command as a shell splits it"),
        ("cmd:ls?timeout=never", "extractor 'cmd:ls': found timeout=never, expected seconds above 0"),
        ("cmd:ls?timeout=0", "found timeout=0, expected seconds above 0"),
        ("http:///path", "extractor 'http:///path': found no host and port in it, expected http://HOST:PORT/PATH"),
        ("http://h:port/", "found no host and port in it"),
        ("http://h/?retries=many", "found retries=many, expected a number from 0 to 100"),
        ("http://h/?token=NO_SUCH_VARIABLE_9", r"found nothing in \$NO_SUCH_VARIABLE_9, expected a token; set it"),
    ],
)  # fmt: skip
def test_what_is_not_sound_is_refused(what: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        find(what)


def test_a_label_map_that_is_not_there_is_refused_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no\.toml: found .*No such file"):
        require(f"rules?labels={tmp_path}/no.toml")


def test_every_prefix_has_a_form_and_a_module_of_one_shape() -> None:
    assert list(FORMS) == list(ADAPTERS)
    for prefix, module in ADAPTERS.items():
        if importlib.util.find_spec(module) is not None:
            assert callable(adapter(prefix).make)
            assert callable(adapter(prefix).require)
