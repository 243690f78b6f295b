"""The command ``why`` gives the reasons of a verdict, or of a triple, down to the evidence."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

import click
from rdflib import URIRef
from rdflib.term import Identifier

from osai_graph.assessment.content import Recheck, SavedDerivationError, recheck
from osai_graph.assessment.definitions import definition_of
from osai_graph.assessment.derivation import (
    SCHEMA_VERSION,
    Conclusion,
    Derivation,
    conclude,
    derive,
)
from osai_graph.assessment.derivation_rendering import (
    conclusions_json,
    conclusions_text,
    derivation_graph,
    derivation_json,
    derivation_markdown,
    derivation_text,
)
from osai_graph.assessment.frameworks import Framework
from osai_graph.assessment.values import Value
from osai_graph.build import MaterializedGraph
from osai_graph.cli import ExitCode
from osai_graph.cli.judging import (
    caveat,
    day_of,
    frameworks_named,
    later_frameworks_option,
    not_judged,
    system_named,
)
from osai_graph.cli.opening import Day, as_of_option, day_line, open_with_progress, told_day
from osai_graph.cli.rendering import echo_lines
from osai_graph.cli.servers import store_option
from osai_graph.cli.since import turned_since
from osai_graph.errors import GraphError, UnknownNameError
from osai_graph.graph.serialization import canonical_turtle
from osai_graph.graph.store import GraphStore
from osai_graph.reasoning.explain import explain
from osai_graph.reasoning.naming import as_iri, as_literal, property_named, term_named
from osai_graph.reasoning.proof_rendering import (
    proof_graph,
    proof_json,
    proof_text,
    why_not_json,
    why_not_text,
)
from osai_graph.reasoning.rules import Triple
from osai_graph.reasoning.verbalization import Labels
from osai_graph.reasoning.why_not import Attempt, why_not
from osai_graph.records import find

_FORMATS = ("text", "json", "markdown", "turtle")


@click.command("why")
@click.argument("names", nargs=-1, metavar="ID | SUBJECT PREDICATE OBJECT")
@click.option("--framework", "-f", help="The framework whose verdict is explained.")
@click.option("--requirement", "-r", help="One requirement of it, such as OSAID.30.")
@click.option(
    "--check",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="FILE.json",
    help="Derive a saved verdict again from the facts in the file, and say whether it agrees.",
)
@click.option(
    "--format", "form", default="text", show_default=True, metavar="|".join(_FORMATS), help="Form."
)
@click.option(
    "--since",
    type=Day(),
    metavar="DATE",
    help="Show which verdicts have turned since this day, up to that of --as-of or today.",
)
@as_of_option
@later_frameworks_option
@store_option
def command(
    names: tuple[str, ...],
    framework: str | None,
    requirement: str | None,
    check: Path | None,
    form: str,
    since: date | None,
    as_of: date | None,
    later_frameworks: bool,
) -> int:
    """Say why a system has its verdicts, or why a triple holds, down to the evidence.

    \b
    Try:
      osai-graph why llama-2
      osai-graph why llama-2 --framework osaid-1.0
      osai-graph why llama-2 --framework mof --requirement MOF.02
      osai-graph why llama-2 --framework osaid --format json > why.json
      osai-graph why --check why.json
      osai-graph why falcon-40b --as-of 2023-05-28 --later-frameworks
      osai-graph why falcon-40b --since 2023-05-28
      osai-graph why pythia#weights givesFreedom FreedomToShare
      osai-graph why bloom a Model

    Of a system: each framework's verdict in a line with its main reason; with --framework the whole
    argument, with each condition as met (✓), not met (✗) or unknown (?). The exit code is 1 when
    the framework named, or the requirement, is not met or cannot be decided, or when a file that is
    checked does not agree.

    Of a triple: names are full IRIs, prefixed names, names of records, terms of the ontology
    without their prefix, "a" for rdf:type, or a literal in quotes. The exit code is 1 when the
    triple does not hold: then the missing premises are shown.
    """
    if form not in _FORMATS:
        raise UnknownNameError("format", form, _FORMATS, f"Formats: {', '.join(_FORMATS)}.")
    if check is not None:
        return _check(check, form)
    if len(names) == 1 and since is not None and requirement is None:
        return turned_since(names[0], since, as_of, [framework] if framework else [], form)
    if since is not None:
        raise GraphError(
            "--since asks for all verdicts of one system.", "osai-graph why ID --since DATE"
        )
    if len(names) == 1:
        return _verdict(names[0], framework, requirement, form, as_of, later_frameworks)
    if len(names) == 3 and framework is None and requirement is None:
        return _triple(names[0], names[1], names[2], form, as_of)
    raise GraphError(
        f"{len(names)} names are neither a system nor a triple.",
        "Write osai-graph why ID, or osai-graph why SUBJECT PREDICATE OBJECT.",
    )


def _verdict(
    name: str,
    framework: str | None,
    requirement: str | None,
    form: str,
    as_of: date | None,
    later_frameworks: bool,
) -> int:
    if requirement is not None and framework is None:
        raise GraphError(
            f"{requirement} is a requirement of a framework.", "Name it too, with --framework."
        )
    graph = open_with_progress(as_of)
    system = system_named(graph, name)
    if framework is None:
        frameworks = frameworks_named(graph, (), later_frameworks=later_frameworks)
        return _overview(graph, frameworks, system, form)
    (chosen,) = frameworks_named(graph, [framework], later_frameworks=later_frameworks)
    derivation = derive(
        graph.store,
        chosen,
        system,
        definition_of(chosen, graph.root),
        requirement=chosen.requirement(requirement) if requirement else None,
        data_version=graph.version,
        as_of=graph.manifest.as_of,
    )
    written = _written(derivation, form)
    if form == "text":
        echo_lines(written)
    else:
        click.echo(written, nl=form != "turtle")
    if form == "text" and (said := caveat(graph.store, system)):
        echo_lines(f"\n{said}")
    return ExitCode.FINE if derivation.value is Value.MET else ExitCode.FINDINGS


def _written(derivation: Derivation, form: str) -> str:
    if form == "json":
        return _as_json(derivation_json(derivation))
    if form == "markdown":
        return derivation_markdown(derivation)
    if form == "turtle":
        return canonical_turtle(derivation_graph(derivation))
    return derivation_text(derivation)


def _overview(
    graph: MaterializedGraph, frameworks: tuple[Framework, ...], system: URIRef, form: str
) -> int:
    """Show what each framework says in a line, and how to ask for more."""
    if form not in ("text", "json"):
        raise GraphError(
            f"Verdicts of all frameworks are not written as {form}.",
            "Name one with --framework, or take --format text or json.",
        )
    conclusions = conclude(graph.store, frameworks, system)
    if not conclusions:
        raise not_judged(graph, Labels(graph.store)(system), frameworks)
    if form == "json":
        click.echo(_as_json(conclusions_json(conclusions) | told_day(graph)))
    else:
        day = day_of(graph)
        if day is not None:
            click.echo(day_line(day))
        echo_lines(conclusions_text(conclusions))
        if said := caveat(graph.store, system):
            echo_lines(f"\n{said}")
        click.echo(f"\nThe whole argument: {_example(system, conclusions, day)}", err=True)
    return ExitCode.FINE


def _example(system: URIRef, conclusions: tuple[Conclusion, ...], day: date | None) -> str:
    open_ = [c for c in conclusions if c.value is Value.NOT_MET] or list(conclusions)
    slug, framework = str(system).rpartition("/")[2], open_[-1].framework
    options = f" --as-of {day}" if day else ""
    if day is not None and not framework.in_force(day):
        options += " --later-frameworks"
    return f"osai-graph why {slug} --framework {framework.slug}{options}"


def _check(path: Path, form: str) -> int:
    """Derive a saved verdict again; needs no graph."""
    try:
        from_stdin = str(path) == "-"
        saved = json.loads(sys.stdin.read() if from_stdin else path.read_text("utf-8"))
    except OSError as error:
        raise GraphError(f"{path} cannot be read: {error.strerror}.", "Check the path.") from error
    except ValueError as error:
        raise SavedDerivationError(
            f"{path} is no JSON: {error}.", "osai-graph why ID --framework F --format json"
        ) from error
    result = recheck(saved, SCHEMA_VERSION)
    if form == "json":
        click.echo(_as_json({"agrees": result.agrees, **vars(result)}))
    else:
        click.echo(_check_text(result))
    return ExitCode.FINE if result.agrees else ExitCode.FINDINGS


def _check_text(result: Recheck) -> str:
    lines = [f"{result.system} by {result.framework}, derived again from the facts in the file:"]
    lines += [
        f"✗ {name}: the file says {saved}, its facts give {derived}"
        for name, saved, derived in result.differing
    ]
    if not result.differing:
        lines.append("✓ every answer is the same")
    if result.saved_hash == result.derived_hash:
        lines.append(f"✓ the hash is the same: {result.derived_hash}")
    else:
        lines.append(
            f"✗ the file says {result.saved_hash}, its content gives {result.derived_hash}"
        )
    return "\n".join(lines)


def _triple(subject: str, predicate: str, object_: str, form: str, as_of: date | None) -> int:
    if form == "markdown":
        raise GraphError("The proof of a triple is not written as Markdown.", "Take --format text.")
    graph = open_with_progress(as_of)
    store, rules = graph.store, graph.rules
    triple: Triple = (
        _term(store, subject),
        property_named(store, predicate),
        _value(store, object_),
    )
    proof = explain(store, rules, triple)
    if proof is None:
        attempts = why_not(store, rules, triple)
        _show_missing(triple, attempts, Labels(store), form)
        return ExitCode.FINDINGS
    if form == "json":
        click.echo(_as_json(proof_json(proof)))
    elif form == "turtle":
        click.echo(canonical_turtle(proof_graph(proof)), nl=False)
    else:
        echo_lines(proof_text(proof))
    return ExitCode.FINE


def _as_json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2)


def _term(store: GraphStore, name: str) -> URIRef:
    """Return what a name means: an IRI, a term of the ontology, or else a record."""
    return as_iri(name) or term_named(store, name) or find(store, name)


def _value(store: GraphStore, text: str) -> Identifier:
    literal = as_literal(text)
    return _term(store, text) if literal is None else literal


def _show_missing(triple: Triple, attempts: tuple[Attempt, ...], labels: Labels, form: str) -> None:
    """Show what a triple lacks; there is no proof to write as Turtle, so that goes to the side."""
    if form == "json":
        click.echo(_as_json(why_not_json(triple, attempts)))
    else:
        click.echo(why_not_text(triple, attempts, labels), err=form == "turtle")
