"""The command ``why`` says why a triple holds, down to its evidence, or what it lacks."""

from __future__ import annotations

import json

import click
from rdflib import URIRef
from rdflib.term import Identifier

from osai_graph.cli import ExitCode
from osai_graph.cli.opening import open_with_progress
from osai_graph.errors import UnknownNameError
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

_FORMATS = ("text", "json", "turtle")


@click.command("why")
@click.argument("subject")
@click.argument("predicate")
@click.argument("object_", metavar="OBJECT")
@click.option(
    "--format", "form", default="text", show_default=True, metavar="|".join(_FORMATS), help="Form."
)
def command(subject: str, predicate: str, object_: str, form: str) -> int:
    """Say why a triple holds: the rules, the premises, the files and their evidence.

    \b
    Try:
      osai-graph why pythia#weights givesFreedom FreedomToShare
      osai-graph why system:llama-2 osai:lacksFreedom osai:FreedomToUse
      osai-graph why bloom a Model

    Names are full IRIs, prefixed names, names of records, terms of the ontology without their
    prefix, "a" for rdf:type, or a literal in quotes. The exit code is 0 when the triple holds, and
    1 when it does not: then the missing premises are shown.
    """
    if form not in _FORMATS:
        raise UnknownNameError("format", form, _FORMATS, f"Formats: {', '.join(_FORMATS)}.")
    graph = open_with_progress()
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
        click.echo(json.dumps(proof_json(proof), ensure_ascii=False, indent=2))
    elif form == "turtle":
        click.echo(canonical_turtle(proof_graph(proof)), nl=False)
    else:
        click.echo(proof_text(proof))
    return ExitCode.FINE


def _term(store: GraphStore, name: str) -> URIRef:
    """Return what a name means: an IRI, a term of the ontology, or else a record."""
    return as_iri(name) or term_named(store, name) or find(store, name)


def _value(store: GraphStore, text: str) -> Identifier:
    literal = as_literal(text)
    return _term(store, text) if literal is None else literal


def _show_missing(triple: Triple, attempts: tuple[Attempt, ...], labels: Labels, form: str) -> None:
    """Show what a triple lacks; there is no proof to write as Turtle, so that goes to the side."""
    if form == "json":
        missing = why_not_json(triple, attempts)
        click.echo(json.dumps(missing, ensure_ascii=False, indent=2))
    else:
        click.echo(why_not_text(triple, attempts, labels), err=form == "turtle")
