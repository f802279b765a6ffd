"""An Apache Kafka node as a careful company runs it: TLS, SCRAM-SHA-512, access lists from `schemas.access`."""

import secrets
import shutil
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any, Self

from kafka import KafkaAdminClient
from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ResourcePattern,
    ResourceType,
    UserScramCredentialUpsertion,
)

from schemas.access import ROLES, Access
from schemas.security import Protocol, Security
from tests.harness.kafka import KafkaNode
from tests.harness.kafka.node import new_address
from tests.harness.ports import LOOPBACK
from tests.harness.starting import Started
from tests.security.certificates import NODE, Certificates, make_certificates

ADMIN = "admin"
_OPERATIONS = {
    "Read": ACLOperation.READ,
    "Write": ACLOperation.WRITE,
    "Create": ACLOperation.CREATE,
    "Delete": ACLOperation.DELETE,
    "Describe": ACLOperation.DESCRIBE,
    "DescribeConfigs": ACLOperation.DESCRIBE_CONFIGS,
}
_RESOURCES = {"topic": ResourceType.TOPIC, "group": ResourceType.GROUP, "cluster": ResourceType.CLUSTER}


class SecuredKafka(Started):
    """`with SecuredKafka() as kafka:` a node whose only listener for clients is SASL_SSL; each role is a user of it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="stoplist-secured-"))
        self.certificates: Certificates = make_certificates(self.folder)
        self.passwords = {name: secrets.token_urlsafe(16) for name in (ADMIN, *(access.user for access in ROLES))}
        address = new_address()
        self.node = KafkaNode(
            _settings(address.port, address.controller_port, self.certificates, self.passwords[ADMIN]),
            members=(address,),
            format_options=("--add-scram", f"SCRAM-SHA-512=[name={ADMIN},password={self.passwords[ADMIN]}]"),
        )

    @property
    def bootstrap(self) -> str:
        """`host:port` for clients."""
        return self.node.bootstrap

    def security(self, user: str, *, password: str | None = None, protocol: Protocol = "SASL_SSL") -> Security:
        """How `user` connects."""
        return Security(
            protocol=protocol,
            username=user,
            password=password or self.passwords[user],
            ca_file=self.certificates.authority,
        )

    def client(self, user: str, **how: Any) -> dict[str, Any]:
        """Arguments of a client of `user`."""
        return {"bootstrap_servers": self.bootstrap, **self.security(user, **how).client_settings()}

    def environment(self, user: str) -> dict[str, str]:
        """The variables with which `stoplist` is that user."""
        password = self.folder / f"{user}.password"
        password.write_text(f"{self.passwords[user]}\n")
        password.chmod(0o600)
        return {
            "STOPLIST_BOOTSTRAP": self.bootstrap,
            "STOPLIST_SECURITY_PROTOCOL": "SASL_SSL",
            "STOPLIST_SASL_MECHANISM": "SCRAM-SHA-512",
            "STOPLIST_SASL_USERNAME": user,
            "STOPLIST_SASL_PASSWORD_FILE": str(password),
            "STOPLIST_SSL_CA_FILE": str(self.certificates.authority),
        }

    def start(self) -> Self:
        """The node, its users and their access lists."""
        self.node.start()
        with closing(KafkaAdminClient(**self.client(ADMIN))) as admin:
            admin.alter_user_scram_credentials(
                [
                    UserScramCredentialUpsertion(access.user, "SCRAM-SHA-512", self.passwords[access.user])
                    for access in ROLES
                ]
            )
            admin.create_acls([entry for access in ROLES for entry in _entries(access)])
        return self

    def close(self) -> None:
        """End it and remove keys, passwords and data."""
        self.node.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _entries(access: Access) -> list[ACL]:
    return [
        ACL(
            principal=f"User:{access.user}",
            host="*",
            operation=_OPERATIONS[operation],
            permission_type=ACLPermissionType.ALLOW,
            resource_pattern=ResourcePattern(_RESOURCES[grant.resource], grant.name),
        )
        for grant in access.grants
        for operation in grant.operations
    ]


def _settings(port: int, controller_port: int, certificates: Certificates, admin_password: str) -> dict[str, str]:
    scram = "org.apache.kafka.common.security.scram.ScramLoginModule"
    return {
        "listeners": f"SECURED://{LOOPBACK}:{port},CONTROLLER://{LOOPBACK}:{controller_port}",
        "advertised.listeners": f"SECURED://{LOOPBACK}:{port}",
        "listener.security.protocol.map": "SECURED:SASL_SSL,CONTROLLER:SSL",
        "inter.broker.listener.name": "SECURED",
        "sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "sasl.mechanism.inter.broker.protocol": "SCRAM-SHA-512",
        "listener.name.secured.scram-sha-512.sasl.jaas.config": (
            f'{scram} required username="{ADMIN}" password="{admin_password}";'
        ),
        # node and controller know each other by their certificate
        "listener.name.controller.ssl.client.auth": "required",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(certificates.node),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(certificates.authority),
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "allow.everyone.if.no.acl.found": "false",
        "super.users": f"User:{ADMIN};User:CN={NODE}",
    }
