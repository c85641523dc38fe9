"""`ecf-mock health`."""

import json

import click

from mock_server.commands.terminal import base_url_option

# Functions import everything else where they use it, so that `ecf-mock --help` doesn't wait.

# Seconds. Docker gives a health check 30 by default.
_PATIENCE = 5


@click.command(
    epilog="""\b
Examples:
  ecf-mock health
  ecf-mock health --base-url http://127.0.0.1:9000"""
)
@base_url_option
def health(base_url: str) -> None:
    """Say in one line whether the mock answers: for a container's health check, or a script that waits.

    It needs no token, and works without the control API too. Exits with 0 when the mock answers, and 1 otherwise.
    """
    where = base_url.rstrip("/")
    click.echo(f"ecf-mock {_version(where)} answers at {where}")


def _version(where: str) -> str:
    """The version of the mock. Raises ClickException when no mock answers."""
    from http.client import HTTPException
    from urllib.error import HTTPError
    from urllib.request import ProxyHandler, build_opener

    # A proxy of the environment is for other hosts. It would answer in the mock's place.
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(f"{where}/_mock/health", timeout=_PATIENCE) as answer:
            return str(json.load(answer)["version"])
    except HTTPError as refused:
        with refused:
            # This is what v1, the first service, answers for unknown paths, so the mock runs with --no-control.
            if refused.code == 404 and refused.read().startswith(b'{"error"'):
                return "without its control API"
        problem = f"it answers with status {refused.code}"
    except (OSError, HTTPException) as error:
        problem = str(getattr(error, "reason", None) or error)
    except (KeyError, TypeError, json.JSONDecodeError):
        problem = "another server answers there"
    except ValueError:
        problem = "it is no address such as http://127.0.0.1:8080"
    raise click.ClickException(f"no mock at {where}: {problem}")
