"""A conversation with a language model over the OpenAI protocol: one question, one answer, kept on disk."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from goldwire.corpus.document import sha256
from goldwire.corpus.errors import ExtractorError, ServiceError, UsageError, reason
from goldwire.eval.extractors.cache import AnswerCache, digest
from goldwire.eval.extractors.options import Options

__all__ = ["FORMATS", "KEY", "Answer", "Chat", "Prompt"]

FORMATS = ("json_schema", "json_object", "text")
"""How the answer's form is asked for: by its JSON schema, as any JSON object, or in words alone."""

KEY = "OPENAI_API_KEY"
"""The environment variable with the key; it goes to the server and nowhere else."""

_BASE_URL = "OPENAI_BASE_URL"
_NO_KEY = "none"  # servers of one's own want no key, the library wants one
_FORMAT_WORDS = ("response_format", "json_schema", "json_object", "structured", "guided")


class Prompt(NamedTuple):
    """What a model is told before it is given a text, and the JSON schema of its answer."""

    name: str
    words: str
    schema: dict[str, Any]

    @property
    def hash(self) -> str:
        """The SHA-256 of words and schema."""
        return digest([self.words, self.schema])


class Answer(NamedTuple):
    """What a model answered: its words, why there are none, whether it ran into the limit of tokens, and what it took.

    ``damaged`` names the file of a kept answer that could not be read.
    """

    content: str | None
    refusal: str | None
    cut: bool
    usage: dict[str, Any]
    damaged: str | None


