"""Functions and classes that the checks in this folder call through ``py.``."""

import gc
import signal
import time


def type_of(x):
    return type(x).__name__


def type_of_hinted(x: int):
    return type(x).__name__


def type_of_text_hinted(x: "int"):
    return type(x).__name__


def fail(text):
    raise ValueError(text)


class Hinted:
    def __init__(self, x: int):
        self.x = x


class Heir(Hinted):
    pass


class Touchy:
    @property
    def value(self):
        raise AttributeError("inside")


class Counted:
    pass


def n_counted():
    gc.collect()
    return sum(isinstance(thing, Counted) for thing in gc.get_objects())


def print_slowly():
    print("begun")
    print("half", end="")
    print("\r", end="")
    time.sleep(3)
    print("over")


def sleep_until_interrupted(record):
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        record["seen"] = 5
        raise


def sleep_whatever_comes():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    time.sleep(60)
