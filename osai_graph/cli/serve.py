"""The command ``serve`` starts the web service."""

from __future__ import annotations

import socket

import click

from osai_graph.cli import ExitCode
from osai_graph.cli.opening import open_with_progress
from osai_graph.cli.servers import store_option
from osai_graph.errors import GraphError


class AddressError(GraphError):
    """The service cannot listen where it was told to."""


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that is bound to an address.

    Raises:
        AddressError: the port is taken or not allowed, or the host is no address of this machine.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise AddressError(
            f'The host "{host}" is no address of this machine.', "Try --host 127.0.0.1."
        ) from error
    family, kind, protocol, _, address = found[0]
    bound = socket.socket(family, kind, protocol)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(128)
    except OSError as error:
        bound.close()
        raise AddressError(*_why(host, port, error)) from error
    return bound


def _why(host: str, port: int, error: OSError) -> tuple[str, str]:
    import errno

    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < 65535 else port - 1
        return (
            f"Port {port} of {host} is in use.",
            f"Stop what runs there, or take another: osai-graph serve --port {other}",
        )
    if error.errno == errno.EACCES:
        return f"Port {port} may not be used.", "Take one above 1023: osai-graph serve --port 8000"
    return f"The service cannot listen at {host}:{port}: {error.strerror}.", "Try --host 127.0.0.1."


def _greet(host: str, port: int) -> None:
    shown = f"[{host}]" if ":" in host else host
    base = f"http://{'localhost' if host in ('0.0.0.0', '::') else shown}:{port}"
    click.echo(f"osai_graph is served at {base}/  (Ctrl-C ends it)", err=True)
    click.echo("Try:", err=True)
    click.echo(f"  {base}/system/mistral-7b", err=True)
    click.echo(f"  curl -H 'Accept: text/turtle' {base}/license/Apache-2.0", err=True)
    click.echo(
        f"  curl {base}/sparql --data-urlencode 'query=SELECT * {{ ?s ?p ?o }} LIMIT 5'", err=True
    )


@click.command("serve")
@store_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Its port."
)
@click.option(
    "--time-limit",
    default=10.0,
    show_default=True,
    type=click.FloatRange(0.1, 3600),
    help="Seconds after which a query is stopped.",
)
@click.option(
    "--processes",
    default=None,
    type=click.IntRange(1, 64),
    help="Processes of the service; one for each core unless given.",
)
@click.option(
    "--client-at-once",
    default=16,
    show_default=True,
    type=click.IntRange(1),
    help="Requests that one client may have running in each process.",
)
@click.option(
    "--client-per-minute",
    default=600,
    show_default=True,
    type=click.IntRange(1),
    help="Requests that one client may send to each process in a minute.",
)
@click.option(
    "--behind-proxy",
    is_flag=True,
    help="Believe the X-Forwarded headers of a proxy in front of the service.",
)
def command(
    host: str,
    port: int,
    time_limit: float,
    processes: int | None,
    client_at_once: int,
    client_per_minute: int,
    behind_proxy: bool,
) -> int:
    """Start the web service: SPARQL, linked data, and pages."""
    with listen(host, port) as bound:  # before the build: a taken port is told at once
        graph = open_with_progress()
        port = bound.getsockname()[1]
    from osai_graph.web.clients import ClientLimits
    from osai_graph.web.pool import Limits
    from osai_graph.web.production import ServerSettings, default_processes, run

    count = processes or default_processes()
    settings = ServerSettings(
        host=host,
        port=port,
        processes=count,
        limits=Limits(seconds=time_limit).shared_by(count),
        clients=ClientLimits(client_at_once, client_per_minute),
        behind_proxy=behind_proxy,
    )
    run(graph, settings, lambda: _greet(host, port))
    click.echo("Stopped.", err=True)
    return ExitCode.FINE
