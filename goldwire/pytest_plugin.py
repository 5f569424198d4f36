"""A pytest plugin: scores as tests, and a fixture that judges extractors.

``pytest --goldwire my_package:extract --goldwire-min entities.strict=0.80`` adds a test for each threshold; one that is
missed fails with the extractor's errors in the article's lines. The fixture ``goldwire`` is for tests in Python.
Nothing of the kit but this module is imported until one of them is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from goldwire.eval.result import Result
    from goldwire.judging import Judged

__all__ = ["Goldwire", "goldwire"]

_PROPERTY = "goldwire"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the plugin."""
    group = parser.getgroup("goldwire", "judge extractors of entities, quotes and sections")
    group.addoption(
        "--goldwire",
        action="append",
        default=[],
        metavar="EXTRACTOR",
        help="whatever goldwire bench takes, such as my_package.my_module:extract (runs that code); may be repeated",
    )
    group.addoption(
        "--goldwire-min",
        action="append",
        default=[],
        metavar="SCORE=X",
        help="fail where a score is below X, or an error rate above it; may be repeated",
    )
    group.addoption("--goldwire-gold", metavar="GOLD", help="gold to judge on; default: the embedded article")
    group.addoption("--goldwire-view", metavar="VIEW", help="the task; default: what the extractor is made for")
    group.addoption(
        "--goldwire-examples",
        type=int,
        default=3,
        metavar="N",
        help="so many errors of each kind are shown in context (default: 3)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Check the thresholds, and name the marker of the tests that the options add."""
    config.addinivalue_line("markers", "goldwire: an extractor judged by --goldwire")
    if not (config.getoption("--goldwire") or config.getoption("--goldwire-min")):
        return
    if not config.getoption("--goldwire"):
        raise pytest.UsageError("--goldwire-min: found no extractor, expected --goldwire EXTRACTOR beside it")
    try:
        _thresholds(config)
    except Exception as error:
        raise pytest.UsageError(f"--goldwire-min: {error}") from None


def _thresholds(config: pytest.Config) -> dict[str, float]:
    texts = config.getoption("--goldwire-min")
    if not texts:
        return {}
    from goldwire.eval.result import parse_threshold

    return dict(map(parse_threshold, texts))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Add the tests that the options ask for; -k and -m choose among them as among others."""
    for what in config.getoption("--goldwire"):
        items.extend(_Judgement.from_parent(session, name=what, nodeid=f"goldwire::{what}").collect())


class _Judgement(pytest.Collector):
    """One extractor: judged once, when its first test runs."""

    _judged: Judged | None = None

    def collect(self) -> Iterator[pytest.Item]:
        thresholds = _thresholds(self.config)
        if not thresholds:
            yield _Threshold.from_parent(self, name="runs", threshold={})
        for score, bound in thresholds.items():
            yield _Threshold.from_parent(self, name=f"{score}={bound:g}", threshold={score: bound})

    @property
    def judged(self) -> Judged:
        """The extractor's result."""
        if self._judged is None:
            from goldwire.judging import judge

            option = self.config.getoption
            self._judged = judge(self.name, option("--goldwire-gold"), view=option("--goldwire-view"))
        return self._judged


class _Threshold(pytest.Item):
    """One score of an extractor and its bound; without one: that it runs on every document."""

    def __init__(self, *, threshold: dict[str, float], **options: Any) -> None:
        super().__init__(**options)
        self._threshold = threshold
        self.add_marker("goldwire")

    def runtest(self) -> None:
        assert isinstance(self.parent, _Judgement)
        judged = self.parent.judged
        for score in self._threshold or [name for name in judged.result.scores if _is_headline(name)]:
            bound = "" if not self._threshold else f" (bound {self._threshold[score]:g})"
            value = judged.value(score)
            figure = "null" if value is None else f"{value:.4f}"
            self.user_properties.append((_PROPERTY, f"{judged.name} {score} {figure}{bound}"))
        if not self._threshold and judged.failures:
            reasons = "\n".join(f"failed on {document}: {why}" for document, why in judged.failures.items())
            raise pytest.fail.Exception(f"{judged.name}: {len(judged.failures)} documents failed\n{reasons}")
        judged.require(self._threshold, self.config.getoption("--goldwire-examples"))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        from goldwire.corpus.errors import GoldwireError

        if isinstance(excinfo.value, (GoldwireError, pytest.fail.Exception)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Any, int | None, str]:
        return "goldwire", None, self.nodeid


def _is_headline(name: str) -> bool:
    from goldwire.eval.measures import MEASURES

    return MEASURES[name].headline


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Every score that was judged, passed or failed."""
    reports = [report for outcome in ("passed", "failed") for report in terminalreporter.stats.get(outcome, [])]
    lines = [
        line
        for report in reports
        if report.when == "call"
        for name, line in report.user_properties
        if name == _PROPERTY
    ]
    if lines:
        terminalreporter.write_sep("-", "goldwire")
        for line in lines:
            terminalreporter.write_line(line)


class Goldwire:
    """What the fixture ``goldwire`` gives."""

    def judge(self, extractor: Any, gold: Any = None, *, view: str | None = None) -> Judged:
        """Run an extractor, a Python object or whatever ``goldwire bench`` takes, and judge it.

        >>> judged = Goldwire().judge(lambda text: [(0, 5, "PERSON")])
        >>> judged.value("entities.strict")
        0.0
        """
        from goldwire.judging import judge

        return judge(extractor, gold, view=view)

    def require(
        self, extractor: Any, thresholds: Mapping[str, float], gold: Any = None, *, view: str | None = None
    ) -> Judged:
        """Judge an extractor, and fail with its errors in context where a score misses its threshold.

        Raises
        ------
        ThresholdError
            A score is below its threshold, or an error rate above it.
        """
        __tracebackhide__ = True
        judged = self.judge(extractor, gold, view=view)
        judged.require(thresholds)
        return judged

    def score(self, gold: Any, predicted: Any, **options: Any) -> Result:
        """``goldwire.score``, without intervals unless ``draws`` asks for them."""
        from goldwire.scoring import score

        return score(gold, predicted, **{"draws": 0, **options})


@pytest.fixture(scope="session")
def goldwire() -> Goldwire:
    """Judges extractors: ``goldwire.require(extract, {"entities.strict": 0.8})``."""
    return Goldwire()
