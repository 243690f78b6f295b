"""equality compiles what owl:sameAs means (W3C OWL 2 Profiles, 4.3, table 4)."""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import Graph, Variable

from osai_graph.namespaces import OWL, RDF
from osai_graph.reasoning.axioms import X, Y, Z, named, pairs, rule
from osai_graph.reasoning.property_axioms import DIFFERENT_TERMS
from osai_graph.reasoning.rules import Rule
from osai_graph.reasoning.tbox import members, objects, subjects

S, T, P, V = Variable("s"), Variable("t"), Variable("p"), Variable("v")

#: sameAs itself is closed by eq-sym and eq-trans; replacing in it would only repeat that.
_NOT_SAME_AS = f"FILTER (?p != {OWL.sameAs.n3()})"


def equality_rules() -> list[Rule]:
    """Return the rules of owl:sameAs, without eq-ref: that everything is itself is left out."""
    same = OWL.sameAs
    because = "{s} and {t} are the same"
    return [
        rule("eq-sym", ((X, same, Y),), (Y, same, X), "“same as” holds both ways"),
        rule(
            "eq-trans",
            ((X, same, Y), (Y, same, Z)),
            (X, same, Z),
            "both are the same as {y}",
            filters=(DIFFERENT_TERMS.format("x", "z"),),
        ),
        rule("eq-rep-s", ((S, same, T), (S, P, V)), (T, P, V), because, filters=(_NOT_SAME_AS,)),
        rule("eq-rep-p", ((S, same, T), (X, S, Y)), (X, T, Y), because),
        rule("eq-rep-o", ((S, same, T), (X, P, S)), (X, P, T), because, filters=(_NOT_SAME_AS,)),
        rule(
            "eq-diff1",
            ((X, same, Y), (X, OWL.differentFrom, Y)),
            None,
            "{x} and {y} are said to be the same and to be different",
        ),
    ]


def difference_rules(tbox: Graph) -> Iterator[Rule]:
    """Yield eq-diff2 and eq-diff3: no two of a list of different things are the same."""
    for node in subjects(tbox, RDF.type, OWL.AllDifferent):
        kind = (node, RDF.type, OWL.AllDifferent)
        for predicate, name in ((OWL.members, "eq-diff2"), (OWL.distinctMembers, "eq-diff3")):
            for parts in objects(tbox, node, predicate):
                axiom = (node, predicate, parts)
                for left, right in pairs(members(tbox, parts)):
                    because = f"{named(left)} and {named(right)} are different"
                    body = ((left, OWL.sameAs, right),)
                    yield rule(name, body, None, because, kind, axiom)
