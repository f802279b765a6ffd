"""Inputs of the topic `policies`."""

from typing import Literal

from schemas.fields import Document, Id, Revision
from schemas.inputs.base import Input


class PolicyActivated(Input):
    """The whole policy, in force from this record on; no key, to every partition."""

    type: Literal["policy.activated"]
    id: Id
    version: Revision
    """The version the policy itself names."""
    policy: Document
    """The document of the policy's schema."""
