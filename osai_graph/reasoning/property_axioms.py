"""property_axioms compiles the axioms about properties (W3C OWL 2 Profiles, 4.3, table 5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rdflib import Graph, Variable
from rdflib.term import Identifier

from osai_graph.namespaces import OWL, RDF, RDFS
from osai_graph.reasoning.axioms import X, Y, Z, a, isa, named, pairs, quoted, rule
from osai_graph.reasoning.rules import NOT_LITERAL, Rule, Triple
from osai_graph.reasoning.schema import Schema
from osai_graph.reasoning.tbox import (
    is_datatype,
    members,
    objects,
    subject_objects,
    subjects,
    triples,
)

#: Two literals that are different values; what is no known datatype is not compared.
DIFFERENT_VALUES = "FILTER (isLiteral(?{0}) && isLiteral(?{1}) && ?{0} != ?{1})"

DIFFERENT_TERMS = "FILTER (!sameTerm(?{0}, ?{1}))"


def property_rules(tbox: Graph, schema: Schema) -> Iterator[Rule]:
    """Yield the rules of the property axioms of ``tbox``."""
    yield from _hierarchy(schema)
    yield from _domains_and_ranges(tbox)
    for characteristic, compile_one in _CHARACTERISTICS.items():
        for p in subjects(tbox, RDF.type, characteristic):
            yield from compile_one(p, (p, RDF.type, characteristic))
    for p, q in subject_objects(tbox, OWL.inverseOf):
        yield from _inverse(p, q)
    for p, parts in subject_objects(tbox, OWL.propertyChainAxiom):
        axiom = (p, OWL.propertyChainAxiom, parts)
        yield _chain(p, members(tbox, parts), axiom)
    yield from _disjoint(tbox)
    yield from _keys(tbox)
    yield from _negative_assertions(tbox)


def _hierarchy(schema: Schema) -> Iterator[Rule]:
    for (p, q), why in schema.sub_property.items():
        if why.rule == "scm-eqp1":
            name = "prp-eqp1" if why.axioms[0][0] == p else "prp-eqp2"
            because = f"{quoted(p)} and {quoted(q)} mean the same"
        else:
            name, because = "prp-spo1", f"{quoted(p)} implies {quoted(q)}"
        yield rule(name, ((X, p, Y),), (X, q, Y), because, *why.axioms)


def _domains_and_ranges(tbox: Graph) -> Iterator[Rule]:
    for p, c in subject_objects(tbox, RDFS.domain):
        if c != OWL.Thing:
            because = f"whatever has the property {quoted(p)} is {a(c)}"
            yield rule("prp-dom", ((X, p, Y),), isa(X, c), because, (p, RDFS.domain, c))
    for p, c in subject_objects(tbox, RDFS.range):
        if c != OWL.Thing and not is_datatype(tbox, c):
            because = f"whatever is a value of {quoted(p)} is {a(c)}"
            yield rule("prp-rng", ((X, p, Y),), isa(Y, c), because, (p, RDFS.range, c))


def _functional(p: Identifier, axiom: Triple) -> Iterator[Rule]:
    body, because = ((X, p, Y), (X, p, Z)), f"{quoted(p)} has one value only"
    yield from same_values("prp-fp", body, because, axiom)


def same_values(
    name: str, body: tuple[Triple, ...], because: str, *axioms: Triple
) -> Iterator[Rule]:
    """Yield the rules that make ``?y`` and ``?z`` one thing, or contradicting literals."""
    things = (NOT_LITERAL.format(name="z"), DIFFERENT_TERMS.format("y", "z"))
    head = (Y, OWL.sameAs, Z)
    yield rule(name, body, head, because, *axioms, filters=(NOT_LITERAL.format(name="y"), *things))
    values = (DIFFERENT_VALUES.format("y", "z"),)
    yield rule(f"{name}, eq-diff1", body, None, because, *axioms, filters=values)


def _inverse_functional(p: Identifier, axiom: Triple) -> Iterator[Rule]:
    because = f"{quoted(p)} has each value for one thing only"
    body, apart = ((X, p, Z), (Y, p, Z)), (DIFFERENT_TERMS.format("x", "y"),)
    yield rule("prp-ifp", body, (X, OWL.sameAs, Y), because, axiom, filters=apart)


def _irreflexive(p: Identifier, axiom: Triple) -> Iterator[Rule]:
    yield rule("prp-irp", ((X, p, X),), None, f"nothing can be in {quoted(p)} with itself", axiom)


def _symmetric(p: Identifier, axiom: Triple) -> Iterator[Rule]:
    yield rule("prp-symp", ((X, p, Y),), (Y, p, X), f"{quoted(p)} holds both ways", axiom)


def _asymmetric(p: Identifier, axiom: Triple) -> Iterator[Rule]:
    yield rule(
        "prp-asyp", ((X, p, Y), (Y, p, X)), None, f"{quoted(p)} never holds both ways", axiom
    )


def _transitive(p: Identifier, axiom: Triple) -> Iterator[Rule]:
    because = f"{quoted(p)} carries over from {{y}} to {{z}}"
    yield rule("prp-trp", ((X, p, Y), (Y, p, Z)), (X, p, Z), because, axiom)


_CHARACTERISTICS: dict[Identifier, Callable[[Identifier, Triple], Iterator[Rule]]] = {
    OWL.FunctionalProperty: _functional,
    OWL.InverseFunctionalProperty: _inverse_functional,
    OWL.IrreflexiveProperty: _irreflexive,
    OWL.SymmetricProperty: _symmetric,
    OWL.AsymmetricProperty: _asymmetric,
    OWL.TransitiveProperty: _transitive,
}


def _inverse(p: Identifier, q: Identifier) -> Iterator[Rule]:
    because, axiom = f"{quoted(p)} is the inverse of {quoted(q)}", (p, OWL.inverseOf, q)
    yield rule("prp-inv1", ((X, p, Y),), (Y, q, X), because, axiom)
    yield rule("prp-inv2", ((X, q, Y),), (Y, p, X), because, axiom)


def _chain(p: Identifier, steps: list[Identifier], axiom: Triple) -> Rule:
    nodes = [Variable(f"u{n}") for n in range(len(steps) + 1)]
    body = tuple((nodes[n], step, nodes[n + 1]) for n, step in enumerate(steps))
    if steps[1:] == [p]:
        because = f"{quoted(p)} passes on along {quoted(steps[0])}, here from {{u1}}"
    else:
        through = " followed by ".join(quoted(step) for step in steps)
        because = f"{through} amounts to {quoted(p)}, here by way of {{u1}}"
    return rule("prp-spo2", body, (nodes[0], p, nodes[-1]), because, axiom)


def _disjoint(tbox: Graph) -> Iterator[Rule]:
    for p, q in subject_objects(tbox, OWL.propertyDisjointWith):
        because = f"{quoted(p)} and {quoted(q)} exclude each other"
        axiom = (p, OWL.propertyDisjointWith, q)
        yield rule("prp-pdw", ((X, p, Y), (X, q, Y)), None, because, axiom)
    for node in subjects(tbox, RDF.type, OWL.AllDisjointProperties):
        for parts in objects(tbox, node, OWL.members):
            axiom = (node, OWL.members, parts)
            kind = (node, RDF.type, OWL.AllDisjointProperties)
            for p, q in pairs(members(tbox, parts)):
                because = f"{quoted(p)} and {quoted(q)} exclude each other"
                yield rule("prp-adp", ((X, p, Y), (X, q, Y)), None, because, kind, axiom)


def _keys(tbox: Graph) -> Iterator[Rule]:
    for c, parts in subject_objects(tbox, OWL.hasKey):
        keys = members(tbox, parts)
        values = [Variable(f"z{n}") for n in range(len(keys))]
        body = (isa(X, c), isa(Y, c)) if c != OWL.Thing else ()
        for key, value in zip(keys, values, strict=True):
            body = (*body, (X, key, value), (Y, key, value))
        what = " and ".join(quoted(key) for key in keys)
        axiom = (c, OWL.hasKey, parts)
        yield rule(
            "prp-key",
            body,
            (X, OWL.sameAs, Y),
            f"{what} tells every {named(c)} from every other",
            axiom,
            filters=(DIFFERENT_TERMS.format("x", "y"),),
        )


def _negative_assertions(tbox: Graph) -> Iterator[Rule]:
    for node, p in subject_objects(tbox, OWL.assertionProperty):
        axioms = [t for t in triples(tbox) if t[0] == node and str(t[1]).startswith(str(OWL))]
        for s in objects(tbox, node, OWL.sourceIndividual):
            for o in objects(tbox, node, OWL.targetIndividual):
                because = f"it is said that {named(s)} is not in “{named(p)}” with {named(o)}"
                yield rule("prp-npa1", ((s, p, o),), None, because, *axioms)
            for o in objects(tbox, node, OWL.targetValue):
                because = f"it is said that “{named(p)}” of {named(s)} is not “{o}”"
                yield rule("prp-npa2", ((s, p, o),), None, because, *axioms)
