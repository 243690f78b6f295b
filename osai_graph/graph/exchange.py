"""exchange sends requests to a SPARQL server, and turns what goes wrong into one clear error."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase, HTTPBasicAuth, HTTPDigestAuth
from urllib3.exceptions import HTTPError, ReadTimeoutError

from osai_graph.errors import StoreError

#: The names of the settings that errors point to.
USER, PASSWORD = "OSAI_GRAPH_STORE_USER", "OSAI_GRAPH_STORE_PASSWORD"
SECONDS = "OSAI_GRAPH_STORE_SECONDS"

_CHUNK = 1 << 16
_CONNECT_SECONDS = 10.0


class RequestRefusedError(StoreError):
    """The server calls the request itself wrong, such as a query that it cannot read."""


class ServerTimeoutError(StoreError):
    """The server did not answer in time."""


class AnswerSizeError(StoreError):
    """The answer is larger than the limit."""


@dataclass(frozen=True)
class Credentials:
    """Who we are to the server; the password is never shown."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class ServerAnswer:
    """What a server answered: the media type without parameters, headers, and the body."""

    media_type: str
    headers: Mapping[str, str]
    body: bytes


class Exchange:
    """Sends requests to a server; safe to use from several threads.

    Redirects are not followed and proxies of the environment not used: what is sent may carry
    credentials, and goes to the address that was given or nowhere.

    Args:
        credentials: sent when the server asks for them, by the Digest or Basic scheme (RFC 7616,
            RFC 7617), whichever it asks for.
        seconds: how long a request may take from its start to the end of the answer.
        most_bytes: the largest answer that is read.
    """

    def __init__(
        self,
        credentials: Credentials | None = None,
        seconds: float = 600.0,
        most_bytes: int = 1 << 30,
    ) -> None:
        self.credentials = credentials
        self.seconds = seconds
        self.most_bytes = most_bytes
        self._local = threading.local()

    def __getstate__(self) -> tuple[Credentials | None, float, int]:
        return self.credentials, self.seconds, self.most_bytes

    def __setstate__(self, state: tuple[Credentials | None, float, int]) -> None:
        self.__init__(*state)  # type: ignore[misc]

    def close(self) -> None:
        """Close the connections of this thread."""
        if session := getattr(self._local, "session", None):
            session.close()
            self._local = threading.local()

    def post_form(
        self,
        url: str,
        form: list[tuple[str, str]],
        accept: str,
        *,
        seconds: float | None = None,
        most_bytes: int | None = None,
    ) -> ServerAnswer:
        """Send a form (SPARQL 1.1 Protocol, sections 2.1.2 and 2.2.1); every server takes one.

        Raises:
            RequestRefusedError: the server answers 400.
            StoreError: anything else that is no answer of 2xx.
        """
        return self._send("POST", url, {"Accept": accept}, form, seconds, most_bytes)

    def post_content(self, url: str, content: bytes, media_type: str) -> ServerAnswer:
        """Send a document; raises StoreError as `post_form`."""
        return self._send("POST", url, {"Content-Type": media_type}, content, None, None)

    def _session(self) -> requests.Session:
        if not hasattr(self._local, "session"):
            session = requests.Session()
            session.trust_env = False
            session.headers["User-Agent"] = "osai-graph"
            self._local.session = session
        found: requests.Session = self._local.session
        return found

    def _send(
        self,
        method: str,
        url: str,
        headers: dict[str, str],
        data: list[tuple[str, str]] | bytes,
        seconds: float | None,
        most_bytes: int | None,
    ) -> ServerAnswer:
        place = shown(url)
        allowed = seconds or self.seconds
        deadline = time.monotonic() + allowed
        try:
            response = self._ask(method, url, headers, data, allowed)
            with response:
                body = _read(response, deadline, most_bytes or self.most_bytes, place)
        except (requests.Timeout, ReadTimeoutError, TimeoutError) as error:
            raise ServerTimeoutError(
                f"The server at {place} did not answer within {allowed:g} seconds.",
                f"Try again later, or allow more seconds with {SECONDS}.",
            ) from error
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise _connection_error(place, error) from error
        _require_success(response, body, place, self.credentials)
        media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return ServerAnswer(media_type, response.headers, body)

    def _ask(
        self,
        method: str,
        url: str,
        headers: dict[str, str],
        data: list[tuple[str, str]] | bytes,
        seconds: float,
    ) -> requests.Response:
        session = self._session()
        auth: AuthBase | None = getattr(self._local, "auth", None)

        def ask(auth: AuthBase | None) -> requests.Response:
            return session.request(
                method,
                url,
                data=data,
                headers=headers,
                auth=auth,
                timeout=(min(_CONNECT_SECONDS, seconds), seconds),
                allow_redirects=False,
                stream=True,
            )

        response = ask(auth)
        if response.status_code == 401 and auth is None and self.credentials is not None:
            digest = "digest" in response.headers.get("WWW-Authenticate", "").lower()
            response.close()
            scheme = HTTPDigestAuth if digest else HTTPBasicAuth
            self._local.auth = scheme(self.credentials.user, self.credentials.password)
            response = ask(self._local.auth)
        return response


