"""cli talks to people in a terminal: one module per command, loaded when it is called."""

from __future__ import annotations

import importlib
import os
import sys
from enum import IntEnum
from keyword import iskeyword

import click

from osai_graph import __version__
from osai_graph.errors import GraphError, UnknownNameError


class ExitCode(IntEnum):
    """What the process tells its caller."""

    FINE = 0
    FINDINGS = 1
    CANNOT_RUN = 2


#: Command name to the line that the overview shows; the module has the same name, with an
#: underscore for a hyphen, and after it where Python keeps the name for itself.
COMMANDS = {
    "query": "Ask a stored question, a query file or SPARQL from standard input.",
    "queries": "List the stored questions.",
    "show": "Show a record: a system, license, organization, dataset ...",
    "chain": "Show what a system descends from and which restrictions it inherits.",
    "compare": "Show in what systems differ, and which is the more open.",
    "license": "Find the license that a name means.",
    "why": "Say why a verdict or a triple holds, down to its evidence.",
    "next": "Show the smallest changes to the next class or label.",
    "what-if": "Show which verdicts turn if facts change; nothing is saved.",
    "assess": "Judge systems of the graph, or entry files that are not in it.",
    "validate": "Check new entries in the context of the graph.",
    "import": "Turn the records of a public source into statements of that source.",
    "export": "Write the graph as linked data.",
    "serve": "Start the web service.",
    "build": "Build the materialized graph.",
    "stats": "Show how large and how well evidenced the graph is.",
    "credits": "List the public sources of the data, with license and citation.",
    "format": "Rewrite Turtle files in canonical form.",
}

_EXAMPLES = """
\b
Try:
  osai-graph show mistral-7b
  osai-graph query openness-examples-that-fail
  osai-graph license "Apache 2.0"
"""


class _ReaderGoneError(Exception):
    """Whoever read our output stopped; click would take a broken pipe for a failure."""


class _LazyGroup(click.Group):
    """A group that imports a command's module only when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = importlib.import_module(
            f"osai_graph.cli.{name.replace('-', '_')}{'_' * iskeyword(name)}"
        )
        command = module.command
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise _ReaderGoneError from error

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in COMMANDS:
            raise UnknownNameError("command", name, COMMANDS, "See osai-graph --help.")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=_LazyGroup,
    help="The open knowledge graph of open source AI.\n" + _EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="osai-graph")
def group() -> None:
    """Hold the commands together."""


def main() -> None:
    """Run the command line; a user's mistake gives one message and exit code 2, no traceback."""
    try:
        code = group.main(prog_name="osai-graph", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        click.echo("Interrupted.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(ExitCode.CANNOT_RUN)
    except GraphError as error:
        click.echo(f"osai-graph: {error}", err=True)
        sys.exit(ExitCode.CANNOT_RUN)
    except (BrokenPipeError, _ReaderGoneError):
        # what is left in the buffer must not fail at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ExitCode.FINE)
    sys.exit(code if isinstance(code, int) else ExitCode.FINE)
