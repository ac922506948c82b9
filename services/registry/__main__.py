"""python -m services.registry: the command line of this service."""

from services.registry.service import SERVICE
from shared.cli import service_cli

if __name__ == "__main__":
    service_cli(SERVICE)()
