from __future__ import annotations

import importlib.util

import keras
import pytest

from tests.models.formats.network import network


@pytest.fixture(scope="session")
def core() -> keras.Sequential:
    return network()


@pytest.fixture
def without_tf_keras(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where that package is not installed."""
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "tf_keras" else find(name))
