"""The published contracts of the whole house as committed documents: OpenAPI, AsyncAPI and a page to read."""