def shown(url: str) -> str:
    """Return an address without the user, password and query that it may hold."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def _read(response: requests.Response, deadline: float, most: int, place: str) -> bytes:
    """Return the body, as far as time and size permit; a server may send a byte a minute."""
    body = bytearray()
    # read1 gives what has come, so that the time is looked at between the packets
    while chunk := response.raw.read1(_CHUNK, decode_content=True):
        body += chunk
        if len(body) > most:
            raise AnswerSizeError(
                f"The answer of {place} is larger than {most / 1024**2:,.0f} MB and was not read.",
                "Ask for less at once, with a LIMIT or fewer variables.",
            )
        if time.monotonic() > deadline:
            raise TimeoutError
    return bytes(body)


def _connection_error(place: str, error: Exception) -> StoreError:
    if isinstance(error, StoreError):
        return error
    if isinstance(error, HTTPError):
        return StoreError(
            f"The server at {place} broke off in the middle of its answer.",
            "Look into its log, and try again.",
        )
    if isinstance(error, ValueError) and not isinstance(error, requests.ConnectionError):
        return StoreError(
            f"{place} cannot be asked: {_reason(error)}.",
            "Write the address in full, such as http://127.0.0.1:7878/query.",
        )
    return StoreError(
        f"The server at {place} cannot be reached: {_reason(error)}.",
        "Check that it runs, and that the address is right.",
    )


def _reason(error: BaseException) -> str:
    """Return the innermost reason of an error of the HTTP library, in a few words."""
    while error.__cause__ or error.__context__:
        inner = error.__cause__ or error.__context__
        assert inner is not None
        error = inner
    text = str(getattr(error, "strerror", None) or error or type(error).__name__)
    return re.sub(r"\s+", " ", text)[:200].rstrip(".")


def _require_success(
    response: requests.Response, body: bytes, place: str, credentials: Credentials | None
) -> None:
    status = response.status_code
    if 200 <= status < 300:
        return
    said = said_by(body, response.headers.get("Content-Type", ""))
    if 300 <= status < 400:
        target = shown(response.headers.get("Location", "")) or "nowhere"
        raise StoreError(
            f"The server at {place} redirects to {target}, which is not followed.",
            "If that is the right address, give it instead.",
        )
    if status in (401, 403) or "permission" in said.lower():
        given = "Those given are not accepted." if credentials else "None are given."
        raise StoreError(
            f"The server at {place} refuses access: {said or status}",
            f"Set {USER} and {PASSWORD} in the environment. {given}",
        )
    if status == 400:
        raise RequestRefusedError(f"The server at {place} refuses the request: {said or status}")
    if status in (404, 405):
        raise StoreError(
            f"There is no SPARQL service at {place} ({status}).",
            "Check the addresses of --store, --update-url and --graph-store-url.",
        )
    raise StoreError(
        f"The server at {place} failed ({status}): {said or 'it gives no reason.'}",
        "Look into its log. Nothing was replaced here.",
    )


def said_by(body: bytes, content_type: str) -> str:
    """Return the first sentence of an error's text; of a page in HTML only what people see."""
    text = body[:20_000].decode("utf-8", errors="replace")
    if "html" in content_type.lower() or text.lstrip()[:1] == "<":
        text = re.sub(r"(?s)<(script|style).*?</\1>|<[^>]*>", " ", text)
    lines = [re.sub(r"\s+", " ", line).strip() for line in text.splitlines()]
    said = next((line for line in lines if line), "")
    printable = "".join(c for c in said if c.isprintable())
    return printable[:300]
