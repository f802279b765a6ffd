"""The OpenAPI document: what FastAPI makes of the calls, and how a caller says who it is."""

from typing import Any, Final

from fastapi import FastAPI

from streams.views.serving.guard import needs_login
from streams.views.serving.login import COOKIE

_WAYS: Final = {
    "token": {"type": "http", "scheme": "bearer", "description": "For programs: stoplist tokens add."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "For the page; what changes anything carries the header X-CSRF-Token as well.",
    },
}


class Described(FastAPI):
    """An application whose document names the ways to log in, and which calls need none."""

    def openapi(self) -> dict[str, Any]:
        """The document, made once."""
        if self.openapi_schema is None:
            document = super().openapi()
            document.setdefault("components", {})["securitySchemes"] = _WAYS
            document["security"] = [{way: []} for way in _WAYS]
            for path, calls in document["paths"].items():
                for method, call in calls.items():
                    if not needs_login(path, method.upper()):
                        call["security"] = []
        assert self.openapi_schema is not None
        return self.openapi_schema
