"""random_ontologies draws small ontologies and facts, within OWL 2 RL, for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

CLASSES = [f":{c}" for c in "ABCDE"]
PROPERTIES = [":p", ":q", ":r", ":s"]
INDIVIDUALS = [f":i{n}" for n in range(5)]

#: Every class and property is declared: owlrl takes "C is below C" from the declaration.
DECLARATIONS = " ".join(
    [f"{c} a owl:Class ." for c in CLASSES] + [f"{p} a owl:ObjectProperty ." for p in PROPERTIES]
)

classes = st.sampled_from(CLASSES)
properties = st.sampled_from(PROPERTIES)
individuals = st.sampled_from(INDIVIDUALS)
inverse = st.builds("[ owl:inverseOf {} ]".format, properties)

#: Class expressions that may stand below something (OWL 2 Profiles, section 4.2.3, table 2).
lower = st.recursive(
    classes,
    lambda inner: st.one_of(
        st.builds("[ a owl:Class ; owl:intersectionOf ( {} {} ) ]".format, inner, inner),
        st.builds("[ a owl:Class ; owl:unionOf ( {} {} ) ]".format, inner, inner),
        st.builds(
            "[ a owl:Restriction ; owl:onProperty {} ; owl:someValuesFrom {} ]".format,
            st.one_of(properties, inverse),
            st.one_of(inner, st.just("owl:Thing")),
        ),
        st.builds(
            "[ a owl:Restriction ; owl:onProperty {} ; owl:hasValue {} ]".format,
            properties,
            individuals,
        ),
        st.builds("[ a owl:Class ; owl:oneOf ( {} {} ) ]".format, individuals, individuals),
    ),
    max_leaves=3,
)

#: Class expressions that may stand above something (the same table).
upper = st.recursive(
    classes,
    lambda inner: st.one_of(
        st.builds("[ a owl:Class ; owl:intersectionOf ( {} {} ) ]".format, inner, inner),
        st.builds(
            "[ a owl:Restriction ; owl:onProperty {} ; owl:allValuesFrom {} ]".format,
            properties,
            inner,
        ),
        st.builds(
            "[ a owl:Restriction ; owl:onProperty {} ; owl:hasValue {} ]".format,
            properties,
            individuals,
        ),
    ),
    max_leaves=3,
)

axioms = st.one_of(
    st.builds("{} rdfs:subClassOf {} .".format, lower, upper),
    st.builds("{} rdfs:subClassOf {} .".format, classes, classes),
    st.builds("{} owl:equivalentClass {} .".format, classes, lower),
    st.builds("{} rdfs:subPropertyOf {} .".format, properties, properties),
    st.builds("{} owl:equivalentProperty {} .".format, properties, properties),
    st.builds("{} owl:inverseOf {} .".format, properties, properties),
    st.builds("{} rdfs:domain {} .".format, properties, upper),
    st.builds("{} rdfs:range {} .".format, properties, upper),
    st.builds("{} a owl:TransitiveProperty .".format, properties),
    st.builds("{} a owl:SymmetricProperty .".format, properties),
    # no chain feeds itself: owlrl may not end on those
    st.builds(":s owl:propertyChainAxiom ( :p {} ) .".format, st.sampled_from([":p", ":q"])),
)

#: Axioms that conclude owl:sameAs.
identifying = st.one_of(
    st.builds("{} a owl:FunctionalProperty .".format, properties),
    st.builds("{} a owl:InverseFunctionalProperty .".format, properties),
    st.builds(
        "{} rdfs:subClassOf [ a owl:Restriction ; owl:onProperty {} ; "
        'owl:maxCardinality "1"^^xsd:nonNegativeInteger ] .'.format,
        classes,
        properties,
    ),
)

facts = st.one_of(
    st.builds("{} a {} .".format, individuals, classes),
    st.builds("{} {} {} .".format, individuals, properties, individuals),
)


def turtle(parts: list[str]) -> str:
    """Join drawn axioms and facts to a Turtle document."""
    return "\n".join([DECLARATIONS, *parts])
