"""The zip that can be sent: what helps is in it, and nothing private."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest

from pyside.diagnostics import bundle
from pyside.diagnostics.privacy import Scrubber
from pyside.errors import BadJob
from pyside.system.records import write_json

# what must not leave the machine, wherever it stands
TOKEN = "hf_abcdefGHIJKLmnop1234"
PASSWORD = "hunter2 and more"
PRIVATE = [
    TOKEN,
    "hunter2",
    "jane.doe@example.org",
    "jdoe",
    "lab-pc-17",
    "AKIAIOSFODNN7EXAMPLE",
    "s3cr3tvalue",
    "/home/other",
]


@pytest.fixture
def job_folder(no_python: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder of a job that failed, with private things all over it."""
    monkeypatch.setenv("HOME", "/home/jdoe")
    monkeypatch.setenv("USER", "jdoe")
    monkeypatch.setattr("socket.gethostname", lambda: "lab-pc-17.example.org")
    folder = tmp_path / "jobs" / "whisker"
    folder.mkdir(parents=True)
    private = f"/home/jdoe/data of jdoe on LAB-PC-17, mail jane.doe@example.org, token={TOKEN}"
    settings = {"command": "train", "model_path": "/home/jdoe/m.h5", "dataset": r"C:\Users\jdoe\set", "note": private}
    settings |= {"api_key": "s3cr3tvalue", "nested": [{"Password": PASSWORD}], "source": "https://u:hunter2@h.org/x"}
    write_json(folder / "settings.json", {**settings, "settings": {"epochs": 3, "blur_sigma": 0.5}})
    write_json(folder / "state.json", {"state": "failed"})
    write_json(folder / "process.json", {"pid": 1, "started": "x"})
    write_json(folder / "error.json", {"kind": "JobFailed", "identifier": "TouchTrain:JobFailed", "text": private})
    write_json(folder / "result.json", {"history": {"loss": [1.0]}, "frames": list(range(5000)), "user": "jdoe"})
    (folder / "told.jsonl").write_text(json.dumps({"text": private, "milestone": False}) + "\n" + private)
    (folder / "traceback.txt").write_text('File "/home/other/x.py", line 3\nAKIAIOSFODNN7EXAMPLE')
    lines = [f"early {TOKEN}", *("x" * 99 for _ in range(12_000)), private, f'"password": "{PASSWORD}"']
    lines += [f"Authorization: Bearer {TOKEN}", f"--password hunter2 {TOKEN}", "loss: 0.25, epoch 7", "the end"]
    (folder / "log.txt").write_text("\n".join(lines))
    for name in ("inputs.json", "checkpoint.npz", "spare", "frames.npy"):
        (folder / name).write_text("DATA")
    return folder


def test_a_bundle_holds_what_helps_and_nothing_private(job_folder: Path) -> None:
    before = sorted(file.name for file in job_folder.iterdir())
    made = Path(
        bundle.write(job_folder, further=[{"topic": "MATLAB", "state": "ok", "text": "R2024b of jdoe", "remedy": ""}])
    )
    assert made == job_folder.parent / "whisker-logs.zip"
    with zipfile.ZipFile(made) as opened:
        texts = {name: opened.read(name).decode() for name in opened.namelist()}
    assert set(texts) == {
        *("doctor.json", "doctor.txt", "settings.json", "state.json", "process.json", "told.jsonl"),
        *("log.txt", "error.json", "traceback.txt", "result.json"),
    }
    for name, text in texts.items():
        assert "DATA" not in text
        for private in PRIVATE:
            assert private.lower() not in text.lower(), f"{private} in {name}: {text[:2000]}"
    settings = json.loads(texts["settings.json"])
    assert settings["settings"] == {"epochs": 3, "blur_sigma": 0.5}
    assert settings["model_path"] == "~/m.h5"
    assert settings["dataset"] == r"~\set"
    assert "5000" in json.loads(texts["result.json"])["frames"]
    assert "loss: 0.25, epoch 7\nthe end" in texts["log.txt"]
    assert len(texts["log.txt"]) <= 1 << 20
    report = json.loads(texts["doctor.json"])
    assert report["job"] == {"state": "failed", "command": "train"}
    assert report["findings"][0]["text"] == "R2024b of [user]"
    assert sorted(file.name for file in job_folder.iterdir()) == before


