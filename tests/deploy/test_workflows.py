"""GitHub's workflows release and deploy only commits on which the tests have passed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.warehouse import ROOT

FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = sorted(FOLDER.iterdir())


def jobs(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))["jobs"]
    return loaded


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda file: file.stem)
def test_every_action_is_a_commit_with_its_version(workflow: Path) -> None:
    uses = re.findall(r"uses: (.*)", workflow.read_text(encoding="utf-8"))
    assert uses
    for action in uses:
        assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\./\.github/workflows/ci\.yaml # .+", action), (
            action
        )


def test_an_action_has_the_same_version_everywhere() -> None:
    found: dict[str, set[str]] = {}
    for workflow in WORKFLOWS:
        for action, version in re.findall(r"uses: ([^@\s]+)@(.+)", workflow.read_text(encoding="utf-8")):
            found.setdefault(action, set()).add(version)
    assert {action for action, versions in found.items() if len(versions) > 1} == set()


def test_a_tag_releases_nothing_before_every_job_of_ci_has_passed() -> None:
    release = jobs("release.yaml")
    assert release["test"]["uses"] == "./.github/workflows/ci.yaml"
    assert release["images"]["needs"] == "test"
    assert release["release"]["needs"] == "images"
    ci = yaml.safe_load((FOLDER / "ci.yaml").read_text(encoding="utf-8"))
    assert "workflow_call" in ci[True], "YAML reads the key `on` as true"


def test_main_is_deployed_after_every_other_job() -> None:
    ci = jobs("ci.yaml")
    of_pull_requests = {name for name, job in ci.items() if "pull_request" in job.get("if", "")}
    assert set(ci["deploy"]["needs"]) == set(ci) - of_pull_requests - {"deploy"}
    assert "github.ref == 'refs/heads/main'" in ci["deploy"]["if"], "a release calls this workflow, too"


def test_released_images_are_signed() -> None:
    steps = jobs("release.yaml")["images"]["steps"]
    build, sign = steps[-2:]
    assert sign["uses"].startswith("actions/attest@")
    assert sign["with"]["subject-digest"] == f"${{{{ steps.{build['id']}.outputs.digest }}}}"
    assert "cache-from" not in build["with"], "others can write the cache"


def test_both_images_are_scanned_before_they_are_released() -> None:
    job = jobs("ci.yaml")["images"]
    assert job["strategy"]["matrix"]["image"] == jobs("release.yaml")["images"]["strategy"]["matrix"]["image"]
    build, scan = job["steps"][-2:]
    assert scan["with"]["image"] == build["with"]["tags"]
    assert (scan["with"]["fail-build"], scan["with"]["severity-cutoff"]) == (True, "high")


def test_the_update_bot_knows_every_place_of_a_version() -> None:
    bot = json.loads((ROOT / ".github" / "renovate.json").read_text(encoding="utf-8"))
    assert set(bot["enabledManagers"]) >= {"github-actions", "dockerfile", "docker-compose", "nuget", "pip-compile"}
    (pattern,) = bot["pip-compile"]["managerFilePatterns"]
    for lock in ROOT.glob("requirements*.txt"):
        assert re.search(pattern.strip("/"), lock.name), f"{lock.name} is not kept up to date"
