"""Any extractor as a Label Studio ML backend: what each request means. ``listener`` puts it on a port.

The contract is plain JSON over HTTP: ``GET /health``, ``POST /setup``, ``POST /predict``, ``GET /versions``, ``POST
/webhook``. A prediction has the regions that pre-annotation makes, and bears its record (``enclosed``). What ``/setup``
sends besides the config, an access token among it, is neither kept nor told.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec import UNSET

from goldwire.annotation.configs import departures, layers_of
from goldwire.annotation.enclosed import standing_alone
from goldwire.annotation.labeling import LAYERS, TEXT
from goldwire.annotation.proposals import Proposals, version_of
from goldwire.annotation.tasks import CARRIED, FORM, Task
from goldwire.corpus.document import Document, Entity, sha256
from goldwire.corpus.errors import Problem, shown
from goldwire.corpus.scheme import SCHEME, Scheme
from goldwire.eval.extractors import Extractor

__all__ = ["ROUTES", "Backend", "Refusal"]

ROUTES: Final[Mapping[str, str]] = {
    "/health": "GET",
    "/setup": "POST",
    "/predict": "POST",
    "/versions": "GET",
    "/webhook": "POST",
}
"""The paths and the method of each."""


class Refusal(Exception):  # noqa: N818 - an answer, which the listener sends
    """A request that is at fault: the status of the answer, and what is wrong."""

    def __init__(self, status: int, problem: Problem) -> None:
        super().__init__(str(problem))
        self.status = status
        self.problem = problem


class Backend:
    """One extractor, asked by one thread at a time; requests may come in any number of threads.

    ``layers`` are those that it gives, as far as a task and its project have them. ``log`` is called with each problem
    of an extractor: one that fails on a task fails that task alone.
    """

    def __init__(
        self,
        extractor: Extractor,
        *,
        layers: Sequence[str] = LAYERS,
        scheme: Scheme = SCHEME,
        log: Callable[[Problem], None] = lambda _: None,
    ) -> None:
        self.extractor = extractor
        self.layers = tuple(layers)
        self.scheme = scheme
        self.version = version_of(extractor)
        self._log = log
        self._lock = threading.Lock()

    def answer(self, path: str, body: bytes) -> dict[str, Any]:
        """The answer to a request to a path of ``ROUTES``.

        Raises
        ------
        Refusal
            The request is at fault.
        """
        if path == "/health":
            return {"status": "UP", "model_class": self.extractor.name, "model_version": self.version}
        if path == "/versions":
            return {"versions": [self.version]}
        try:
            sent = msgspec.json.decode(body)
            if not isinstance(sent, dict):
                raise _refused("not-an-object", f"a JSON {type(sent).__name__}", "an object", "send what the API says")
            return {"/setup": self._setup, "/predict": self._predict, "/webhook": _webhook}[path](sent)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise _refused("not-json", str(error), "a JSON object", "send what the API says") from None
        except RecursionError:
            raise _refused("not-json", "brackets nested too deep", "a JSON object", "send what the API says") from None

    def _setup(self, sent: dict[str, Any]) -> dict[str, Any]:
        if sent.get("schema") is not None:
            self._shared(sent["schema"], self.layers, "schema")
        return {"model_version": self.version}

    def _predict(self, sent: dict[str, Any]) -> dict[str, Any]:
        tasks = sent.get("tasks")
        if not isinstance(tasks, list) or not tasks:
            found = "none" if not tasks else f"a JSON {type(tasks).__name__}"
            raise _refused("no-tasks", found, "a list of one or more tasks", "send the tasks", "tasks")
        layers = self.layers
        if sent.get("label_config") is not None:
            layers = self._shared(sent["label_config"], layers, "label_config")
        jobs = [_Job.of(task, f"tasks[{index}]", layers) for index, task in enumerate(tasks)]
        return {"results": [self._result(job) for job in jobs], "model_version": self.version}

    def _shared(self, config: object, layers: Sequence[str], field: str) -> tuple[str, ...]:
        """The layers that a project of that config has too."""
        if not isinstance(config, str):
            raise _refused("wrong-config", f"a JSON {type(config).__name__}", "the labeling config", "send it", field)
        theirs = layers_of(config)
        both = tuple(layer for layer in layers if layer in theirs)
        remedy = "give the project the config of `goldwire label config`, or push to it"
        if not both:
            found = "no control of ours" if not theirs else f"controls of {', '.join(theirs)}"
            raise _refused("wrong-config", found, f"those of {', '.join(layers)}", remedy, field)
        for problem in departures(config, both, scheme=self.scheme):
            if problem.code == "config-changed":
                raise _refused("wrong-config", problem.found, problem.expected, remedy, field)
        return both

    def _result(self, job: _Job) -> dict[str, Any] | list[Any]:
        """The prediction for one task. No prediction is an empty list: an empty result would say that nothing is there.

        The server then has none, and asks again the next time.
        """
        proposals = Proposals(scheme=self.scheme)
        with self._lock:
            made = proposals.proposed(job.task, self.extractor, job.document)
        for problem in proposals.failures:
            self._log(problem)
        for (name, theirs), count in sorted(proposals.unknown.items()):
            found, want = f"{shown(theirs)} on {count} mention{'s' * (count > 1)}", "a label of the label set"
            self._log(
                Problem("unknown-label", found, want, "they were left out", name, job.document.id, severity="warning")
            )
        if made is job.task:
            return []
        record = made["data"][CARRIED]["sources"][-1]["record"]
        entities = msgspec.convert(record.get("entities", []), list[Entity])
        return {**standing_alone(made, job.offered, entities), "model_version": self.version}


class _Job:
    """A task that was sent: the document that the extractor is asked for, and the task as far as a prediction needs it.

    ``offered`` is the entity list that its page has.
    """

    def __init__(self, task: Task, document: Document, offered: list[Any]) -> None:
        self.task = task
        self.document = document
        self.offered = offered

    @classmethod
    def of(cls, sent: object, place: str, layers: Sequence[str]) -> _Job:
        data = sent.get("data") if isinstance(sent, Mapping) else None
        if not isinstance(sent, Mapping) or not isinstance(data, Mapping):
            raise _refused("no-data", "no `data`", "an object with `data`", "send the task as the server has it", place)
        place = f"{place}.data"
        text = data.get(TEXT)
        if not isinstance(text, str):
            raise _refused("no-text", shown(text), "a string", "give the text of the document", f"{place}.{TEXT}")
        known = data["id"] if isinstance(data.get("id"), str) else f"task {shown(sent.get('id'))}"
        fingerprint = sha256(text)
        if data.get("sha256", fingerprint) != fingerprint:
            want, found = shown(data["sha256"], 80), f"a text with hash {fingerprint}"
            raise _refused("wrong-hash", found, want, "the text was changed: push it anew", f"{place}.sha256", known)
        carried, sources = _carried(data, f"{place}.{CARRIED}", known)
        both = [layer for layer in layers if layer in carried]
        if not both:
            found, want = f"a task of {', '.join(carried)}", f"one of {', '.join(layers)}"
            raise _refused("other-layers", found, want, "serve those layers with --layer", place, known)
        offered = data.get("entities")
        if not isinstance(offered, list) and set(both) & {"entities", "quotes"}:
            found, want = shown(offered), "a list; the page needs it"
            raise _refused("no-entities", found, want, "give `[]` for none", f"{place}.entities", known)
        lang, meta = data.get("lang"), data.get("meta")
        document = Document(
            id=known,
            text=text,
            lang=lang if isinstance(lang, str) else UNSET,
            meta=meta if isinstance(meta, dict) else UNSET,
        )
        carry = {"form": FORM, "layers": both, "sources": sources}
        bare: dict[str, Any] = {TEXT: text, "id": known, "sha256": fingerprint, "entities": [], CARRIED: carry}
        return cls({"data": bare}, document, offered if isinstance(offered, list) else [])


def _carried(data: Mapping[str, Any], place: str, known: str) -> tuple[Sequence[str], list[dict[str, Any]]]:
    """The layers of a task of our make, and its records as far as their entities go; of another, all and none."""
    carry = data.get(CARRIED)
    if carry is None:
        return LAYERS, []
    layers = carry.get("layers") if isinstance(carry, Mapping) else None
    sources: Any = carry.get("sources") if isinstance(carry, Mapping) else None
    try:
        if carry["form"] != FORM or not isinstance(layers, list) or not set(layers) <= set(LAYERS):
            raise ValueError
        kept = [{"record": {"entities": source["record"].get("entities", [])}} for source in sources]
        for source in kept:
            msgspec.convert(source["record"]["entities"], list[Entity])
    except (AttributeError, KeyError, TypeError, ValueError):
        want = f"what a task of form {FORM} carries"
        raise _refused("bad-carry", shown(carry), want, "push the task anew", place, known) from None
    return layers, kept


def _webhook(_: dict[str, Any]) -> dict[str, Any]:
    """Nothing is trained: whatever happened is no concern of an extractor."""
    return {"status": "ignored"}


def _refused(
    code: str, found: str, expected: str, remedy: str, field: str | None = None, document: str | None = None
) -> Refusal:
    return Refusal(400, Problem(code, found, expected, remedy, field, document))
