"""python -m services.reporting: the command line of this service."""

from services.reporting.service import SERVICE
from shared.cli import service_cli

if __name__ == "__main__":
    service_cli(SERVICE)()
