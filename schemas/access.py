"""Who may do what on the broker: one role a program or department, with the least it needs.

The access lists of `deploy/kubernetes` are made from here, and a test holds a real broker with them to its word.
A Kafka `Read` or `Write` brings `Describe` with it.
"""

from typing import Final, Literal, NamedTuple

from schemas.catalogue import (
    CATEGORY_CHANGES,
    CLIENT_STATUS,
    CLIENTS,
    DEAD_LETTERS,
    IMPORTANCE,
    INPUTS,
    JOURNAL,
    JUDGEMENTS,
    OUTPUTS,
    PAYMENTS,
    POLICIES,
    SALES,
    SCOPES,
    SCOPES_JOURNAL,
    SHIPMENT_ALERTS,
    SHIPMENT_BLOCKS,
    SHIPMENT_DECISIONS,
    SHIPMENTS,
    SNAPSHOTS,
    TOPICS,
    TURNOVER,
)

Operation = Literal["Read", "Write", "Describe", "DescribeConfigs", "Create", "Delete"]
Resource = Literal["topic", "group", "cluster"]

GROUP: Final = "stoplist"
"""Consumer group of the workers that fold clients."""
GROUP_IMPORTANCE: Final = "stoplist-importance"
GROUP_NOTIFY: Final = "stoplist-notify"
"""Of `stoplist notify`, unless its file says otherwise."""
_CLUSTER: Final = "kafka-cluster"


class Grant(NamedTuple):
    """What may be done with one thing that has exactly this name."""

    resource: Resource
    name: str
    operations: tuple[Operation, ...]


class Access(NamedTuple):
    """A user of the broker and everything it is allowed; what is not listed is refused."""

    user: str
    who: str
    """One sentence: which program or people use it."""
    grants: tuple[Grant, ...]

    def may(self, operation: Operation, resource: Resource, name: str) -> bool:
        """Whether it is allowed by name; what Kafka adds by itself (`Describe`) counts only when listed."""
        return any(
            grant.resource == resource and grant.name == name and operation in grant.operations for grant in self.grants
        )


def _topics(
    *,
    read: tuple[str, ...] = (),
    write: tuple[str, ...] = (),
    delete: tuple[str, ...] = (),
    settings: tuple[str, ...] = (),
    seen: tuple[str, ...] = (),
) -> tuple[Grant, ...]:
    """A grant for each topic, in the catalogue's order."""
    wanted: tuple[tuple[Operation, tuple[str, ...]], ...] = (
        ("Read", read),
        ("Write", write),
        ("Describe", seen),
        ("DescribeConfigs", settings),
        ("Delete", delete),
    )
    grants = []
    for topic in TOPICS:
        operations = tuple(operation for operation, names in wanted if topic.name in names)
        if operations:
            grants.append(Grant("topic", topic.name, operations))
    return tuple(grants)


_ALL: Final = tuple(topic.name for topic in TOPICS)

