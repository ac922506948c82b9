"""The platform kit: what any service of this house needs and nothing that knows about returns."""
