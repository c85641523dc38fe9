"""A third service, as small as a service can be, with a home of its own: two operations, one record, one rule."""
