"""Signatures of webhooks by the Standard Webhooks scheme: HMAC-SHA256 over id, timestamp and body."""

import base64
import hashlib
import hmac


def signed_headers(secret: bytes, event_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers by which a receiver knows who called, when, and that nothing was changed."""
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{_signature(secret, event_id, timestamp, body)}",
    }


def _signature(secret: bytes, event_id: str, timestamp: int, body: bytes) -> str:
    signed = b".".join((event_id.encode(), str(timestamp).encode(), body))
    return base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
