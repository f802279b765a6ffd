"""`stoplist what-if`: the same records folded under the policy in force and under a draft."""
