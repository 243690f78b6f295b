"""next_steps_rendering writes next steps as text and JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from osai_graph.assessment.grounds import Clause
from osai_graph.assessment.headlines import SIGNS, framework_name, listed
from osai_graph.assessment.next_steps import Action, NextSteps, Plan, Step, Upstream


def next_steps_text(steps: NextSteps) -> str:
    """Return next steps as text: for each outcome the actions, who can do them, and why."""
    lines = [steps.system.label]
    for framework, outcome in steps.reached:
        lines.append(f"✓ reached: {outcome.label} by the {framework_name(framework)}")
    lines += [f"  nothing left by the {framework_name(f)}" for f in steps.complete]
    if not steps.steps:
        lines.append("Nothing left." if steps.complete else "No framework judges it.")
    earlier: dict[str, Step] = {}
    for step in steps.steps:
        lines += ["", *_step_lines(step, earlier.get(str(step.framework.iri)))]
        earlier[str(step.framework.iri)] = step
    return "\n".join(lines)


def _step_lines(step: Step, before: Step | None) -> Iterator[str]:
    name = f"{step.outcome.label} by the {framework_name(step.framework)}"
    yield f"{SIGNS[step.value]} {name}: {step.value.words}"
    if not step.plans:
        yield "  No set of changes was found that reaches it."
        return
    common, differing = _split(step.plans)
    told_common, told_differing = _split(before.plans) if before else ([], [])
    told = {action.text for action in told_common}
    if before and told and told <= {action.text for action in common}:
        yield f"  all that {before.outcome.label} takes, and:"
        common = [action for action in common if action.text not in told]
        if _texts(differing) == _texts(told_differing):
            differing = []
    number = 0
    for action in common:
        number += 1
        yield from _action_lines(action, f"  {number:>2}  ", "      ")
    if differing:
        yield f"  {number + 1:>2}  one of these:"
        for actions in differing:
            for place, action in enumerate(actions):
                yield from _action_lines(action, "      • " if not place else "        ", " " * 8)
    yield f"  {_tried(step.plans)}"


def _split(plans: Sequence[Plan]) -> tuple[list[Action], list[list[Action]]]:
    """Return the actions of all plans, and what each plan has beside them."""
    if not plans:
        return [], []
    shared = set.intersection(*({a.text for a in plan.actions} for plan in plans))
    common = [action for action in plans[0].actions if action.text in shared]
    rest = [[a for a in plan.actions if a.text not in shared] for plan in plans]
    return common, [actions for actions in rest if actions]


def _texts(groups: Sequence[Sequence[Action]]) -> set[tuple[str, ...]]:
    return {tuple(action.text for action in group) for group in groups}


def _action_lines(action: Action, first: str, rest: str) -> Iterator[str]:
    yield f"{first}{action.text}"
    yield f"{rest}who: {action.who}; for {', '.join(action.requirements)}"
    for upstream in action.upstream:
        yield f"{rest}{upstream_text(upstream)}"


def upstream_text(upstream: Upstream) -> str:
    """Return why a license is not the maker's to change."""
    places = ", ".join(_place(clause) for clause in upstream.clauses)
    return (
        f"not the maker's to give: {upstream.base.label} is under {upstream.terms.label}, which "
        f"binds derivatives ({places}); {upstream.steward} would have to change that, or the "
        "system be built on another base"
    )


def _place(clause: Clause) -> str:
    return f"{clause.label}, {clause.locator}" if clause.locator else clause.label


def _tried(plans: Sequence[Plan]) -> str:
    if not all(plan.verified for plan in plans):
        return "Tried out on a copy of the graph: this alone does not reach it."
    assumed = sorted({name for plan in plans for name in plan.assumed})
    condition = f", if {listed(assumed)} {_is(assumed)} answered in its favor" if assumed else ""
    return f"Tried out on a copy of the graph: with these facts it is reached{condition}."


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def next_steps_json(steps: NextSteps) -> dict[str, Any]:
    """Return next steps as what ``json.dumps`` takes.

    ``reached`` and ``complete`` say what is done; each of ``steps`` has ``framework``, ``outcome``,
    ``value`` and ``plans``: alternatives of equal size, each with ``actions`` (``kind``: release,
    license, record, judge; ``text``, ``who``, ``requirements``, ``part``, ``available``,
    ``license``, ``upstream``), ``verified`` and ``assumed``.
    """
    return {
        "system": {"iri": steps.system.iri, "label": steps.system.label},
        "reached": [
            {"framework": str(framework.iri), "outcome": str(outcome.iri), "label": outcome.label}
            for framework, outcome in steps.reached
        ],
        "complete": [str(framework.iri) for framework in steps.complete],
        "steps": [_step_json(step) for step in steps.steps],
    }


def _step_json(step: Step) -> dict[str, Any]:
    return {
        "framework": {"iri": str(step.framework.iri), "label": framework_name(step.framework)},
        "outcome": {"iri": str(step.outcome.iri), "label": step.outcome.label},
        "value": step.value.value,
        "plans": [
            {
                "actions": [_action_json(action) for action in plan.actions],
                "verified": plan.verified,
                "assumed": list(plan.assumed),
            }
            for plan in step.plans
        ],
    }


def _action_json(action: Action) -> dict[str, Any]:
    change = action.change
    return {
        "kind": action.kind,
        "text": action.text,
        "who": action.who,
        "requirements": list(action.requirements),
        "part": str(change.part) if change else None,
        "available": change.available if change else None,
        "license": str(change.license) if change and change.license else None,
        "upstream": [
            {
                "base": one.base.iri,
                "license": one.terms.iri,
                "steward": one.steward,
                "clauses": [clause.iri for clause in one.clauses],
                "text": upstream_text(one),
            }
            for one in action.upstream
        ],
    }
