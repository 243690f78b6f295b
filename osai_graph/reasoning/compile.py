"""compile turns the OWL axioms of an ontology into rules about facts, as OWL 2 RL/RDF has them.

Every rule of W3C OWL 2 Profiles (second edition), section 4.3, tables 4 to 9, is covered, except
what says nothing: eq-ref, the typing of everything as owl:Thing and of the built-in terms, and
dt-type1 to dt-not-type, because literals are never subjects here and ill-typed ones are findings
of SHACL. An axiom that none of the rules covers is an error, never passed over in silence.
"""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import Graph, URIRef, Variable
from rdflib.term import Identifier

from osai_graph.errors import GraphError
from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import OWL, RDFS, shorten
from osai_graph.reasoning.anonymous import with_effect, without_anonymous
from osai_graph.reasoning.class_axioms import class_rules
from osai_graph.reasoning.equality import difference_rules, equality_rules
from osai_graph.reasoning.property_axioms import property_rules
from osai_graph.reasoning.rules import TYPE, Rule, Triple, in_graph
from osai_graph.reasoning.schema import Schema, close_schema
from osai_graph.reasoning.tbox import first, is_datatype, triples

#: Predicates whose triples are axioms; each of them must have become a rule.
AXIOM_PREDICATES = frozenset(
    {
        RDFS.subClassOf,
        RDFS.subPropertyOf,
        RDFS.domain,
        RDFS.range,
        OWL.equivalentClass,
        OWL.equivalentProperty,
        OWL.disjointWith,
        OWL.complementOf,
        OWL.intersectionOf,
        OWL.unionOf,
        OWL.oneOf,
        OWL.someValuesFrom,
        OWL.allValuesFrom,
        OWL.hasValue,
        OWL.maxCardinality,
        OWL.maxQualifiedCardinality,
        OWL.hasKey,
        OWL.propertyDisjointWith,
        OWL.inverseOf,
        OWL.propertyChainAxiom,
        OWL.assertionProperty,
        OWL.members,
        OWL.distinctMembers,
    }
)

#: Types that are axioms in themselves.
AXIOM_TYPES = frozenset(
    {
        OWL.FunctionalProperty,
        OWL.InverseFunctionalProperty,
        OWL.IrreflexiveProperty,
        OWL.SymmetricProperty,
        OWL.AsymmetricProperty,
        OWL.TransitiveProperty,
    }
)

#: Parts of axioms that are checked with the axiom, facts about individuals, and what has no effect.
_OTHER_PREDICATES = frozenset(
    {
        OWL.onProperty,
        OWL.onClass,
        OWL.sourceIndividual,
        OWL.targetIndividual,
        OWL.targetValue,
        OWL.sameAs,
        OWL.differentFrom,
        OWL.imports,
        OWL.versionIRI,
        OWL.versionInfo,
        OWL.priorVersion,
        OWL.backwardCompatibleWith,
        OWL.incompatibleWith,
        OWL.deprecated,
        OWL.annotatedSource,
        OWL.annotatedProperty,
        OWL.annotatedTarget,
    }
)

_OTHER_TYPES = frozenset(
    {
        OWL.Ontology,
        OWL.Class,
        OWL.ObjectProperty,
        OWL.DatatypeProperty,
        OWL.AnnotationProperty,
        OWL.OntologyProperty,
        OWL.NamedIndividual,
        OWL.Restriction,
        OWL.Thing,
        OWL.Nothing,
        OWL.Axiom,
        OWL.Annotation,
        OWL.DeprecatedClass,
        OWL.DeprecatedProperty,
        OWL.AllDisjointClasses,
        OWL.AllDisjointProperties,
        OWL.AllDifferent,
        OWL.NegativePropertyAssertion,
    }
)


def compile_ontology(tbox: Graph, *, equality: bool | None = None) -> list[Rule]:
    """Return the rules that the axioms of an ontology stand for, without blank nodes.

    Args:
        tbox: the ontology: its terms and axioms, not the facts about individuals.
        equality: whether the rules of owl:sameAs are among them. ``None`` adds them when the
            ontology states owl:sameAs or has an axiom that can conclude it.

    Raises:
        GraphError: an axiom is not covered; the message names it.
    """
    facts = triples(tbox)
    _refuse_unknown(facts)
    schema = close_schema(tbox)
    found = [
        *class_rules(tbox, schema),
        *property_rules(tbox, schema),
        *difference_rules(tbox),
    ]
    schema_facts = list(_schema_facts(set(facts), schema))
    rules = [*without_anonymous(found), *schema_facts]
    _refuse_without_effect(tbox, facts, [*with_effect(found), *schema_facts])
    concludes = any(r.head is not None and r.head[1] == OWL.sameAs for r in rules)
    if equality or (equality is None and (concludes or (None, OWL.sameAs, None) in tbox)):
        rules += equality_rules()
    return rules


