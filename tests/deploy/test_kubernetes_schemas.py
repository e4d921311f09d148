"""The manifests of docker/kubernetes are valid: Kubernetes has every field, with this type."""

from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from tests.warehouse import ROOT

OLDEST, NEWEST = "1.30", "1.37"
"""The first version with `preStop.sleep`, and the newest version whose schemas the package has."""


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
@pytest.mark.parametrize("file", sorted((ROOT / "docker" / "kubernetes").glob("*.yaml")), ids=lambda file: file.name)
def test_every_field_is_one_that_kubernetes_knows(file: Path, version: str) -> None:
    objects = list(yaml.safe_load_all(file.read_text(encoding="utf-8")))
    assert objects
    for each in objects:
        kubernetes_validate.validate(each, version, strict=True)
