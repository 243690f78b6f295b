"""verbalization puts triples and the explanations of rules into sentences, with labels."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rdflib import BNode, Literal, URIRef, Variable
from rdflib.term import Identifier

from osai_graph.graph.store import GraphStore
from osai_graph.namespaces import DCTERMS, RDF, RDFS, SCHEMA, SKOS, shorten
from osai_graph.reasoning.rules import Bindings, Pattern, Rule, in_graph

#: Properties that name a thing, the best first.
_NAMING = (RDFS.label, SKOS.prefLabel, DCTERMS.title, SCHEMA.name)

_SLOT = re.compile(r"\{(a:)?([^{}]*)\}")

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
            return f"?{term}"
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


def with_article(name: str) -> str:
    """Return a noun with its indefinite article.

    >>> with_article("artifact"), with_article("AI system"), with_article("use case")
    ('an artifact', 'an AI system', 'a use case')
    """
    spelled = name[:2].isupper() and name[:1] in _SPOKEN_VOWELS
    vowel = name[:1].lower() in "aeiou" and not re.match(r"(?i)u[ns][ie]|use|one|eu", name)
    return f"{'an' if spelled or vowel else 'a'} {name}"


def sentence(triple: Pattern, labels: Labels) -> str:
    """Return a triple as a plain sentence, without a full stop.

    Labels of properties that start with a verb are read as one, others as a noun (the naming
    rules of the ontology make object properties verbs).
    """
    s, p, o = triple
    if p == RDF.type:
        return f"{labels(s)} is {with_article(labels(o))}"
    words = labels(p).split()
    value = labels(o)
    if not _is_verb(words[0]):
        return f"the {' '.join(words)} of {labels(s)} is {value}"
    if len(words) > 1 and value.split()[0].lower() == words[-1].lower():
        words = [*words[:-1], "the"]  # "gives freedom" + "freedom to share"
    return f"{labels(s)} {' '.join(words)} {value}"


def _is_verb(word: str) -> bool:
    return word.lower() in ("is", "has", "was") or bool(re.search(r"(?<!s)s$|ed$", word))


def explanation(
    rule: Rule,
    bindings: Bindings,
    conclusion: Pattern | None,
    premises: Sequence[Pattern],
    labels: Labels,
) -> str:
    """Return the sentence that explains one application of a rule, without a full stop."""
    whole: Mapping[str, str] = {
        "conclusion": sentence(conclusion, labels) if conclusion else "",
        "premises": " and ".join(sentence(premise, labels) for premise in premises),
    }

    def fill(slot: re.Match[str]) -> str:
        article, name = slot[1], slot[2]
        if name.startswith("<"):
            label = labels(URIRef(name[1:-1]))
        elif Variable(name) in bindings:
            label = labels(bindings[Variable(name)])
        else:
            return whole.get(name, slot[0])
        return with_article(label) if article else label

    return _SLOT.sub(fill, rule.explanation)


def capitalized(text: str) -> str:
    """Return a text with its first letter in upper case and a full stop."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")
