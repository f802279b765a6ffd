"""The categories published last, of those that follow from what the client is; part of `Decided`."""

import msgspec


class PublishedCategories(msgspec.Struct, array_like=True, gc=False):
    """As a reader knows them."""

    lifecycle: str = "potential"
    sales_type: str | None = None
    activities: list[str] = []
    mall_outlets: dict[str, int] = {}
    awaits_activity: bool = False
    """A further sale or dispatch changes what the last status says of the client: it is lost, or will be next."""