def stray_axioms(
    store: GraphStore, tbox: Graph, *, working_graph: URIRef | None = None
) -> list[Triple]:
    """Return the axioms among the facts of a store that the ontology does not have.

    They were not compiled, so nothing would follow from them. Blank nodes are passed over: they
    have other names in the store than in ``tbox``.
    """
    predicates = [
        p for p in sorted(AXIOM_PREDICATES) if p not in (OWL.members, OWL.distinctMembers)
    ]
    by_predicate = " ".join(p.n3() for p in predicates)
    by_type = " ".join(t.n3() for t in sorted(AXIOM_TYPES))
    pattern = in_graph(working_graph, [_SPO])
    rows = store.select(
        f"SELECT ?s ?p ?o WHERE {{ {{ VALUES ?p {{ {by_predicate} {OWL.sameAs.n3()} }} {pattern} }}"
        f" UNION {{ VALUES (?p ?o) {{ {_typed(by_type)} }} {pattern} }} "
        "FILTER (!isBlank(?s) && !isBlank(?o)) }"
    ).rows
    known = {*close_schema(tbox).triples(), *triples(tbox)}
    found = [(s, p, o) for s, p, o in rows if s is not None and p is not None and o is not None]
    return [triple for triple in found if triple not in known]


_SPO: Triple = (Variable("s"), Variable("p"), Variable("o"))


def _typed(types: str) -> str:
    return " ".join(f"({TYPE.n3()} {t})" for t in types.split())


def _refuse_unknown(facts: list[Triple]) -> None:
    """Refuse terms of OWL that OWL 2 RL has no rule for."""
    predicates, types = AXIOM_PREDICATES | _OTHER_PREDICATES, AXIOM_TYPES | _OTHER_TYPES
    owl = str(OWL)
    unknown = first(
        (s, p, o)
        for s, p, o in facts
        if (str(p).startswith(owl) and p not in predicates)
        or (p == TYPE and str(o).startswith(owl) and o not in types)
    )
    if unknown:
        raise _uncovered(unknown, "OWL 2 RL has no rule for it")


def _refuse_without_effect(tbox: Graph, facts: list[Triple], rules: list[Rule]) -> None:
    """Refuse axioms that became no rule with an effect, such as "every A has some B"."""
    used = {axiom for rule in rules for axiom in rule.axioms}
    idle = first(
        (s, p, o)
        for s, p, o in facts
        if (p in AXIOM_PREDICATES or (p == TYPE and o in AXIOM_TYPES))
        and (s, p, o) not in used
        and not _says_nothing(tbox, s, p, o)
    )
    if idle:
        raise _uncovered(idle, "nothing follows from it under OWL 2 RL")


def _says_nothing(tbox: Graph, s: Identifier, p: Identifier, o: Identifier) -> bool:
    if p == RDFS.range and is_datatype(tbox, o):
        return True  # SHACL reports ill-typed literals
    if p in (RDFS.subClassOf, RDFS.domain, RDFS.range) and o == OWL.Thing:
        return True
    return s == o or s == OWL.Nothing


def _uncovered(axiom: Triple, why: str) -> GraphError:
    text = " ".join(shorten(str(term)) for term in axiom)
    return GraphError(
        f"The reasoner does not cover this axiom, {why}: {text}",
        "Write the condition as a rule in ontology/rules/ or as a SHACL shape in ontology/shapes/.",
    )


def _schema_facts(stated: set[Triple], schema: Schema) -> Iterable[Rule]:
    """Yield what follows about classes and properties themselves, as rules without premises."""
    for triple, why in schema.triples().items():
        named = all(isinstance(term, URIRef) for term in triple)
        if named and triple not in stated and triple[0] != triple[2]:
            yield Rule(why.rule, (), triple, "{conclusion}, by the ontology", axioms=why.axioms)
