"""From a decoded `policy.activated` to the policy, or to the reason why it cannot come into force."""

from pydantic import ValidationError

from schemas.dead_letters import POLICY_INVALID
from schemas.events import PolicyActivated
from schemas.policy import REMEDIES, Policy
from schemas.records import Rejected
from schemas.wording import field_of, in_words


def policy_of(event: PolicyActivated) -> Policy | Rejected:
    """The policy that the event carries; its version must be the one the event names."""
    try:
        policy = Policy.from_document(event.policy)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        path, said = field_of(first, in_words(first, REMEDIES))
        field = ".".join(("policy", *path))
        return Rejected(POLICY_INVALID, field, f"{field}: {said}; check the file with stoplist policy check.")
    except ValueError as error:
        return Rejected(POLICY_INVALID, "policy", f"{error}.")
    if policy.version != event.version:
        remedy = f"The policy says version {policy.version}, the event {event.version}; make them equal."
        return Rejected(POLICY_INVALID, "version", remedy)
    return policy
