"""TouchTrain itself as a source distribution."""

from __future__ import annotations

import importlib.metadata
import tarfile
from pathlib import Path

import pytest
import tomllib

from pyside import version
from pyside.jobs.cloud import package
from pyside.jobs.cloud.place import Place
from pyside.settings.training import TrainSettings


def members(place: Place, folder: Path) -> dict[str, bytes]:
    """Return the files of an archive, named without the folder that all of them are in."""
    archive = folder / "archive.tar.gz"
    archive.write_bytes(place.read())
    with tarfile.open(archive) as opened:
        files = {one.name.partition("/")[2]: opened.extractfile(one) for one in opened if one.isfile()}
        return {name: file.read() for name, file in files.items() if file}


def test_the_code_is_packed_and_sent_once(tmp_path: Path) -> None:
    folder = Place(tmp_path / "packages")
    sent = package.send(folder)
    stamp = (tmp_path / "packages" / sent.name).stat().st_mtime_ns
    assert package.send(folder).name == sent.name
    assert (tmp_path / "packages" / sent.name).stat().st_mtime_ns == stamp
    found = members(sent, tmp_path)
    own = Path(package.__file__).read_bytes()
    assert found["pyside/jobs/cloud/package.py"] == own
    assert "pyside/evaluation/report/page.html" in found
    assert tomllib.loads(found["pyproject.toml"].decode())["project"]["name"] == "touchtrain"
    assert not [name for name in found if "__pycache__" in name or name.startswith("tests")]


def test_other_code_has_another_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = package._hash(package._tree(tmp_path / "one"))
    (tmp_path / "one" / "pyside" / "errors.py").write_text("# changed")
    assert package._hash(tmp_path / "one") != first
    assert package._hash(package._tree(tmp_path / "two")) == first


def test_an_installed_package_is_packed_with_what_it_depends_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(version, "IS_CHECKOUT", False)
    found = members(package.send(Place(tmp_path / "packages")), tmp_path)
    project = tomllib.loads(found["pyproject.toml"].decode())["project"]
    required = importlib.metadata.requires("touchtrain") or []
    assert sorted(project["dependencies"]) == sorted(one for one in required if "extra" not in one)
    assert any(one.startswith("gcsfs") for one in project["optional-dependencies"]["cloud"])
    for extra in package.extras_of(TrainSettings(also_save=("keras", "onnx"), backend="jax")):
        assert any(one.startswith(extra) for one in project["optional-dependencies"][extra])
    assert "pyside/train_model_cloud.py" in found
