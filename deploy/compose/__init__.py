"""The deployment with containers: what runs beside the services, and how it is set up and proven."""