def test_a_bundle_overwrites_nothing(job_folder: Path) -> None:
    first, second = bundle.write(job_folder), bundle.write(job_folder)
    assert (Path(first).name, Path(second).name) == ("whisker-logs.zip", "whisker-logs-2.zip")
    assert bundle.write(job_folder, job_folder.parent / "mine.zip").endswith("mine.zip")
    assert not list(job_folder.parent.glob("*.part"))
    assert second in bundle.notice(second)


@pytest.mark.skipif(os.name != "posix", reason="Windows lets not everybody make links")
def test_what_a_link_names_is_never_in_a_bundle(job_folder: Path) -> None:
    (job_folder.parent / "id_rsa").write_text("the key of the house")
    for name in ("log.txt", "traceback.txt", "result.json"):
        (job_folder / name).unlink()
        (job_folder / name).symlink_to(job_folder.parent / "id_rsa")
    (job_folder / "epochs.jsonl").mkdir()
    with zipfile.ZipFile(bundle.write(job_folder)) as opened:
        texts = {name: opened.read(name).decode() for name in opened.namelist()}
    assert "the key" not in "".join(texts.values())
    assert "link" in texts["log.txt"]
    assert json.loads(texts["doctor.json"])["job"]["state"] == "unreadable"


def test_a_record_that_is_too_large_is_left_out_of_a_bundle(job_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "_JSON_BYTES", 1000)
    (job_folder / "error.json").write_text(json.dumps({"kind": "A", "identifier": "B", "text": "z" * 2000}))
    lines = [json.dumps({"epoch": number, "loss": 0.5}) for number in range(1, 99)]
    (job_folder / "epochs.jsonl").write_text("\n".join(lines) + "\n")
    with zipfile.ZipFile(bundle.write(job_folder)) as opened:
        assert opened.read("error.json").startswith(b"[left out: ")
        assert opened.read("epochs.jsonl").endswith(b'{"epoch": 98, "loss": 0.5}\n')


def test_only_a_job_can_be_bundled(tmp_path: Path) -> None:
    with pytest.raises(BadJob):
        bundle.write(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("secret = abc def", "secret = [removed] def"),
        ("{'auth_token': 'a b'}", "{'auth_token': [removed]}"),
        ("GET https://h/x?X-Goog-Signature=abc123&v=1", "GET https://h/x?X-Goog-Signature=[removed]&v=1"),
        (r'"password": "a\"b c", "n": 1', '"password": [removed], "n": 1'),
        (r'"{\"password\": \"a b\"}"', r'"{\"password\": [removed]}"'),
        ("token:\nnext line", "token:\nnext line"),
        ("gs://user:pw@bucket/x", "gs://[removed]@bucket/x"),
        ("-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----", "[removed]"),
        ("id eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc_DEF", "id [removed]"),
        ("/Users/ann/x and C:/Users/Ann Lee/y and /mnt/c/Users/ann/z", "~/x and ~/y and ~/z"),
        ("KeyError: 'loss'", "KeyError: 'loss'"),
        ("signal 4, sigma=0.5, design: 3", "signal 4, sigma=0.5, design: 3"),
        ("keras 3.15.1, batch 12/30", "keras 3.15.1, batch 12/30"),
        ("hash " + "0a1b" * 16, "hash " + "0a1b" * 16),
        ("/opt/anna/x by anna", "/opt/[user]/x by [user]"),
        ("annabel", "annabel"),
        (r'{"path": "D:\\Users\\Ann Lee\\set"}', r'{"path": "~\\set"}'),
        ("/data/home/ann/set", "/data~/set"),
    ],
)
def test_secrets_are_taken_out_and_the_rest_stays(text: str, expected: str) -> None:
    assert Scrubber(["/home/anna"], ["anna"], ["pc"]).text(text) == expected
