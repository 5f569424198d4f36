"""A person at Label Studio's own page: what the page shows, and what mouse and keyboard do there.

Places are half-open and in code points of the text, as everywhere: the page's DOM is walked, a ``<br>`` is one.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.server.machine import PASSWORD, USER

Span = tuple[int, int]

_TEXT = ".lsf-htx-richtext"
_HELPERS = Path(__file__).with_suffix(".js")


@dataclass(frozen=True)
class Drawn:
    """A region in the page's own store; ``said`` is what each control says of it."""

    id: str
    span: Span
    said: dict[str, Any]


def login(context: Any, url: str) -> None:
    """Log the first user in, for all tabs of the context."""
    page = context.new_page()
    page.goto(f"{url}/user/login/")
    page.fill("input[name=email]", USER)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(f"{url}/")
    page.close()


class Editor:
    """One browser tab at one task."""

    def __init__(self, context: Any, url: str) -> None:
        self.url = url
        self.page = context.new_page()
        self._released = 0.0
        self.faults: list[str] = []
        self.asked: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.add_init_script(path=_HELPERS)

    def open_project(self, title: str) -> None:
        """Open a project by its title, then its first task, as a person does."""
        self.page.goto(f"{self.url}/projects")
        self.page.get_by_text(title, exact=True).first.click()
        self.page.locator(".lsf-table-row").first.click()
        self._ready()

    def open(self, project: int, task: int) -> None:
        """Open a task and wait for its text and regions."""
        self.page.goto(f"{self.url}/projects/{project}/data?task={task}")
        self._ready()

    def _ready(self) -> None:
        self.page.wait_for_selector(_TEXT)
        self._until("() => goldwire.store()?.regions && goldwire.text()")
        self._until("() => goldwire.store().regions.length === 0 || Object.keys(goldwire.shown()).length > 0")
        self.page.wait_for_load_state("networkidle")

    def text(self) -> str:
        """The text as the page shows it; every line break is ``\\n``."""
        return str(self.page.evaluate("goldwire.text()"))

    def shown(self) -> dict[str, list[tuple[int, int, str]]]:
        """What is highlighted in the text: for each region its pieces, with their colours."""
        found = self.page.evaluate("goldwire.shown()")
        return {region: [(start, end, colour) for start, end, colour in pieces] for region, pieces in found.items()}

    def regions(self) -> dict[str, Drawn]:
        """The regions of the page's own store."""
        entries = self.page.evaluate("goldwire.store().serializeAnnotation()")
        found: dict[str, Drawn] = {}
        for entry in entries:
            if entry["type"] == "relation":
                continue
            value = entry["value"]
            drawn = found.setdefault(entry["id"], Drawn(entry["id"], (value["start"], value["end"]), {}))
            key = "text" if entry["type"] == "textarea" else entry["type"]
            drawn.said[entry["from_name"]] = value[key]
        return found

    def arrows(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """The relations of the page's own store: from, to, labels."""
        entries = self.page.evaluate("goldwire.arrows()")
        return [(entry["from_id"], entry["to_id"], tuple(entry.get("labels", ()))) for entry in entries]

    def box(self, at: int) -> list[float]:
        """Left, top, right and bottom of a character on the screen."""
        return list(self.page.evaluate("at => goldwire.box(at)", at))

    def ink(self, region: str) -> int | None:
        """A character of the region over which no other region lies, or ``None``."""
        found = self.page.evaluate("region => goldwire.ink(region)", region)
        return None if found is None else int(found)

    def chosen_labels(self) -> list[str]:
        """The labels that the next drag will give."""
        return list(self.page.locator(".lsf-label_selected .lsf-label__text").all_inner_texts())

    def covered(self, selector: str) -> list[str]:
        """Which of the elements something else lies over, at their middle, or are out of sight."""
        return [
            element.inner_text()
            for element in self.page.locator(selector).all()
            if not element.evaluate(
                "e => { const r = e.getBoundingClientRect();"
                " return e.contains(document.elementFromPoint((r.left + r.right) / 2, (r.top + r.bottom) / 2)); }"
            )
        ]

    def contrast(self, selector: str) -> float:
        """The least contrast of the words of these elements with what is behind them, by WCAG 2.1."""
        found = self.page.locator(selector).evaluate_all("all => all.map(e => goldwire.contrast(e))")
        return min(map(float, found))

    def press(self, key: str) -> None:
        """A key on the page, whatever field has the focus."""
        self.page.evaluate("document.activeElement?.blur()")
        self.page.keyboard.press(key)

    def unselect(self) -> None:
        """No region is selected."""
        if self.page.evaluate("goldwire.store().regionStore.selection.size"):
            self.press("u")
            self._until("() => goldwire.store().regionStore.selection.size === 0")

    def _show(self, at: int) -> None:
        self.page.evaluate("goldwire.quiet()")
        self.page.evaluate("at => goldwire.scroll(at)", at)

    def drag(self, span: Span) -> None:
        """Draw over ``text[start:end]`` with the mouse."""
        start, end = span
        self._show(start)
        left, top, _, bottom = self.box(start)
        _, top_2, right, bottom_2 = self.box(end - 1)
        # a second release near the first within 450 ms is a double click to the page, and gets the first one's label
        self.page.wait_for_timeout(max(0.0, self._released + 500 - time.monotonic() * 1000))
        self.page.mouse.move(left + 0.5, (top + bottom) / 2)
        self.page.mouse.down()
        self.page.mouse.move(right - 0.5, (top_2 + bottom_2) / 2, steps=4)
        self.page.mouse.up()
        self._released = time.monotonic() * 1000

    def mark(self, key: str, span: Span) -> str:
        """A region by hotkey, then mouse; its id."""
        self.unselect()
        before = set(self.regions())
        self._until("() => !document.querySelector('.lsf-label_selected')")
        self.press(key)
        self._until("() => document.querySelector('.lsf-label_selected')")
        self.drag(span)
        self._until("count => goldwire.store().regions.length > count", len(before))
        [new] = set(self.regions()) - before
        if self.page.evaluate("window.Htx.settings.selectAfterCreate"):
            self._until("region => goldwire.selected().includes(region)", new)
        return new

    def leave(self) -> None:
        """Esc, out of a field too: no region is selected."""
        self.page.keyboard.press("Escape")
        self._until("() => goldwire.selected().length === 0")

    def click(self, region: str) -> None:
        """Click the words of a region where no other lies over them."""
        at = self.ink(region)
        assert at is not None, f"{region}: another region lies over all of it"
        self.unselect()
        self._click_at(at)
        self.page.wait_for_timeout(100)
        if region not in self.selected():  # the page ignores the first click after some drags
            self._click_at(at)
        self._until("region => goldwire.selected().includes(region)", region)

    def _click_at(self, at: int) -> None:
        self._show(at)
        left, top, right, bottom = self.box(at)
        self.page.mouse.click((left + right) / 2, (top + bottom) / 2)

    def pick(self, region: str) -> None:
        """Click a region's line in the list of regions, which reaches every region."""
        self.unselect()
        self._line(region).click()
        self._until("region => goldwire.selected().includes(region)", region)

    def _line(self, region: str) -> Any:
        """The line of a region in the list; the page makes those in sight only, so the list is scrolled."""
        self.tab("Regions")
        find = "region => goldwire.store().regions.find(r => r.cleanId === region).region_index"
        index = self.page.evaluate(find, region)
        line = self.page.locator(".lsf-outliner-item", has=self.page.locator(f"text='{index}'"))
        self.page.locator(".lsf-tree-list-holder").hover()
        self.page.mouse.wheel(0, -100_000)
        for _ in range(100):
            self.page.wait_for_timeout(30)
            if line.count():
                line.scroll_into_view_if_needed()
                return line
            self.page.mouse.wheel(0, 300)
        raise AssertionError(f"{region}: no line in the list of regions")

    def tab(self, name: str) -> None:
        """A tab of the panel at the right: Regions or Relations."""
        self.page.locator(".lsf-panel-tabs__tab:visible", has_text=name).first.click()

    def choose(self, words: str) -> None:
        """For the selected region, an entity from the list, found by typing; the one before is taken out first."""
        listed = self.page.locator(".gw-said:visible .ant-tree-select")
        taken = listed.locator(".ant-select-selection-item-remove")
        if taken.count():
            taken.click()
        listed.locator(".ant-select-arrow").click(force=True)
        self.page.locator("[data-testid=taxonomy-search]:visible").fill(words)
        self.page.locator(".ant-select-dropdown:visible .ant-select-tree-title").get_by_text(words, exact=True).click()
        listed.locator(f'.ant-select-selection-item[title="{words}"]').wait_for()
        self.page.keyboard.press("Escape")

    def type(self, control: str, words: str) -> None:
        """For the selected region, words in a field, then Enter."""
        field = self.page.locator(f"input[name={control}]:visible")
        field.fill(words)
        field.press("Enter")
        self.page.locator(f".gw-said:visible :text('{words}')").first.wait_for()

    def selected(self) -> list[str]:
        """The ids of the selected regions."""
        return list(self.page.evaluate("goldwire.selected()"))

    def relate(self, source: str, target: str, label: str | None = None) -> None:
        """An arrow by hand: select, Alt+R, click the other; then its label in the list of relations.

        Where another region lies over all of one, its line in the list of regions is clicked.
        """
        count = len(self.arrows())
        self.tab("Regions")
        if self.ink(source) is None:
            self.pick(source)
        else:
            self.click(source)
        self.press("Alt+r")
        at = self.ink(target)
        if at is None:
            self._line(target).click()
        else:
            self._click_at(at)
        self._until("count => goldwire.arrows().length > count", count)
        if label is not None:
            self.open_labels()
            self.label(label)

    def label(self, label: str) -> None:
        """One of the labels that are open."""
        self.page.locator("[role=option]:visible").get_by_text(label, exact=True).click()
        self.page.keyboard.press("Escape")
        self.page.get_by_test_id("select-popup").wait_for(state="detached")  # till then it takes the mouse
        self._until("label => goldwire.arrows().at(-1).labels?.includes(label)", label)

    def open_labels(self) -> None:
        """The labels for the last arrow, in the list of relations."""
        self.tab("Relations")
        line = self.page.locator(".lsf-relations__item").last
        line.scroll_into_view_if_needed()
        line.hover()
        line.get_by_label("Show Relation Labels").click()
        self.page.get_by_test_id("select-trigger-").click()
        self.page.locator("[role=option]:visible").first.wait_for()

    def switch_on(self, setting: str) -> None:
        """A switch in the dialog of the page's settings."""
        self.page.get_by_test_id("bottombar-settings-button").click()
        row = self.page.locator("label", has_text=setting)
        row.wait_for()
        for _ in range(10):  # the dialog is drawn twice, and forgets what was clicked between
            self.page.wait_for_timeout(300)
            if row.locator("input").is_checked():
                break
            row.click()
        assert row.locator("input").is_checked(), setting
        self.page.keyboard.press("Escape")
        row.wait_for(state="hidden")

    def delete(self) -> None:
        """The selected region, by key."""
        count = len(self.regions())
        self.press("Backspace")
        self._until("count => goldwire.store().regions.length < count", count)

    def save(self) -> None:
        """Update, or Submit where there is no annotation yet; until the server has it."""
        button = self.page.locator("button:visible", has_text=re.compile("^(Update|Submit)$"))
        with self.page.expect_response(
            lambda response: "/annotations" in response.url and response.request.method in ("PATCH", "POST")
        ) as answer:
            button.click()
        assert answer.value.ok, answer.value.status

    def _until(self, condition: str, argument: Any = None) -> None:
        self.page.wait_for_function(condition, arg=argument, timeout=15_000)
