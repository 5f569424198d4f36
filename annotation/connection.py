"""A Label Studio server, reached through its SDK: what is tried again, what is not, and in which words it fails.

Tried again are a lost connection, a timeout and an answer of 500 or more, with growing pauses, until nothing has
worked for as long as the patience lasts; never an answer of 400 to 499. The SDK's own retries are switched off
(``ONCE``): it would send a write again whose answer was lost though the write was done. ``ask`` is for what may be
asked twice, ``attempt`` for writes, where the caller looks first what arrived.

The token goes to the server and nowhere else: no message, file or log of ours holds it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any, Final, NoReturn, TypeVar

from goldwire.corpus.errors import ServiceError, UsageError

__all__ = ["ONCE", "PATIENCE", "TIMEOUT", "Connection", "Lost", "Pauses", "RefusedError", "require_sdk"]

TIMEOUT: Final = 300.0
"""Seconds that one answer may take: an import or an export of thousands of tasks is one answer."""

PATIENCE: Final = 120.0
"""Seconds of nothing but failures after which it is given up: a server restarts in less."""

ONCE: Final[dict[str, Any]] = {"max_retries": 0}
"""The SDK's ``request_options`` for every call of ours."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 10.0
_HIDDEN = "(token)"
_JWT = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")
_T = TypeVar("_T")


class Lost(Exception):  # noqa: N818 - not a failure yet: what was asked may have been done
    """An answer that did not arrive, or one of 500 and more.

    ``slow``: it was a timeout, so what was asked may be under way for long. ``unsent``: there was no connection, so
    nothing was asked.
    """

    def __init__(self, why: str, *, slow: bool = False, unsent: bool = False) -> None:
        super().__init__(why)
        self.slow = slow
        self.unsent = unsent


