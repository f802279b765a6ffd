"""Names of the topics that a contestant of the small job uses."""


def engine_topics(application: str) -> dict[str, str]:
    """Names of the engine's own topics for one application."""
    return {"journal": f"{application}-journal", "snapshots": f"{application}-state-changelog"}
