"""A session for client libraries that bring their own requests calls, with our limits around every one of them."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import requests
from urllib3.exceptions import HTTPError

from socialcrm.errors import BadResponse, ConfigError, Transient
from socialcrm.http.transport import Limits, bounded_reply, deadline, harden

Watch = Callable[[int, Mapping[str, str]], None]


class BoundedSession(requests.Session):
    """Sends what a library asks for: in time, in bounds, without redirects, environment, cookies or blind retries.

    ``ca_bundle`` is a file of certificates to trust instead of the built-in ones, ``proxy`` the address of a
    proxy for https, ``headers`` go with every request, ``watch`` is told status and headers (names in
    lower case) of every answer. Trouble on the way is raised as `Transient` (no complete answer) or
    `BadResponse` (too large), never as an error of requests, whose messages print addresses.
    """

    def __init__(
        self,
        limits: Limits,
        *,
        ca_bundle: Path | None = None,
        proxy: str = "",
        headers: Mapping[str, str] | None = None,
        watch: Watch = lambda status, headers: None,
    ) -> None:
        super().__init__()
        harden(self)
        self._limits, self._watch = limits, watch
        self.headers.update(headers or {})
        self.proxies = {"https": proxy} if proxy else {}
        if ca_bundle is not None:
            if not ca_bundle.is_file():
                raise ConfigError(f"ca_bundle: there is no file {ca_bundle}")
            self.verify = str(ca_bundle)

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send one prepared request; whatever timeout or redirect policy the caller has, ours counts."""
        failure = ""
        try:
            with deadline(self._limits.call):
                return self._exchange(request, kwargs.get("proxies") or self.proxies)
        except requests.exceptions.SSLError:
            failure = "its certificate is not trusted; set ca_bundle if it is your own"
        except (requests.RequestException, HTTPError, OSError, http.client.HTTPException) as error:
            failure = type(error).__name__
        raise Transient(f"no complete answer ({failure})")

    def _exchange(self, request: requests.PreparedRequest, proxies: Mapping[str, str]) -> requests.Response:
        response = self.get_adapter(request.url or "").send(
            request,
            stream=True,
            timeout=(self._limits.connect, min(self._limits.read, self._limits.call)),
            verify=self.verify if self.verify is not None else True,
            proxies=proxies,
        )
        with response:
            reply = bounded_reply(response, self._limits)
        self._watch(reply.status, reply.headers)
        if reply.status in range(300, 400) and "location" in reply.headers:
            raise BadResponse("the answer redirects elsewhere, which is never followed; check the address")
        response._content = reply.body  # what requests would have read itself, without bounds
        response._content_consumed = True  # type: ignore[attr-defined]
        response.raw = None
        return response
