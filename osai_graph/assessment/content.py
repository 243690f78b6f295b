"""content derives a verdict again from a saved derivation alone, and hashes what it rests on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rdflib import URIRef

from osai_graph.assessment.definitions import defined_framework, parse_lines
from osai_graph.assessment.verdicts import assess_system
from osai_graph.errors import GraphError
from osai_graph.graph.store import EmbeddedStore


class SavedDerivationError(GraphError):
    """A file is no saved derivation."""


def content_hash(
    system: str, definition: Iterable[str], facts: Iterable[str], values: Mapping[str, str]
) -> str:
    """Return a hash over what a derivation says: no times, no evidence, no wording of ours.

    It is SHA-256 over JSON with sorted keys and no spaces, in UTF-8.
    """
    content = {
        "system": system,
        "definition": sorted(set(definition)),
        "facts": sorted(set(facts)),
        "values": dict(values),
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


@dataclass(frozen=True)
class Recheck:
    """What became of a derivation that was derived again.

    Args:
        system: its name.
        framework: the name of the framework.
        differing: requirements with another answer than the saved one: identifier, saved, derived.
        saved_hash: the hash that the file gives.
        derived_hash: the hash over the facts of the file and the answers derived from them.
    """

    system: str
    framework: str
    differing: tuple[tuple[str, str, str], ...]
    saved_hash: str
    derived_hash: str

    @property
    def agrees(self) -> bool:
        """Whether answers and hash are the saved ones."""
        return not self.differing and self.saved_hash == self.derived_hash


def recheck(saved: Mapping[str, Any], schema_version: int) -> Recheck:
    """Derive the verdicts of a saved derivation again, from the facts and the definition in it.

    Nothing else is read: no graph, no framework file, no network.

    Raises:
        SavedDerivationError: it is no derivation, or of another version of the form.
        GraphError: the facts or the definition in it cannot be read.
    """
    system, label, framework_label, definition, facts, values, saved_hash = _fields(
        saved, schema_version
    )
    framework = defined_framework(definition)
    store = EmbeddedStore()
    store.add(parse_lines(facts))
    assessment = assess_system(store, system, [framework])
    known = {str(node.iri): node for node in framework.requirements()}
    derived: dict[str, str] = {}
    for name in values:
        verdict = assessment.verdict(system, known[name]) if name in known else None
        derived[name] = verdict.value.value if verdict else "none"
    differing = sorted(
        (known[name].identifier if name in known else name, values[name], derived[name])
        for name in values
        if values[name] != derived[name]
    )
    derived_hash = content_hash(str(system), definition, facts, derived)
    return Recheck(label, framework_label, tuple(differing), saved_hash, derived_hash)


def _fields(
    saved: Mapping[str, Any], schema_version: int
) -> tuple[URIRef, str, str, list[str], list[str], dict[str, str], str]:
    try:
        if saved["schema_version"] != schema_version:
            raise SavedDerivationError(
                f"The derivation is saved in form {saved['schema_version']}; "
                f"this version reads form {schema_version}.",
                "Derive it again: osai-graph why ID --framework F --format json",
            )
        return (
            URIRef(str(saved["system"]["iri"])),
            str(saved["system"]["label"]),
            str(saved["framework"]["label"]),
            [str(line) for line in saved["definition"]],
            [str(line) for line in saved["facts"]],
            {str(k): str(v) for k, v in saved["values"].items()},
            str(saved["hash"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise SavedDerivationError(
            "This is no saved derivation.",
            "osai-graph why ID --framework F --format json writes one.",
        ) from error
