"""HTTP and OpenAPI: connection, limits, bodies, routing, validation. It knows no service."""
