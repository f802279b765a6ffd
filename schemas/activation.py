"""From a decoded `policy.activated` to the policy, or to the reason why it cannot come into force."""

from pydantic import ValidationError

from schemas.dead_letters import POLICY_INVALID
from schemas.events import PolicyActivated
from schemas.policy import Policy
from schemas.records import Rejected


def policy_of(event: PolicyActivated) -> Policy | Rejected:
    """The policy that the event carries; its version must be the one the event names."""
    try:
        policy = Policy.from_document(event.policy)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        field = ".".join(("policy", *map(str, first["loc"])))
        return Rejected(POLICY_INVALID, field, f"{field}: {first['msg']}; check the file with stoplist policy check.")
    except ValueError as error:
        return Rejected(POLICY_INVALID, "policy", f"{error}.")
    if policy.version != event.version:
        remedy = f"The policy says version {policy.version}, the event {event.version}; make them equal."
        return Rejected(POLICY_INVALID, "version", remedy)
    return policy
