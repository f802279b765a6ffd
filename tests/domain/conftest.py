"""How property tests search while the rules are broken on purpose (`make mutate`): the first failure is enough."""

from hypothesis import Phase, settings

settings.register_profile(
    "mutation", derandomize=True, deadline=None, database=None, phases=(Phase.explicit, Phase.generate)
)
