"""The page of runs in a real Chromium: ``pytest -m browser tests/browser``; its picture in docs: ``make pictures``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from goldwire.corpus.document import UNSET
from goldwire.corpus.gold import load
from goldwire.eval.report.page import page
from tests.chromium import WIDTHS, Opened
from tests.hostile import HOSTILE, MARKUP
from tests.reports import noisy, reported

pytestmark = pytest.mark.browser

PICTURE = Path(__file__).parent.parent.parent / "docs" / "images" / "report.png"
MOST_BYTES = 200_000
[GOLD] = load()


def hostile_page() -> str:
    gold = replace(HOSTILE, mentions=(HOSTILE.mentions or ())[:-1])
    guess = replace(HOSTILE, mentions=(HOSTILE.mentions or ())[1:], quotes=(), blocks=(), meta=UNSET)
    return page([reported([gold], [guess], MARKUP)])


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    noise, perfect = reported([GOLD], [noisy(GOLD)]), reported([GOLD], [GOLD], "perfect")
    projected = reported([GOLD], [noisy(GOLD)], "projected", view="per-loc-org+names")
    return {"runs": page([noise, perfect, projected]), "noisy": page([noise]), "hostile": hostile_page()}


@pytest.fixture
def opened(browser, site, pages) -> Iterator[Any]:
    made = []

    def open_(name: str, width: int = 1280, scheme: str = "light") -> Opened:
        made.append(Opened(browser, site, pages[name], width, scheme))
        return made[-1]

    yield open_
    for one in made:
        one.page.close()


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
@pytest.mark.parametrize("name", ["runs", "hostile"])
def test_nothing_scrolls_sideways_and_no_request_leaves_the_page(opened, name, width):
    one = opened(name, width)
    for summary in one.page.locator("section details > summary").all():
        summary.click()
    assert one.overflow() <= 0
    one.page.locator("#labels").check()
    assert one.overflow() <= 0
    assert one.requests[0] == one.address
    assert one.elsewhere() == []
    assert one.messages == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_text_is_legible_in_light_and_dark(opened, scheme, width):
    """The contrast of every element that has text of its own with what is behind it, by WCAG 2.1: 4.5 or more."""
    program = """() => {
        const draw = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
        const paint = colours => { draw.fillStyle = '#fff'; draw.fillRect(0, 0, 1, 1);
            for (const c of colours) { draw.fillStyle = c; draw.fillRect(0, 0, 1, 1); }
            return [...draw.getImageData(0, 0, 1, 1).data]; };
        const linear = v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
        const light = ([r, g, b]) => [r, g, b].map(v => linear(v / 255))
            .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
        const behind = e => { const found = []; for (; e; e = e.parentElement)
            found.unshift(getComputedStyle(e).backgroundColor); return found; };
        const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((m, n) => n - m);
            return (x + 0.05) / (y + 0.05); };
        const found = [];
        let seen = 0;
        for (const e of document.querySelectorAll('body *')) {
            const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
            if (!own || !e.checkVisibility() || e.matches('.skip')) continue;
            seen += 1;
            const style = getComputedStyle(e), back = behind(e);
            const ink = e.namespaceURI.endsWith('svg') ? style.fill : style.color;
            const value = ratio(paint([...back, ink]), paint(back));
            if (value < 4.5) found.push([value, e.tagName, e.className.toString(), e.textContent.slice(0, 30)]);
        }
        return [seen, found];
    }"""
    one = opened("runs", width, scheme)
    one.page.locator("#labels").check()
    seen, found = one.page.evaluate(program)
    assert seen > 500
    assert found == []
    back = one.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (back == "rgb(23, 24, 27)") == (scheme == "dark")


def test_kinds_of_error_differ_in_more_than_colour(opened):
    """Of each kind the style and thickness of its line, alone on its side: no two are equal."""
    one = opened("noisy")
    sides = {"correct": "both", "type": "both", "missed": "gold", "spurious": "guess", "boundary": "guess"}
    drawn = {}
    for error, side in sides.items():
        style = one.page.evaluate(
            "s => { const c = getComputedStyle(document.querySelector(s));"
            " return [c.textDecorationStyle, c.textDecorationThickness, c.textDecorationLine]; }",
            f".text .e-{error}.s-{side}",
        )
        assert style[2] == "underline"
        drawn[error] = tuple(style[:2])
    assert len(set(drawn.values())) == len(drawn)
    # and each has a sign in words behind it
    for error, sign in {"missed": "−", "spurious": "+", "type": "→"}.items():
        assert sign in one.page.locator(f".text .ref.e-{error}").first.inner_text()


def test_lines_of_nested_marks_do_not_cover_each_other(opened):
    """Marks over one stretch of text have lines at other distances."""
    program = """() => [...document.querySelectorAll('.text .m .m')].filter(inner => {
        const offset = e => getComputedStyle(e).textUnderlineOffset;
        return offset(inner) === offset(inner.parentElement.closest('.m'));
    }).length"""
    one = opened("noisy")
    assert one.page.locator(".text .m .m").count() > 20
    assert one.page.evaluate(program) == 0


def test_the_keyboard_walks_from_skip_links_to_filters_to_errors_and_back(opened):
    one = opened("noisy")
    focus = "document.activeElement.textContent.trim()"
    one.page.keyboard.press("Tab")
    assert one.page.evaluate(focus) == "Leaderboard"
    assert one.page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    one.page.keyboard.press("Tab")
    one.page.keyboard.press("Enter")
    assert one.page.evaluate("location.hash") == "#filters"
    one.page.keyboard.press("Tab")
    if one.page.evaluate("document.activeElement.tagName") == "SUMMARY":
        one.page.keyboard.press("Tab")
    assert one.page.evaluate("document.activeElement.id") == "e-correct"
    one.page.keyboard.press("Space")
    assert not one.page.locator("#e-correct").is_checked()
    outline = one.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    first = one.page.locator(".text a.ref").first
    first.focus()
    one.page.keyboard.press("Enter")
    card = one.page.evaluate("location.hash")[1:]
    assert one.page.locator(f"[id={card}]").is_visible()
    assert one.page.evaluate("document.querySelector(':target').className").startswith("card")
    one.page.keyboard.press("Tab")
    one.page.keyboard.press("Enter")
    mark = one.page.evaluate("location.hash")[1:]
    assert mark == card.replace("e", "m")
    assert one.page.evaluate("document.querySelector(':target').classList.contains('m')")


def test_filters_hide_and_show_without_scripts(browser, site, pages):
    context = browser.new_context(java_script_enabled=False)
    found = context.new_page()
    found.goto(site.put("f.html", pages["noisy"]))
    missed, spurious = found.locator(".card.e-missed.f-mentions"), found.locator(".card.e-spurious.f-mentions")
    assert missed.first.is_visible()
    found.locator("#e-missed").uncheck()
    assert not any(card.is_visible() for card in missed.all())
    assert not any(ref.is_visible() for ref in found.locator(".ref.e-missed").all())
    assert spurious.first.is_visible()
    assert found.locator("#filters .e-missed").first.is_visible()  # the box keeps its label
    found.get_by_role("button", name="Show all").click()
    assert missed.first.is_visible()
    # of a type alone: a card stays as long as one of its types is asked for
    for box in found.get_by_role("group", name="type").get_by_role("checkbox").all():
        box.uncheck()
    assert not any(card.is_visible() for card in found.locator(".card.f-mentions").all())
    found.get_by_role("checkbox", name="EVENT", exact=True).check()
    shown = [card.inner_text() for card in found.locator(".card.f-mentions").all() if card.is_visible()]
    assert shown
    assert all("EVENT" in text for text in shown)
    assert found.locator(".card.f-quotes").first.is_visible()
    found.get_by_role("checkbox", name="quotes", exact=True).uncheck()
    assert not any(card.is_visible() for card in found.locator(".card.f-quotes").all())
    # the text itself is there, whatever is hidden
    assert "Кризис в Сирии" in found.inner_text("main")
    context.close()


def test_everything_that_can_be_used_has_a_name(opened):
    program = """() => [...document.querySelectorAll('a, button, input:not([hidden]), svg, summary, [tabindex="0"]')]
        .filter(e => !(e.getAttribute('aria-label') || e.labels?.[0]?.textContent.trim() || e.textContent.trim()))
        .map(e => e.outerHTML.slice(0, 80))"""
    one = opened("runs")
    assert one.page.evaluate(program) == []
    tree = one.page.locator("body").aria_snapshot()
    assert 'link "error 1: ' in tree
    assert 'img "recall by tenth of the text: 1: ' in tree
    assert 'group "error"' in tree
    heads = one.page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5')].map(e => +e.tagName[1])")
    assert heads[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(heads))


def test_gold_and_guess_of_each_quote_stand_side_by_side(opened):
    one = opened("noisy")
    card = one.page.locator(".card.quote.e-speaker").first
    told = " ".join(card.inner_text().split())
    assert "wrong speaker gold Владимир Путин as «президента РФ»" in told
    assert "guess Реджеп Тайип Эрдоган" in told
    gold, guess = (card.locator("dt", has_text=name).bounding_box() for name in ("gold", "guess"))
    assert gold is not None
    assert guess is not None
    assert gold["x"] == guess["x"]
    assert one.page.locator(".card.quote").count() == len(GOLD.quotes or ()) + 1  # one was cut to nothing like it


def test_markup_is_inert_and_the_policy_stops_what_would_get_through(opened, browser, site, pages):
    one = opened("hostile")
    for tag in ("script", "img", "iframe", "object"):
        assert one.page.locator(tag).count() == 0
    assert one.page.title() != "owned"
    assert MARKUP in one.page.inner_text("h2")
    content = pages["noisy"].replace("<main>", "<main><script>document.title='owned'</script><img src=/y.png>")
    site.asked.clear()
    with Opened(browser, site, content) as forged:
        assert forged.page.title() == "goldwire: noisy"
    assert set(site.asked) - {"/favicon.ico"} == {"/opened.html"}


def test_on_paper_it_is_light_whole_and_without_filters(opened):
    one = opened("noisy", 794, "dark")
    one.page.emulate_media(media="print", color_scheme="dark")
    assert one.page.evaluate("getComputedStyle(document.body).color") == "rgb(28, 29, 32)"
    assert not one.page.locator("#e-missed").is_visible()
    assert one.page.locator(".card.e-missed").first.is_visible()
    assert one.page.locator("table.scores").first.is_visible()
    assert one.overflow() <= 0


def test_the_picture_of_the_docs(browser, site):
    """``GOLDWIRE_PICTURES=1`` makes it anew; else it is there, and small."""
    if os.environ.get("GOLDWIRE_PICTURES"):
        one = Opened(browser, site, page([reported([GOLD], [noisy(GOLD)], "example")]), 1180)
        one.page.set_viewport_size({"width": 1180, "height": 1350})
        one.page.locator(".figures").evaluate("e => window.scrollTo(0, e.getBoundingClientRect().top + scrollY - 10)")
        PICTURE.parent.mkdir(exist_ok=True)
        one.page.screenshot(path=PICTURE)
        one.page.close()
    assert PICTURE.read_bytes().startswith(b"\x89PNG")
    assert PICTURE.stat().st_size < MOST_BYTES
