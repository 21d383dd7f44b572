"""Where RabbitMQ and PostgreSQL are: the private nodes by default, or the servers named in the environment."""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

from deploy.local import broker
from deploy.local.nodes import Nodes, NodesError


class ServersUnreachableError(RuntimeError):
    """A server of the bench cannot be used; the message names it, its address and the cure."""


@dataclass(frozen=True)
class Servers:
    """Addresses with administrator rights: the bench makes its own vhosts and databases on them."""

    amqp_uri: str
    management_url: str
    database_url: str

    @classmethod
    def current(cls) -> "Servers":
        """The private nodes of `make nodes`, or the servers named by AMQP_URI and DATABASE_URL.

        Raises ServersUnreachableError when there are none.
        """
        try:
            nodes = Nodes.current()
        except NodesError as error:
            raise ServersUnreachableError(str(error)) from error
        return cls(
            amqp_uri=nodes.amqp_uri,
            management_url=broker.management_url_for(nodes),
            database_url=nodes.database_url.replace("postgresql+psycopg2://", "postgresql://"),
        )

    @property
    def amqp_port(self) -> int:
        """Port the broker listens on."""
        return urlsplit(self.amqp_uri).port or 5672

    @property
    def database_port(self) -> int:
        """Port the database listens on."""
        return urlsplit(self.database_url).port or 5432

    def amqp_uri_of(self, vhost: str) -> str:
        """The same broker and user, another vhost."""
        parts = urlsplit(self.amqp_uri)
        return urlunsplit(parts._replace(path="/" + quote(vhost, safe="")))

    def dsn_of(self, database: str) -> str:
        """The same server and user, another database."""
        parts = urlsplit(self.database_url)
        return urlunsplit(parts._replace(path="/" + database))

    def create_vhost(self, vhost: str) -> None:
        """Make the vhost anew, with all rights for our user and with the policies of the house."""
        try:
            broker.delete_vhost(self.management_url, vhost)
            broker.create_vhost(self.management_url, vhost)
            broker.apply_policies(self.management_url, vhost)
        except broker.BrokerError as error:
            raise ServersUnreachableError(f"RabbitMQ cannot be used ({error}); start the private nodes with `make nodes`") from error

    def drop_vhost(self, vhost: str) -> None:
        """Delete the vhost with everything in it."""
        broker.delete_vhost(self.management_url, vhost)

    def create_database(self, database: str) -> None:
        """Make an empty database, dropping a left-over of the same name first."""
        self.drop_database(database)
        self._admin(sql.SQL("create database {}").format(sql.Identifier(database)))

    def drop_database(self, database: str) -> None:
        """Drop the database, cutting its sessions."""
        self._admin(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(database)))

    def _admin(self, statement: sql.Composable) -> None:
        try:
            connection = psycopg2.connect(self.database_url, connect_timeout=5)
        except psycopg2.OperationalError as error:
            raise ServersUnreachableError(
                f"PostgreSQL at {_shown(self.database_url)} cannot be used ({error}); start the private nodes with `make nodes`"
            ) from error
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
        finally:
            connection.close()


def _shown(uri: str) -> str:
    parts = urlsplit(uri)
    return f"{parts.hostname}:{parts.port}"