ROLES: Final[tuple[Access, ...]] = (
    Access(
        "accounting",
        "The accounting system: money in, terms and disputes of obligations.",
        _topics(write=(PAYMENTS, CLIENTS)),
    ),
    Access(
        "sales-desk",
        "The order system: asks whether a shipment may leave, and reads the answer.",
        _topics(write=(SHIPMENTS,), read=(SHIPMENT_DECISIONS, SHIPMENT_BLOCKS)),
    ),
    Access(
        "warehouse",
        "The warehouse system: reads what must not leave, reports what did. What it reads it cannot write.",
        _topics(write=(SHIPMENTS,), read=(SHIPMENT_BLOCKS, SHIPMENT_DECISIONS)),
    ),
    Access("sales-system", "The system that records sales.", _topics(write=(SALES,))),
    Access("crm", "The CRM: who the clients are, their documents and outlets.", _topics(write=(CLIENTS,))),
    Access(
        "dashboard",
        "Reports and dashboards outside of Stoplist.",
        _topics(read=(CATEGORY_CHANGES, CLIENT_STATUS, SHIPMENT_BLOCKS, SHIPMENT_ALERTS)),
    ),
    Access(
        "credit-manager",
        "People who decide, with the command stoplist: signed judgements, obligations, every explanation, erasures.",
        _topics(
            write=(JUDGEMENTS, CLIENTS),
            read=(*INPUTS, *OUTPUTS, IMPORTANCE, JOURNAL, SNAPSHOTS, TURNOVER, SCOPES),
            settings=(JUDGEMENTS, CLIENTS),
        ),
    ),
    Access(
        "operator",
        "Whoever runs it: makes and checks topics, brings clients in, activates policies, reads dead letters.",
        (
            *_topics(
                write=INPUTS,
                read=(POLICIES, DEAD_LETTERS),
                seen=_ALL,
                settings=_ALL,
            ),
            Grant("cluster", _CLUSTER, ("Create", "Describe")),
        ),
    ),
    Access(
        "auditor",
        "Whoever proves what was published, with stoplist verify: reads everything and writes nothing.",
        _topics(read=_ALL),
    ),
    Access(
        "worker",
        "The fold of clients. It writes to inputs as well: a record in a wrong partition is sent to its right one.",
        (
            *_topics(
                read=(*INPUTS, IMPORTANCE, JOURNAL, SNAPSHOTS, SHIPMENT_BLOCKS, CLIENT_STATUS),
                write=(*INPUTS, IMPORTANCE, *OUTPUTS, TURNOVER, JOURNAL, SNAPSHOTS),
                seen=_ALL,
                settings=(*INPUTS, IMPORTANCE),
                delete=(JOURNAL,),
            ),
            Grant("group", GROUP, ("Read", "Describe")),
        ),
    ),
    Access(
        "importance",
        "The fold of scopes, which compares clients with each other.",
        (
            *_topics(
                read=(TURNOVER, POLICIES, SCOPES_JOURNAL, SCOPES),
                write=(TURNOVER, POLICIES, IMPORTANCE, DEAD_LETTERS, SCOPES_JOURNAL, SCOPES),
                seen=_ALL,
                settings=(TURNOVER, POLICIES),
                delete=(SCOPES_JOURNAL,),
            ),
            Grant("group", GROUP_IMPORTANCE, ("Read", "Describe")),
        ),
    ),
    Access(
        "projector",
        "Fills the read model: reads what workers publish and how far they are, and clients' names.",
        (
            *_topics(
                read=(
                    CLIENT_STATUS,
                    SHIPMENT_BLOCKS,
                    SHIPMENT_DECISIONS,
                    SHIPMENT_ALERTS,
                    CATEGORY_CHANGES,
                    CLIENTS,
                    POLICIES,
                    JOURNAL,
                ),
                seen=(*INPUTS, IMPORTANCE),  # how long they are: what was published is complete up to there
            ),
            Grant("group", GROUP, ("Describe",)),
        ),
    ),
    Access(
        "server",
        "Answers over HTTP and sends what people say there: payments, requests, obligations, signed judgements.",
        _topics(
            write=(PAYMENTS, SHIPMENTS, CLIENTS, JUDGEMENTS),
            # a client's page is drawn from what senders wrote; the desk follows what was decided
            read=(POLICIES, CLIENTS, JUDGEMENTS, SHIPMENTS, PAYMENTS, CATEGORY_CHANGES, SHIPMENT_DECISIONS),
        ),
    ),
    Access(
        "notifier",
        "stoplist notify: tells endpoints what is published, and remembers how far each was told.",
        (
            *_topics(read=(SHIPMENT_BLOCKS, SHIPMENT_DECISIONS, SHIPMENT_ALERTS, CATEGORY_CHANGES)),
            Grant("group", GROUP_NOTIFY, ("Read", "Describe")),
        ),
    ),
    Access(
        "scaler",
        "KEDA: reads how far a group is behind, and no record.",
        (
            *_topics(seen=(*INPUTS, IMPORTANCE, TURNOVER)),
            Grant("group", GROUP, ("Describe",)),
            Grant("group", GROUP_IMPORTANCE, ("Describe",)),
        ),
    ),
)
"""Every user there is: departments, people, then our own programs."""

BY_USER: Final[dict[str, Access]] = {access.user: access for access in ROLES}
WRITERS: Final[dict[str, tuple[str, ...]]] = {
    "accounting": ("accounting",),
    "warehouse and sales desk": ("warehouse", "sales-desk"),
    "sales system": ("sales-system",),
    "CRM and accounting": ("crm", "accounting"),
    "people, by stoplist": ("credit-manager", "server"),
    "stoplist": ("worker", "importance", "operator"),
}
"""The writer of a topic, as the catalogue words it: the users meant."""
