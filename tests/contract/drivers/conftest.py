"""The drivers are held against recorded exchanges through the real port on a real database."""

from tests.integration.devices.conftest import make_port, port

__all__ = ["make_port", "port"]
