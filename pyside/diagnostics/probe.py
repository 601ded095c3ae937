"""The script that the doctor runs in the Python of jobs, to find out which packages can be loaded there.

The text of this file is passed to that interpreter, whatever its version: it is plain Python 3 and imports nothing of
ours. It prints one record per line, each at once, so the findings are known even if a package ends the process.
"""

import importlib
import importlib.metadata
import json
import os
import platform
import sys

MARK = "@touchtrain "
CLOUD = ("gcsfs", "google-cloud-aiplatform", "google-cloud-logging")  # of the extra `cloud`

RUNTIMES = ("openvino", "onnxruntime", "onnx", "tf2onnx", "nncf")  # of the extras `openvino` and `onnx`


def report(**record):
    """Print a record on a line of its own."""
    print("\n" + MARK + json.dumps(record), flush=True)


def load(module, distribution):
    """Import a package and report its version, or why it cannot be imported."""
    report(begun=distribution)
    try:
        loaded = importlib.import_module(module)
        try:
            version = importlib.metadata.version(distribution)
        except Exception:
            version = getattr(loaded, "__version__", "of unknown version")
        report(package=distribution, version=str(version), error=None)
    except BaseException as error:
        report(package=distribution, version=None, error=type(error).__name__ + ": " + str(error))
        return None
    return loaded


def main(needed):
    """Report the version of this Python, and which packages it can load.

    Args:
        needed: pairs of a module and its distribution.
    """
    report(python=platform.python_version(), executable=sys.executable, bits=64 if sys.maxsize > 2**32 else 32)
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    settings = os.path.join(os.environ.get("KERAS_HOME") or os.path.expanduser("~/.keras"), "keras.json")
    if not os.path.isfile(settings):
        os.environ["KERAS_HOME"] = os.path.join(os.devnull, "keras")  # or Keras would write its settings there
    for module, distribution in needed:
        loaded = load(module, distribution)
        if loaded is None:
            continue
        try:
            if distribution == "tensorflow":
                gpus = loaded.config.list_physical_devices("GPU")
                report(gpus=len(gpus), cuda=bool(loaded.test.is_built_with_cuda()))
            elif distribution == "keras":
                report(backend=loaded.backend.backend())
            elif distribution == "av":
                report(codecs=sorted(loaded.codecs_available))
        except Exception as error:
            report(trouble=distribution + ": " + type(error).__name__ + ": " + str(error))
    load("pyside", "touchtrain")
    report(runtimes={name: installed(name) for name in RUNTIMES})
    report(cloud={name: installed(name) for name in CLOUD}, credentials=credentials())


def installed(distribution):
    """Return the version of a distribution, or None if it is not installed; nothing is imported."""
    try:
        return importlib.metadata.version(distribution)
    except Exception:
        return None


def credentials():
    """Return whether there is a credentials file for Google Cloud; it is not read."""
    folder = os.environ.get("CLOUDSDK_CONFIG")
    if not folder:
        folder = os.path.join(os.environ.get("APPDATA") or os.path.expanduser("~/.config"), "gcloud")
    named = os.environ.get("GOOGLE_APPLICATION_CREDENTIALS")
    return os.path.isfile(named or os.path.join(folder, "application_default_credentials.json"))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
