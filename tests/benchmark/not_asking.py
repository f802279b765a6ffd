"""The policy of the populations here: their companies ship without asking, so no dispatch is an alert for that."""

from schemas.policy import Policy
from schemas.policy_file import default_policy


def policy() -> Policy:
    """The policy that ships, but for `requests.required`."""
    document = default_policy().to_document()
    document["requests"]["required"] = False
    return Policy.from_document(document)
