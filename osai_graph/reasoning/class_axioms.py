"""class_axioms compiles the axioms about classes (W3C OWL 2 Profiles, 4.3, tables 6 and 7)."""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import Graph
from rdflib.term import Identifier

from osai_graph.errors import GraphError
from osai_graph.namespaces import OWL, RDF
from osai_graph.reasoning.axioms import X, Y, Z, a, every, isa, named, pairs, quoted, rule
from osai_graph.reasoning.property_axioms import same_values
from osai_graph.reasoning.rules import Rule, Triple
from osai_graph.reasoning.schema import Schema
from osai_graph.reasoning.tbox import is_datatype, members, objects, subject_objects, subjects

#: The rule that a step up the hierarchy is, by the schema rule that gave it.
_STEP_NAMES = {"scm-int": "cls-int2", "scm-uni": "cls-uni"}


def class_rules(tbox: Graph, schema: Schema) -> Iterator[Rule]:
    """Yield the rules of the class axioms of ``tbox``."""
    yield rule("cls-nothing2", (isa(X, OWL.Nothing),), None, "nothing can be in the empty class")
    yield from _hierarchy(tbox, schema)
    yield from _intersections(tbox)
    yield from _enumerations(tbox)
    for r, p in subject_objects(tbox, OWL.onProperty):
        yield from _restriction(tbox, r, p)
    yield from _disjoint(tbox)


def _hierarchy(tbox: Graph, schema: Schema) -> Iterator[Rule]:
    for (c, d), why in schema.sub_class.items():
        if is_datatype(tbox, c) or is_datatype(tbox, d):
            continue
        name = _STEP_NAMES.get(why.rule, "cax-sco")
        because = every(c, d)
        if why.rule == "scm-eqc1":
            name = "cax-eqc1" if why.axioms[0][0] == c else "cax-eqc2"
            because = f"{named(c)} and {named(d)} are the same class"
        yield rule(name, (isa(X, c),), isa(X, d), because, *why.axioms)


def _intersections(tbox: Graph) -> Iterator[Rule]:
    for c, parts in subject_objects(tbox, OWL.intersectionOf):
        body = tuple(isa(X, part) for part in members(tbox, parts) if part != OWL.Thing)
        if body:
            because = f"whatever is all of these is {a(c)}"
            axiom = (c, OWL.intersectionOf, parts)
            yield rule("cls-int1", body, isa(X, c), because, axiom)


def _enumerations(tbox: Graph) -> Iterator[Rule]:
    for c, parts in subject_objects(tbox, OWL.oneOf):
        if is_datatype(tbox, c):
            raise GraphError(
                f"The reasoner does not cover the enumeration of literals {c}.",
                "Write it as sh:in in a SHACL shape.",
            )
        for member in members(tbox, parts):
            because = f"{a(c)} is one of a closed list in which it stands"
            yield rule("cls-oo", (), isa(member, c), because, (c, OWL.oneOf, parts))


def _restriction(tbox: Graph, r: Identifier, p: Identifier) -> Iterator[Rule]:
    on = (r, OWL.onProperty, p)
    for filler in objects(tbox, r, OWL.someValuesFrom):
        yield _some_values(r, p, filler, on)
    for filler in objects(tbox, r, OWL.allValuesFrom):
        axiom = (r, OWL.allValuesFrom, filler)
        because = f"every {quoted(p)} of {a(r)} is {a(filler)}"
        yield rule("cls-avf", (isa(X, r), (X, p, Y)), isa(Y, filler), because, on, axiom)
    for v in objects(tbox, r, OWL.hasValue):
        axiom = (r, OWL.hasValue, v)
        yield rule(
            "cls-hv1", (isa(X, r),), (X, p, v), f"every {named(r)} has this value", on, axiom
        )
        yield rule("cls-hv2", ((X, p, v),), isa(X, r), f"this value makes it {a(r)}", on, axiom)
    for limit in objects(tbox, r, OWL.maxCardinality):
        yield from _at_most(r, p, (r, OWL.maxCardinality, limit), on, None)
    for limit in objects(tbox, r, OWL.maxQualifiedCardinality):
        for of in objects(tbox, r, OWL.onClass):
            axiom = (r, OWL.maxQualifiedCardinality, limit)
            yield from _at_most(r, p, axiom, on, (r, OWL.onClass, of))


def _some_values(r: Identifier, p: Identifier, filler: Identifier, on: Triple) -> Rule:
    axiom = (r, OWL.someValuesFrom, filler)
    if filler == OWL.Thing:
        because = f"whatever has the property {quoted(p)} is {a(r)}"
        return rule("cls-svf2", ((X, p, Y),), isa(X, r), because, on, axiom)
    because = f"whatever has {a(filler)} as {quoted(p)} is {a(r)}"
    return rule("cls-svf1", ((X, p, Y), isa(Y, filler)), isa(X, r), because, on, axiom)


def _at_most(
    r: Identifier, p: Identifier, axiom: Triple, on: Triple, of: Triple | None
) -> Iterator[Rule]:
    """Yield cls-maxc1 and 2, or with a class of what is counted cls-maxqc1 to 4."""
    limit = int(str(axiom[2]))
    counted = None if of is None or of[2] == OWL.Thing else of[2]
    axioms = (on, axiom) if of is None else (on, axiom, of)
    body: tuple[Triple, ...] = (isa(X, r), (X, p, Y))
    body = body if counted is None else (*body, isa(Y, counted))
    plain, thing = ("cls-maxc", 1) if of is None else ("cls-maxqc", 1 if counted else 2)
    if limit == 0:
        yield rule(f"{plain}{thing}", body, None, f"no {named(r)} may have {quoted(p)}", *axioms)
    elif limit == 1:
        body = (*body, (X, p, Z)) if counted is None else (*body, (X, p, Z), isa(Z, counted))
        name = "cls-maxc2" if of is None else f"cls-maxqc{thing + 2}"
        yield from same_values(name, body, f"{a(r)} has {quoted(p)} once at most", *axioms)
    else:
        raise GraphError(
            f"The reasoner does not cover a maximum of {limit} on the property {p}.",
            "OWL 2 RL has 0 and 1 only; write sh:maxCount in a SHACL shape.",
        )


def _disjoint(tbox: Graph) -> Iterator[Rule]:
    for predicate, name in ((OWL.complementOf, "cls-com"), (OWL.disjointWith, "cax-dw")):
        for c, d in subject_objects(tbox, predicate):
            yield _exclusion(name, c, d, (c, predicate, d))
    for node in subjects(tbox, RDF.type, OWL.AllDisjointClasses):
        kind = (node, RDF.type, OWL.AllDisjointClasses)
        for parts in objects(tbox, node, OWL.members):
            axiom = (node, OWL.members, parts)
            for c, d in pairs(members(tbox, parts)):
                yield _exclusion("cax-adc", c, d, kind, axiom)


def _exclusion(name: str, c: Identifier, d: Identifier, *axioms: Triple) -> Rule:
    because = f"nothing can be both {a(c)} and {a(d)}"
    return rule(name, (isa(X, c), isa(X, d)), None, because, *axioms)
