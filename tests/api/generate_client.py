"""Generates a typed Python client of the API from its description: ``make client`` writes it to client/.

The generator has an environment of its own, .venv/client, with the versions of requirements-client.txt.
"""

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from api import create_app
from tests.api.conftest import settings_for
from tests.warehouse import ROOT

GENERATOR = ROOT / ".venv" / "client" / "bin" / "openapi-python-client"
UV = ROOT / ".venv" / "bin" / "uv"
CONFIG = {"project_name_override": "sales-warehouse-client", "package_name_override": "sales_warehouse_client"}


def install() -> None:
    """Create the generator's environment, or bring it to the versions of the lock."""
    folder = GENERATOR.parents[1]
    subprocess.run([UV, "venv", "--quiet", "--allow-existing", "--python", sys.executable, folder], check=True)
    python = folder / "bin" / "python"
    sync = [UV, "pip", "sync", "--quiet", "--require-hashes", "--python", python, ROOT / "requirements-client.txt"]
    subprocess.run([*map(str, sync)], check=True)


def generate(folder: Path) -> None:
    """Write the client's project into a folder."""
    description = create_app(settings_for("postgresql:///")).test_client().get("/openapi.json").get_data()
    with TemporaryDirectory() as name:
        source, config = Path(name) / "openapi.json", Path(name) / "config.json"
        source.write_bytes(description)
        # Its formatter is not needed, and would be looked for on the path.
        config.write_text(json.dumps({**CONFIG, "post_hooks": []}))
        arguments = ["--path", source, "--config", config, "--output-path", folder, "--overwrite", "--fail-on-warning"]
        subprocess.run([GENERATOR, "generate", *map(str, arguments)], check=True)


if __name__ == "__main__":
    install()
    generate(Path(sys.argv[1]))
