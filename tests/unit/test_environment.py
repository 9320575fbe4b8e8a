"""One pinned environment in three forms: lock, conda, Docker."""

import re
import subprocess

import pytest
import yaml


def pins(text: str) -> dict[str, str]:
    return dict(re.findall(r"^\s*-?\s*([a-z0-9._-]+)==([^\s\\]+)", text, re.M))


@pytest.fixture
def lock(root) -> dict[str, str]:
    return pins((root / "envs" / "requirements.txt").read_text())


def test_every_direct_requirement_is_locked(root, lock):
    for line in (root / "envs" / "requirements.in").read_text().splitlines():
        name = re.match(r"^([A-Za-z0-9._-]+)", line)
        if name:
            assert name[1].lower() in lock


def test_conda_and_lock_carry_the_same_versions(root, lock):
    environment = yaml.safe_load((root / "envs" / "environment.yaml").read_text())
    (pip,) = [entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict)]
    assert pins("\n".join(pip)) == lock
    assert "python=3.11" in environment["dependencies"]


def test_docker_installs_the_lock_with_its_hashes(root):
    dockerfile = (root / "envs" / "Dockerfile").read_text()
    assert "FROM python:3.11" in dockerfile
    assert "--require-hashes -r /tmp/requirements.txt" in dockerfile


def test_the_test_environment_extends_the_product_without_changing_it(root, lock):
    test = pins((root / "envs" / "test.txt").read_text())
    assert lock.items() <= test.items()


@pytest.mark.parametrize(
    "name",
    ["requirements.txt", "test.txt", "bench-peers.txt", "bench-symbolic.txt", "bench-pairs.txt"],
)
def test_every_pin_has_a_hash(root, name):
    text = (root / "envs" / name).read_text()
    entries = re.split(r"^(?=[a-z0-9._-]+==)", text, flags=re.M)[1:]
    assert entries
    assert all("--hash=sha256:" in entry for entry in entries)


def test_no_tracked_file_names_a_package_index(root):
    listed = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout: the tracked files are unknown")
    pattern = re.compile(r"(--(extra-)?index-url|--find-links|https?://\S+/simple\b)")
    for name in listed.stdout.splitlines():
        if name.startswith("envs/") and (root / name).is_file():
            text = (root / name).read_text()
            found = pattern.search("\n".join(x for x in text.splitlines() if "--no-emit" not in x))
            assert not found, f"{name}: {found[0]}"
