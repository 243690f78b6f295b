"""axioms is what the compilers of class, property and equality axioms share."""

from __future__ import annotations

from rdflib import Variable
from rdflib.term import Identifier

from osai_graph.reasoning.rules import NOT_LITERAL, TYPE, Pattern, Rule, Triple

X, Y, Z = Variable("x"), Variable("y"), Variable("z")


def isa(instance: Identifier, of: Identifier) -> Pattern:
    """Return the pattern "``instance`` is a ``of``"."""
    return instance, TYPE, of


def rule(
    name: str,
    body: tuple[Pattern, ...],
    head: Pattern | None,
    because: str,
    *axioms: Triple,
    filters: tuple[str, ...] = (),
) -> Rule:
    """Return a compiled rule; literals are kept from becoming subjects (RDF 1.1, section 3.1).

    Args:
        name: the name of the rule in W3C OWL 2 Profiles, section 4.3.
        body: the premises.
        head: the conclusion, or ``None``.
        because: the reason, as the rest of the sentence "..., because".
        axioms: what the rule is compiled from.
        filters: conditions beyond the premises.
    """
    if head is not None and isinstance(head[0], Variable):
        subjects = {pattern[0] for pattern in body}
        if head[0] not in subjects:
            filters = (NOT_LITERAL.format(name=head[0]), *filters)
    start = "{conclusion}" if head is not None else "The facts contradict each other"
    return Rule(name, body, head, f"{start}, because {because}", filters, axioms=axioms)


def named(term: Identifier) -> str:
    """Return the slot of a class or individual in an explanation."""
    return f"{{{term.n3()}}}"


def a(term: Identifier) -> str:
    """Return the slot of a class with its article."""
    return f"{{a:{term.n3()}}}"


def every(lower: Identifier, upper: Identifier) -> str:
    """Return the slot of the sentence that one class lies within another."""
    return f"{{every:{lower.n3()}|{upper.n3()}}}"


def quoted(term: Identifier) -> str:
    """Return the slot of a property, in quotes."""
    return f"“{named(term)}”"


def pairs(items: list[Identifier]) -> list[tuple[Identifier, Identifier]]:
    """Return every two of the items, each pair once."""
    return [(left, right) for place, left in enumerate(items) for right in items[place + 1 :]]
