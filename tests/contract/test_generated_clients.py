"""What client generators make of v1; that their clients work is tested where there is a server."""

import os
import subprocess
import sys
from pathlib import Path

from mock_server.resources import resource
from tests.specifications import Document


def test_openapi_python_client_leaves_no_operation_out(tmp_path: Path) -> None:
    """It drops an operation that it can't express, says so, and ends well all the same."""
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]
    command += ["--path", str(resource("openapi/v1.yaml")), "--output-path", str(tmp_path / "client")]
    # The generator formats what it writes with ruff, which stands beside the interpreter.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "PATH": path})
    assert "WARNING" not in done.stdout + done.stderr
    modules = {module.stem.replace("_", "") for module in tmp_path.glob("client/api/*/*.py")} - {"init"}
    assert modules == {operation_id.lower() for operation_id in Document("v1").operations}
