"""servers gives commands the options that name a SPARQL server in place of the embedded store."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import click

from osai_graph.errors import GraphError

if TYPE_CHECKING:
    from osai_graph.graph.remote import RemoteStore

_Command = TypeVar("_Command", bound=Callable[..., Any])

_META = "osai_graph.addresses"

_OPTIONS = {
    "store": "Use the graph on this SPARQL server, given by the address of its queries.",
    "update_url": "Where that server takes updates, if it is not Oxigraph or Virtuoso.",
    "graph_store_url": "Where it takes documents (Graph Store Protocol); else they are updates.",
}


def store_option(command: _Command) -> _Command:
    """Give a command the options ``--store``, ``--update-url`` and ``--graph-store-url``.

    They are remembered for `chosen_store`; the command itself gets no argument for them.
    """
    for name, text in reversed(_OPTIONS.items()):
        option = click.option(
            f"--{name.replace('_', '-')}",
            metavar="URL",
            help=text,
            envvar=f"OSAI_GRAPH_{name.upper()}",
            expose_value=False,
            callback=_remember,
        )
        command = option(command)
    return command


def _remember(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    if value is None:
        return
    parts = urlsplit(value)
    if parts.username or parts.password:
        raise GraphError(
            "An address with a password in it can be read by others on this machine.",
            "Set OSAI_GRAPH_STORE_USER and OSAI_GRAPH_STORE_PASSWORD in the environment.",
        )
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise GraphError(
            f"{value} is no address of a server.",
            "Write it in full, such as http://127.0.0.1:7878/query.",
        )
    context.meta.setdefault(_META, {})[parameter.name] = value


def chosen_store() -> RemoteStore | None:
    """Return the store that the options or the environment name; ``None`` for the embedded one.

    Raises:
        GraphError: the options or the environment are not complete.
    """
    context = click.get_current_context(silent=True)
    chosen = context.meta.get(_META, {}) if context else {}
    if "store" not in chosen:
        if chosen:
            raise GraphError("The address of queries is not given.", "Give it with --store URL.")
        return None
    return store_at(chosen["store"], chosen.get("update_url"), chosen.get("graph_store_url"))


def store_at(query: str, update: str | None = None, graph_store: str | None = None) -> RemoteStore:
    """Return the store at these addresses, with credentials and time limit of the environment.

    Raises:
        GraphError: the environment is not complete.
    """
    from osai_graph.graph.exchange import PASSWORD, SECONDS, USER, Credentials, Exchange
    from osai_graph.graph.remote import Addresses, RemoteStore

    user, password = os.environ.get(USER), os.environ.get(PASSWORD)
    if (user is None) != (password is None):
        raise GraphError("Only one of user and password is set.", f"Set {USER} and {PASSWORD}.")
    credentials = None if user is None or password is None else Credentials(user, password)
    written = os.environ.get(SECONDS, "600")
    try:
        seconds = float(written)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 1e6:
        raise GraphError(f"{SECONDS} is {written}.", "Set it to a number of seconds, such as 600.")
    return RemoteStore(Addresses(query, update, graph_store), Exchange(credentials, seconds))
