"""``http://HOST/PATH``, ``https://…``: a service. Each document is posted, and answered, as JSON.

``{"id", "text", "lang", "meta"}`` is posted (keys without a value are left out), the record or ``{"id", "error"}``
comes back. What may pass (no connection, a timeout, 408, 425, 429 and 5xx) is tried again with pauses that grow, or as
long as the service asks for; after a document that got no answer at all the next one has one try, so that a service
that is down does not hold up the rest.
"""

from __future__ import annotations

import base64
import http.client
import ipaddress
import os
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import unquote, urlsplit

import msgspec

from goldwire.corpus.document import Document
from goldwire.corpus.errors import ExtractorError, ServiceError, UsageError, reason, shown
from goldwire.eval.extractors.messages import Outside, answered, message, seconds
from goldwire.eval.extractors.protocol import Extractor

__all__ = ["OPTIONS", "Service", "make", "require"]

OPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "timeout": "the seconds that one answer may take; 120 if not given",
        "retries": "how often a request that may pass is sent again; 3 if not given",
        "token": "the environment variable that holds a bearer token",
    }
)

_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
_MOST_PAUSE = 60.0
_MAY_PASS = (408, 425, 429)


def require(target: str) -> None:
    """Refuse a URL without a host."""
    try:
        parts = urlsplit(target)
        sound = bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        sound = False
    if not sound:
        raise UsageError(f"extractor {target!r}: found no host and port in it, expected http://HOST:PORT/PATH")


def make(target: str, options: Mapping[str, str]) -> Extractor:
    """The service; it is first asked with the first document."""
    retries = options.get("retries", "3")
    if not retries.isdecimal() or int(retries) > 100:
        raise UsageError(f"extractor {target!r}: found retries={retries}, expected a number from 0 to 100")
    token = ""
    if "token" in options:
        token = os.environ.get(options["token"], "")
        if not token:
            raise UsageError(f"extractor {target!r}: found nothing in ${options['token']}, expected a token; set it")
    return Service(target, timeout=seconds(target, options, 120), retries=int(retries), token=token)


class Service(Outside):
    """A URL that answers one document after the other."""

    def __init__(self, url: str, *, timeout: float, retries: int, token: str = "") -> None:
        super().__init__(url)
        parts = urlsplit(url)
        user, at, host = parts.netloc.rpartition("@")
        self._url = parts._replace(netloc=host).geturl()
        self._timeout, self._retries = timeout, retries
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        elif at:
            self._headers["Authorization"] = f"Basic {base64.b64encode(unquote(user).encode()).decode()}"
        proxies = [urllib.request.ProxyHandler({})] if _is_here(parts.hostname or "") else []
        self._opener = urllib.request.build_opener(_NoRedirect, *proxies)
        self._down = False

    def extract(self, document: Document) -> Document:
        """What the service answers.

        Raises
        ------
        ServiceError
            It cannot be reached, does not answer, or answers with an HTTP error.
        ExtractorError
            It answers something else than a record of this document.
        """
        request = urllib.request.Request(self._url, message(document), self._headers, method="POST")
        tries = 1 if self._down else self._retries + 1
        self._down = False
        for left in reversed(range(tries)):
            try:
                with self._opener.open(request, timeout=self._timeout) as response:
                    return answered(response.read(), document)
            except urllib.error.HTTPError as error:
                with error:
                    said, pause = _said(error), error.headers.get("Retry-After", "")
                if left == 0 or not (error.code in _MAY_PASS or error.code >= 500):
                    raise ServiceError(f"{self._url}: found {error.code} {error.reason}{said}, expected 200") from None
                time.sleep(_pause(tries - left, pause))
            except (OSError, http.client.HTTPException) as error:
                if left == 0:
                    self._down = True
                    cause = error.reason if isinstance(error, urllib.error.URLError) else error
                    why = reason(cause) if isinstance(cause, BaseException) else str(cause)
                    raise ServiceError(f"{self._url}: found {why}, expected an answer in {self._timeout:g} s") from None
                time.sleep(_pause(tries - left))
        raise ExtractorError(f"{self._url}: found no try left, expected one")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirected POST would lose its body or go where nobody asked for: it is an error that says where to."""

    def redirect_request(self, *_: object) -> None:
        return None


def _pause(tried: int, asked: str = "") -> float:
    return min(float(asked), _MOST_PAUSE) if asked.isdecimal() else _PAUSES[min(tried, len(_PAUSES)) - 1]


def _said(error: urllib.error.HTTPError) -> str:
    """What an error's answer says: its ``error``, ``detail`` or ``message``, else its first words."""
    try:
        body = error.read(10_000)
    except (OSError, http.client.HTTPException):
        return ""
    text = body.decode("utf-8", "replace").strip()
    try:
        answer = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        answer = None
    if isinstance(answer, dict):
        text = next((str(answer[key]) for key in ("error", "detail", "message") if answer.get(key)), text)
    place = f" to {error.headers['Location']}" if "Location" in error.headers else ""
    return place + (f": {shown(' '.join(text.split()), 300)}" if text else "")


def _is_here(host: str) -> bool:
    """Whether a host is this machine, which no proxy stands before."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
