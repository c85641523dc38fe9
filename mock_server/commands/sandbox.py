"""`ecf-mock sandbox`."""

from pathlib import Path

import click

from mock_server.commands import terminal

# Functions import everything else where they use it, so that `ecf-mock --help` doesn't wait.


@click.group()
def sandbox() -> None:
    """Keep sandboxes of a running mock as files, and make sandboxes from such files."""


@sandbox.command(
    "export",
    epilog="""\b
Examples:
  ecf-mock sandbox export default our-world.json
  ecf-mock sandbox export retries worlds/retries.json --base-url http://127.0.0.1:9000""",
)
@click.argument("name")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@terminal.base_url_option
@terminal.control_token_option
def export_sandbox(name: str, file: Path, base_url: str, control_token: str | None) -> None:
    """Write the sandbox NAME to FILE: settings, clock and every record.

    The file is JSON that a team can keep in its repository. The same sandbox gives the same bytes. Stop its clock
    first, because a running clock shows another moment each time.
    """
    from mock_server.commands.readiness import open_control

    with open_control(base_url, control_token) as control:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            control.sandbox(name).export(file)
        except OSError as error:
            raise terminal.CouldNotRun(f"can't write {file}: {error.strerror or error}") from error
    click.echo(f"{name} is in {file}")


@sandbox.command(
    "import",
    epilog="""\b
Examples:
  ecf-mock sandbox import our-world.json
  ecf-mock sandbox import our-world.json default""",
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("name", required=False)
@terminal.base_url_option
@terminal.control_token_option
def import_sandbox(file: Path, name: str | None, base_url: str, control_token: str | None) -> None:
    """Start the sandbox NAME from FILE. Without NAME it is a new sandbox.

    A sandbox of this name begins anew, and keeps only its tokens. A file that can't be used changes nothing. A reset
    takes the sandbox back to the file.
    """
    from mock_server.commands.readiness import open_control
    from mock_server.control.connection import ControlError

    with open_control(base_url, control_token) as control:
        try:
            made = control.sandbox_from_file(file, name)
        except OSError as error:
            raise terminal.CouldNotRun(f"can't read {file}: {error.strerror or error}") from error
        except ControlError as refused:
            if refused.status not in (400, 422):
                raise
            why = refused.errors[0] if refused.errors else refused.detail
            raise terminal.CouldNotRun(f"{file}: {why}") from refused
    click.echo(f"{made.id} begins from {file}")
    for provider in made.providers:
        click.echo(f"  {provider.name}: {provider.token}")
