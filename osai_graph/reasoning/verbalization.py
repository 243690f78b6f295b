"""verbalization puts triples and the explanations of rules into sentences, with labels."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from rdflib import BNode, Literal, URIRef, Variable
from rdflib.term import Identifier

from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import DCTERMS, OWL, RDF, RDFS, SCHEMA, SKOS, shorten
from osai_graph.reasoning.rules import Bindings, Pattern, Rule, in_graph

#: Properties that name a thing, the best first.
_NAMING = (RDFS.label, SKOS.prefLabel, DCTERMS.title, SCHEMA.name)

_SLOT = re.compile(r"\{(a:|every:)?([^{}]*)\}")

#: Words of two letters or more that are spoken letter by letter, such as "MIT" or "LLM".
_SPOKEN_VOWELS = "AEFHILMNORSX"


class Labels:
    """Looks up the names of things in a store, each once.

    Args:
        store: where the names are.
        graph: the graph that has them; ``None`` is the default graph.
    """

    def __init__(self, store: GraphStore, graph: URIRef | None = None) -> None:
        self._store = store
        self._graph = graph
        self._known: dict[Identifier, str] = {}

    def __call__(self, term: Identifier) -> str:
        """Return the name of a term: its label in English, else in any language, else the term."""
        if isinstance(term, Literal):
            return f"“{term}”"
        if isinstance(term, Variable):
            return "something" if len(term) < 3 else f"some {term}"
        if term not in self._known:
            self._known[term] = self._look_up(term)
        return self._known[term]

    def _look_up(self, term: Identifier) -> str:
        if isinstance(term, BNode):
            return "something without a name"
        properties = " ".join(p.n3() for p in _NAMING)
        pattern = in_graph(self._graph, [(term, Variable("p"), Variable("name"))])
        query = f"SELECT ?p ?name WHERE {{ VALUES ?p {{ {properties} }} {pattern} }}"
        names = [
            (_NAMING.index(p), _language_rank(name), str(name))
            for p, name in self._store.select(query).rows
            if isinstance(name, Literal) and isinstance(p, URIRef)
        ]
        return min(names)[2] if names else shorten(str(term))


def _language_rank(name: Literal) -> int:
    language = (name.language or "").lower()
    return 0 if language.startswith("en") else 1 if not language else 2


def with_article(noun: str) -> str:
    """Return a noun with its indefinite article; plurals have none.

    >>> with_article("artifact"), with_article("AI system"), with_article("use case")
    ('an artifact', 'an AI system', 'a use case')
    >>> with_article("model weights")
    'model weights'
    """
    if is_plural(noun):
        return noun
    spelled = noun[:2].isupper() and noun[:1] in _SPOKEN_VOWELS
    vowel = noun[:1].lower() in "aeiou" and not re.match(r"(?i)u[ns][ie]|use|one|eu", noun)
    return f"{'an' if spelled or vowel else 'a'} {noun}"


def is_plural(noun: str) -> bool:
    """Return whether a noun is a plural.

    >>> is_plural("supporting libraries and tools"), is_plural("class"), is_plural("license")
    (True, False, False)
    """
    return bool(re.search(r"[^su]s$", noun))


def every(lower: str, upper: str) -> str:
    """Return the sentence that one class lies within another.

    >>> every("model card", "document component"), every("model weights", "artifact")
    ('every model card is a document component', 'all model weights count as an artifact')
    """
    if is_plural(lower):
        return f"all {lower} count as {with_article(upper)}"
    return f"every {lower} is {with_article(upper)}"


def quoted(name: str) -> str:
    """Return the name of a thing so that it can stand in a sentence.

    A name such as "weights of Pythia" would be read as a part of the sentence.
    """
    return f"“{name}”" if name[:1].islower() and " of " in name else name


def sentence(triple: Pattern, labels: Labels) -> str:
    """Return a triple as a plain sentence, without a full stop.

    A label of a property is read as a verb ("gives freedom") or as a noun ("license"); the naming
    rules of the ontology make object properties verbs.
    """
    s, p, o = triple
    subject, value = quoted(labels(s)), quoted(labels(o))
    if p == RDF.type:
        verb = "counts as" if is_plural(labels(o)) else "is"
        return f"{subject} {verb} {with_article(labels(o))}"
    if p in _ABOUT_TERMS:
        return _ABOUT_TERMS[p](labels(s), labels(o))
    name = labels(p)
    words = name.split() or [name]
    first, last = words[0], words[-1]
    if re.search(r"[^s]ed$", first):
        return f"{subject} was {name} {value}"
    if last in _PREPOSITIONS and not _is_verb(first):
        return f"{subject}: {name} {value}"
    if not _is_verb(first):
        return f"the {name} of {subject} is {value}"
    if len(words) > 1 and value.split()[:1] == [last]:
        return f"{subject} {' '.join(words[:-1])} the {value}"  # gives (freedom) freedom to share
    return f"{subject} {name}{':' if first == 'has' else ''} {value}"


_PREPOSITIONS = frozenset({"about", "by", "for", "from", "in", "of", "on", "to", "with"})

_ABOUT_TERMS: Mapping[Identifier, Callable[[str, str], str]] = {
    RDFS.subClassOf: every,
    RDFS.subPropertyOf: lambda p, q: f"“{p}” implies “{q}”",
    RDFS.domain: lambda p, c: f"whatever has the property “{p}” is {with_article(c)}",
    RDFS.range: lambda p, c: f"whatever is a value of “{p}” is {with_article(c)}",
    OWL.equivalentClass: lambda c, d: f"“{c}” and “{d}” are the same class",
    OWL.equivalentProperty: lambda p, q: f"“{p}” and “{q}” mean the same",
    OWL.sameAs: lambda x, y: f"{quoted(x)} and {quoted(y)} are the same",
}


def _is_verb(word: str) -> bool:
    return bool(re.search(r"[^s]s$", word))


def explanation(
    rule: Rule,
    bindings: Bindings,
    conclusion: Pattern | None,
    premises: Sequence[Pattern],
    labels: Labels,
) -> str:
    """Return the sentence that explains one application of a rule, without a full stop.

    Besides variables and IRIs, the explanations of compiled rules have the slots ``conclusion``,
    ``premises``, ``a:<class>`` with an article and ``every:<class>|<class>``.
    """

    def fill(slot: re.Match[str]) -> str:
        how, name = slot[1] or "", slot[2]
        if how == "every:":
            lower, upper = (labels(URIRef(iri[1:-1])) for iri in name.split("|"))
            return every(lower, upper)
        if name.startswith("<"):
            label = labels(URIRef(name[1:-1]))
            return with_article(label) if how else label
        if Variable(name) in bindings:
            return quoted(labels(bindings[Variable(name)]))
        if name == "premises":
            return " and ".join(sentence(premise, labels) for premise in premises)
        return sentence(conclusion, labels) if conclusion and name == "conclusion" else slot[0]

    return _SLOT.sub(fill, rule.explanation)


def capitalized(text: str) -> str:
    """Return a text with its first letter in upper case and a full stop."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")
