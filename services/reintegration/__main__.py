"""python -m services.reintegration: the command line of this service."""

from services.reintegration.service import SERVICE
from shared.cli import service_cli

if __name__ == "__main__":
    service_cli(SERVICE)()