class RefusedError(ServiceError):
    """The server's answer was one below 500 that is no success; ``status`` is its number."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Connection:
    """One server and one token, legacy or personal. No request is made before the first ``ask`` or ``attempt``."""

    def __init__(self, url: str, token: str, *, timeout: float = TIMEOUT, patience: float = PATIENCE) -> None:
        """Raises ``UsageError`` for a URL or a token that cannot be one, and where the SDK is not installed."""
        self.url = url.strip().rstrip("/")
        self.timeout = timeout
        self.patience = patience
        self._token = token.strip()
        if not re.fullmatch(r"https?://[^/?#\s@]+(/[^?#\s]*)?", self.url):
            raise UsageError(
                f"URL {self._clean(self.url)!r}: expected http://HOST:PORT or https://HOST without name and password; "
                "give --url or set LABEL_STUDIO_URL"
            )
        if not re.fullmatch(r"[!-~]+", self._token):
            found = "none" if not self._token else "one with white space or letters that are not ASCII (not shown)"
            raise UsageError(
                f"token: found {found}, expected an access token as Label Studio shows it; "
                "set LABEL_STUDIO_API_KEY or give --token"
            )
        require_sdk()
        self._client: Any = None

    def __repr__(self) -> str:
        return f"Connection({self.url!r})"

    def attempt(self, what: str, call: Callable[[Any], _T]) -> _T:
        """What ``call`` gives for the SDK's client, tried once.

        Raises
        ------
        Lost
            The answer did not arrive: it may have been done, or not.
        RefusedError
            The server refused, or is none of ours; trying again would not help.
        """
        import httpx
        from label_studio_sdk.core.api_error import ApiError

        try:
            return call(self._sdk())
        except ApiError as error:
            status = error.status_code or 0
            if status >= 500:
                # 504: a gateway has lost its patience, and the server goes on
                raise Lost(f"answer {status}: {self._clean(_detail(error.body))[:300]}", slow=status == 504) from None
            self._refused(what, status, _detail(error.body))
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise Lost(f"{type(error).__name__}: {self._clean(str(error))}", unsent=True) from None
        except httpx.TimeoutException as error:
            raise Lost(f"no answer within {self.timeout:g} s ({type(error).__name__})", slow=True) from None
        except httpx.TransportError as error:
            raise Lost(f"{type(error).__name__}: {self._clean(str(error))}") from None
        except ValueError as error:
            # also pydantic's and json's: an answer in another form, as a proxy gives it
            raise Lost(f"an answer that is not Label Studio's: {self._clean(str(error))[:200]}") from None

    def ask(self, what: str, call: Callable[[Any], _T]) -> _T:
        """What ``call`` gives for the SDK's client; it may be called several times.

        Raises
        ------
        ServiceError
            The server refused, or failed for longer than the patience lasts.
        """
        pauses = self.pauses()
        while True:
            try:
                return self.attempt(what, call)
            except Lost as lost:
                pauses.after(lost, what)

    def pauses(self) -> Pauses:
        """The pauses between tries, from now on."""
        return Pauses(self.url, self.patience)

    def _sdk(self) -> Any:
        """The SDK's client. Importing it takes seconds, so this is the only place that does."""
        if self._client is None:
            from label_studio_sdk import LabelStudio

            self._client = LabelStudio(
                # with the last slash, without which the SDK drops the path of a server that is below one
                base_url=f"{self.url}/",
                api_key=self._token,
                timeout=self.timeout,
                # a POST would be repeated as a GET
                follow_redirects=False,
            )
        return self._client

    def _refused(self, what: str, status: int, detail: str) -> NoReturn:
        detail = self._clean(detail)[:500]
        if status == 401:
            found, wanted = f"answer 401 ({detail})", "a token that this server knows (not shown)"
            remedy = (
                "copy it anew from Account & Settings; a legacy token must be allowed in the organisation's settings"
            )
        elif status == 403:
            found, wanted = f"answer 403 ({detail})", "the right to do so"
            remedy = "ask the owner of the project"
        elif status < 400:
            found, wanted = f"an answer that is not Label Studio's ({status})", "its API"
            remedy = "correct the URL"
        else:
            found, wanted, remedy = f"answer {status} ({detail})", "it to be done", "see what the server says"
        raise RefusedError(f"{self.url}: {what}: found {found}, expected {wanted}; {remedy}", status) from None

    def _clean(self, message: str) -> str:
        """``message`` on one line and without any token."""
        if self._token:
            message = message.replace(self._token, _HIDDEN)
        return " ".join(_JWT.sub(_HIDDEN, message).split())


class Pauses:
    """Growing pauses between tries, until nothing has worked for as long as the patience lasts."""

    def __init__(self, url: str, patience: float) -> None:
        self._url = url
        self._patience = patience
        self.again()

    def again(self) -> None:
        """Something worked: count from now."""
        self._begin = time.monotonic()
        self._pause = _FIRST_PAUSE
        self._tries = 0

    def after(self, lost: Lost, what: str) -> None:
        """Pause after a try that was lost.

        Raises
        ------
        ServiceError
            The patience is over.
        """
        self._tries += 1
        spent = time.monotonic() - self._begin
        if spent + self._pause > self._patience:
            raise ServiceError(
                f"{self._url}: {what}: found {lost}, {self._tries} times in {spent:.0f} s, expected an answer; "
                "is the server up? What arrived is kept: run the same command again"
            ) from None
        time.sleep(self._pause)
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)


def require_sdk() -> None:
    """Raises ``UsageError`` where the SDK is not installed."""
    import importlib.util

    if importlib.util.find_spec("label_studio_sdk") is None:
        raise UsageError(
            "found no label-studio-sdk, expected it for push, pull and sync; pip install 'goldwire[label-studio]'"
        )


def _detail(body: object) -> str:
    """What the server says, without what only its log needs."""
    if isinstance(body, dict):
        said = {key: body[key] for key in ("detail", "validation_errors", "predictions", "non_field_errors")
                if body.get(key)}  # fmt: skip
        return str(said or body)
    return str(body)