class Chat:
    """One model behind one address, with the parameters of all its requests.

    Requests that fail for the moment (no connection, 408, 409, 429, 5xx) are repeated by the library, after what
    ``Retry-After`` says or after pauses that double. What would fail for every text (key, model, quota) is asked once.
    """

    def __init__(self, what: str, model: str, options: Options) -> None:
        import openai

        self._what, self._model = what, model
        base_url = options.text("base-url") or os.environ.get(_BASE_URL, "")
        self._key = os.environ.get(KEY, "")
        self._refuse(base_url)
        self.format = options.choice("format", (*FORMATS, "auto"), "json_schema")
        self._steps = list(FORMATS) if self.format == "auto" else [self.format]
        self.parameters = _parameters(options)
        self._pause = 60 / per_minute if (per_minute := options.number("requests-per-minute", 0, 0)) else 0.0
        self._next = 0.0
        folder = options.text("cache", str(Path("runs", ".cache")))
        self.cache = AnswerCache(None if folder == "none" else Path(folder).absolute())
        self._client = openai.OpenAI(
            base_url=base_url or None,
            api_key=self._key or _NO_KEY,
            timeout=options.number("timeout", 120, 0.001),
            max_retries=options.count("retries", 5, 0),
        )
        self.base_url = str(self._client.base_url)
        self._over: ServiceError | None = None

    def ask(self, prompt: Prompt, text: str) -> Answer:
        """The model's answer to ``text``, from the disk where it was given before.

        Raises
        ------
        ServiceError
            The server cannot be reached, refuses the key or the model, or has had enough.
        ExtractorError
            The server refuses this request.
        """
        import openai

        while True:
            question = self._question(prompt, text)
            kept = self.cache.get(question)
            if kept is not None:
                break
            if self._over is not None:
                raise self._over
            try:
                kept = self._asked(prompt, text)
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                if any(word in str(error) for word in _FORMAT_WORDS):
                    if len(self._steps) > 1:
                        self._steps.pop(0)
                        continue
                    raise self._refused(error, "; try format=json_object, format=text or format=auto") from None
                raise self._refused(error, "") from None
            except openai.APIError as error:
                raise self._failed(error) from None
            self.cache.put(question, kept)
            break
        finish = kept.get("finish_reason")
        refusal = kept.get("refusal") or ("content_filter" if finish == "content_filter" else None)
        used = {"requests": 1, **kept["usage"], "served_by": [kept["model"]], "formats": [self._steps[0]]}
        damaged, self.cache.damaged = self.cache.damaged, None
        return Answer(kept.get("content"), refusal, finish == "length", used, damaged)

    def details(self) -> dict[str, Any]:
        """What ``run.json`` keeps: where, what and how; never the key."""
        return {
            "model": self._model,
            "base_url": self.base_url,
            "parameters": {**self.parameters, "format": self.format},
            "cached": self.cache.folder is not None,
        }

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _refuse(self, base_url: str) -> None:
        if base_url:
            try:
                parts = urlsplit(base_url)
                sound = parts.scheme in ("http", "https") and bool(parts.hostname)
            except ValueError:
                sound = False
            if not sound:
                raise UsageError(
                    f"extractor {self._what!r}: option base-url: found no URL, expected http://HOST/v1 or https://HOST/v1"
                )
            if parts.username is not None or parts.query:
                raise UsageError(
                    f"extractor {self._what!r}: option base-url: found a user, a password or a query in it, expected "
                    f"a bare URL; a key goes into the environment variable {KEY}"
                )
        elif not self._key:
            raise UsageError(
                f"extractor {self._what!r}: found no {KEY} in the environment, expected the key of the service; or "
                "name a server of your own with --base-url, which may do without"
            )

    def _question(self, prompt: Prompt, text: str) -> dict[str, Any]:
        return {
            "base_url": self.base_url,
            "model": self._model,
            "parameters": {**self.parameters, "format": self._steps[0]},
            "prompt": prompt.hash,
            "text": sha256(text),
        }

    def _asked(self, prompt: Prompt, text: str) -> dict[str, Any]:
        words = prompt.words
        request: dict[str, Any] = dict(self.parameters)
        match self._steps[0]:
            case "json_schema":
                schema = {"name": prompt.name, "strict": True, "schema": prompt.schema}
                request["response_format"] = {"type": "json_schema", "json_schema": schema}
            case other:
                words += "\nAnswer with JSON alone, of this schema:\n" + json.dumps(prompt.schema, ensure_ascii=False)
                if other == "json_object":
                    request["response_format"] = {"type": "json_object"}
        messages = [{"role": "system", "content": words}, {"role": "user", "content": text}]
        time.sleep(max(0.0, self._next - time.monotonic()))
        self._next = time.monotonic() + self._pause
        done = self._client.chat.completions.create(model=self._model, messages=messages, **request)
        used = getattr(done, "usage", None)
        choices = getattr(done, "choices", None)
        message = getattr(choices[0], "message", None) if choices else None
        if not choices or message is None:
            raise ServiceError(
                f"extractor {self._what!r}: found an answer without choices, expected the OpenAI protocol; is "
                "base-url right, with /v1 at its end?"
            )
        return {
            "content": message.content if isinstance(message.content, str) else None,
            "refusal": getattr(message, "refusal", None),
            "finish_reason": choices[0].finish_reason,
            "model": done.model or self._model,
            "usage": {name: getattr(used, name, 0) or 0 for name in ("prompt_tokens", "completion_tokens")},
        }

    def _refused(self, error: Exception, remedy: str) -> ExtractorError:
        return ExtractorError(f"the server refused the request: {self._said(error)}{remedy}")

    def _failed(self, error: Exception) -> ServiceError:
        import openai

        if isinstance(error, openai.APIConnectionError):
            remedy = "is it running, and is base-url right? timeout= and retries= give it more time"
        elif isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
            remedy = f"check {KEY}"
        elif isinstance(error, openai.NotFoundError):
            remedy = "check the model's name, and that base-url ends as the service says, mostly in /v1"
        else:
            remedy = "requests-per-minute= asks more slowly, retries= more often; what was answered is kept"
        failed = ServiceError(f"{self.base_url}: {self._said(error)}; {remedy}")
        lasting = isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError | openai.NotFoundError)
        if lasting or getattr(error, "code", None) == "insufficient_quota":
            self._over = failed
        return failed

    def _said(self, error: Exception) -> str:
        """What an error says, without the key, which some servers repeat."""
        said = reason(error)
        return said.replace(self._key, "…") if self._key else said


def _parameters(options: Options) -> dict[str, Any]:
    """What goes with every request; what is not given is not sent, but for the temperature."""
    found: dict[str, Any] = {}
    if options.text("temperature") != "none":
        found["temperature"] = options.number("temperature", 0, 0, 2)
    for name, key in (("max-tokens", "max_tokens"), ("seed", "seed")):
        if options.text(name):
            found[key] = options.count(name, 0, 0)
    if options.text("reasoning-effort"):
        found["reasoning_effort"] = options.text("reasoning-effort")
    return found
