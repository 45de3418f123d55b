"""What the migration tool is given: the caller's connection and the names of constraints."""

from __future__ import annotations

from alembic import context

from data.tables.all import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=False,  # the caller's transaction holds all of it
)
context.run_migrations()
