"""The page of ``goldwire show --html`` in a real Chromium: ``pytest -m browser tests/browser``."""

from __future__ import annotations

import pytest

from goldwire.corpus.gold import load
from goldwire.eval.report.article import page
from tests.chromium import WIDTHS, Opened
from tests.hostile import HOSTILE

pytestmark = pytest.mark.browser

[GOLD] = load()


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
@pytest.mark.parametrize("document", [GOLD, HOSTILE], ids=["gold", "hostile"])
def test_nothing_scrolls_sideways_and_no_request_leaves_the_page(browser, site, document, width):
    with Opened(browser, site, page(document), width) as opened:
        assert opened.overflow() <= 0
        assert opened.requests[0] == opened.address
        assert opened.elsewhere() == []
        assert opened.messages == []
        opened.page.locator("summary").click()
        assert opened.overflow() <= 0


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_every_mention_reads_as_its_surface(browser, site, width):
    with Opened(browser, site, page(GOLD), width) as opened:
        found = opened.page.evaluate(
            "[...document.querySelectorAll('[data-mention]')].map(e => [+e.dataset.mention, e.innerText])"
        )
        wanted = [[at, GOLD.text[m.start : m.end]] for at, m in enumerate(GOLD.mentions)]
        assert sorted(found) == wanted
        for label in opened.page.locator("[data-mention]").all():
            assert label.is_visible()


def test_every_quote_stands_beside_its_line_with_its_speaker(browser, site):
    with Opened(browser, site, page(GOLD), 1280) as opened:
        cards = opened.page.locator(".quote")
        assert cards.count() == len(GOLD.quotes)
        for at, quote in enumerate(GOLD.quotes):
            card = cards.nth(at)
            words = [GOLD.text[start:end] for start, end in quote.content]
            assert card.locator("blockquote").inner_text() == " … ".join(words)
            assert GOLD.text[slice(*quote.speaker)] in card.inner_text()
            assert "Владимир Путин" in card.inner_text()
            row = card.locator("xpath=ancestor::div[contains(@class, 'row')]")
            text, beside = row.locator(".text").bounding_box(), card.bounding_box()
            assert text is not None
            assert beside is not None
            assert beside["x"] >= text["x"] + text["width"] > text["x"]
            assert words[0].split()[0] in row.locator(".text").inner_text()


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_a_nested_mention_lies_inside_its_holder(browser, site, width):
    """Every box of the inner mention is within the boxes of the outer, a pixel of rounding aside."""
    program = """() => [...document.querySelectorAll('.m .m')].filter(inner => {
        const boxes = [...inner.parentElement.closest('.m').getClientRects()];
        return ![...inner.getClientRects()].filter(r => r.width > 0).every(r => boxes.some(
            b => b.left <= r.left + 1 && b.right >= r.right - 1 && b.top <= r.top + 1 && b.bottom >= r.bottom - 1));
    }).map(e => e.innerText)"""
    with Opened(browser, site, page(GOLD), width) as opened:
        spans = [(m.start, m.end) for m in GOLD.mentions]
        inside = [s for s in spans if any(o[0] <= s[0] and s[1] <= o[1] for o in spans if o != s)]
        assert opened.page.locator(".m .m").count() == len(inside) > 0
        assert opened.page.evaluate(program) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_legible_in_light_and_dark(browser, site, scheme):
    """The contrast of text and labels with what is behind them, by WCAG 2.1: 4.5 or more."""
    program = """() => {
        const draw = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
        const rgb = colour => { draw.clearRect(0, 0, 1, 1); draw.fillStyle = colour; draw.fillRect(0, 0, 1, 1);
            return [...draw.getImageData(0, 0, 1, 1).data]; };
        const linear = v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
        const light = ([r, g, b]) => [r, g, b].map(v => linear(v / 255))
            .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
        const behind = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
            if (c[3] === 255) return c; } return [255, 255, 255]; };
        const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((m, n) => n - m);
            return (x + 0.05) / (y + 0.05); };
        const found = [];
        for (const e of document.querySelectorAll('.m, .text, .kind, .tag, blockquote, .note, .about, .section')) {
            found.push([ratio(rgb(getComputedStyle(e).color), behind(e)), e.className]);
            const label = getComputedStyle(e, '::after');
            if (e.matches('.m')) found.push([ratio(rgb(label.color), behind(e)), e.className + '::after']);
        }
        return found.filter(([value]) => value < 4.5);
    }"""
    with Opened(browser, site, page(GOLD), 1280, scheme) as opened:
        assert opened.page.evaluate(program) == []
        back = opened.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (back == "rgb(23, 24, 27)") == (scheme == "dark")


def test_markup_in_the_text_is_inert(browser, site):
    with Opened(browser, site, page(HOSTILE), 1280) as opened:
        assert opened.page.title() == " ".join(HOSTILE.id.split())
        for tag in ("script", "img", "iframe", "i", "object"):
            assert opened.page.locator(tag).count() == 0
        names = opened.page.evaluate("[...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames())")
        assert not [name for name in names if name.startswith("on")]
        drawn = opened.page.evaluate(
            "[...document.querySelectorAll('[data-mention]')].map(e => [+e.dataset.mention, e.textContent])"
        )
        for at, surface in drawn:
            mention = HOSTILE.mentions[at]
            assert surface == HOSTILE.text[mention.start : mention.end]
        assert "RIGHT «two three»" in opened.page.inner_text("main")


def test_the_policy_stops_what_would_get_through(browser, site):
    """Markup put into the finished page by hand, as if the escaping had failed, does nothing either."""
    content = page(GOLD).replace("<main>", "<main><script>document.title='owned'</script><img src=/x.png>")
    site.asked.clear()
    with Opened(browser, site, content) as opened:
        assert opened.page.title() == GOLD.id
    assert set(site.asked) - {"/favicon.ico"} == {"/opened.html"}


def test_without_scripts_it_reads_the_same(browser, site):
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(site.put("c.html", page(GOLD)))
    assert "Кризис в Сирии" in opened.inner_text("main")
    context.close()
