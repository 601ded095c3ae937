"""What MATLAB's ``char``, ``double``, ``struct``, ``size``, ``disp`` and so on make of a Python object."""

from __future__ import annotations

import array
import math
from collections.abc import Callable, Sequence
from typing import Any

from .octave_arrays import has_numpy
from .octave_calls import MatlabError, class_name, is_mapping, is_sequence
from .octave_wire import TYPECODES, Cell, Integer, Matrix, Struct, Text, Vector, Wire, matlab_typecode

SHOWN_CHARACTERS = 10_000

INTEGER_RANGES = {
    f"{u}int{n}": (0 if u else -(2 ** (n - 1)), 2 ** (n if u else n - 1) - 1)
    for u in ("", "u")
    for n in (8, 16, 32, 64)
}


def to_char(value: Any) -> Wire:
    """MATLAB's ``char``: the text of a str, or what ``__str__`` returns."""
    return Text(value if isinstance(value, str) else str(value))


def to_string(value: Any) -> Wire:
    """MATLAB's ``string``: for a list or tuple one text per element, otherwise as `to_char`."""
    if isinstance(value, (list, tuple)):
        return Cell([to_char(element) for element in value])
    return to_char(value)


def to_cell(value: Any) -> Wire:
    """MATLAB's ``cell``: the elements of a sequence, each by the rules for returned values."""
    if not is_sequence(value) or isinstance(value, (str, bytes, bytearray)):
        raise impossible("cell", value, "Make a list of it with py.list." if hasattr(value, "__iter__") else "")
    return Cell(value)


def to_struct(value: Any) -> Wire:
    """MATLAB's ``struct`` of a mapping; here, and only here, a str becomes text by itself."""
    if not is_mapping(value):
        raise impossible("struct", value)
    fields = {}
    for key in value.keys():  # noqa: SIM118  (a mapping need not iterate over its keys)
        if not (isinstance(key, str) and key.isidentifier() and key.isascii() and not key.startswith("_")):
            raise impossible("struct", value, f"The key {key!r} is no valid MATLAB name.")
        fields[key] = Text(value[key]) if isinstance(value[key], str) else value[key]
    return Struct(fields)


def to_number(value: Any, target: str) -> Any:
    """The elements for ``double``, ``uint8`` and so on; Octave rounds and clips them to the target.

    Args:
        value: int, float, bool, bytes, a list or tuple of these, array.array, memoryview, ndarray or NumPy scalar.
        target: name of a MATLAB class.
    """
    if isinstance(value, (bool, int, float, complex)):
        return scalar(value, target)
    if isinstance(value, (bytes, bytearray)) and target == "uint8":
        return Vector(array.array("B", bytes(value)))
    if isinstance(value, (list, tuple)):
        return numbers_of(value, target)
    if isinstance(value, array.array) and value.typecode not in "uw" and target != "logical":
        return Vector(value)
    if isinstance(value, memoryview):
        return numbers_of_view(value, target)
    if type(value).__module__.split(".")[0] == "numpy" and hasattr(value, "dtype"):
        return numbers_of_ndarray(value, target)
    raise impossible(target, value)


def scalar(value: Any, target: str) -> Any:
    """A number that MATLAB's rules convert by themselves, or an int within the range of the target."""
    if target == "logical":
        return bool(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return Integer(clipped(value, target)) if target in INTEGER_RANGES else float(value)
    return value if isinstance(value, (bool, complex)) else float(value)


def clipped(value: int, target: str) -> int:
    """The nearest number that the integer class holds."""
    low, high = INTEGER_RANGES[target]
    return min(max(value, low), high)


def numbers_of(values: Sequence[Any], target: str) -> Wire:
    """A row from a list or tuple whose elements are all numbers."""
    numbers: list[Any] = []
    for place, value in enumerate(values, 1):
        number = value.item() if type(value).__module__ == "numpy" and hasattr(value, "item") else value
        if not isinstance(number, (bool, int, float, complex)):
            raise MatlabError(
                "MATLAB:Python:ElementConversion",
                f"Conversion of Python element at position {place} to type '{target}' failed. All Python "
                "elements must be convertible as scalar.",
            )
        numbers.append(number)
    if any(isinstance(number, complex) for number in numbers):
        import numpy

        return Matrix(numpy.array(numbers, "D"))
    if numbers and target in INTEGER_RANGES and all(isinstance(number, int) for number in numbers):
        integers = [clipped(number, target) for number in numbers]
        return Vector(array.array("Q" if target == "uint64" else "q", integers))
    return Vector(array.array("d", numbers))


def numbers_of_view(view: memoryview, target: str) -> Wire:
    """An array from a memoryview of any shape."""
    if view.format not in {*TYPECODES.values(), *"lLnN"} or (target == "logical" and view.format != "?"):
        raise impossible(target, view, f"Its format is '{view.format}'.")
    if not (view.c_contiguous or view.f_contiguous):
        raise ValueError("memoryview is not contiguous")
    if view.ndim == 1:
        return Vector(view)
    import numpy

    return Matrix(numpy.asarray(view))


def numbers_of_ndarray(elements: Any, target: str) -> Wire:
    """An array from an ndarray, or a scalar of NumPy's."""
    import numpy

    elements = numpy.asarray(elements)
    is_known = elements.dtype.char in "FD" or matlab_typecode(elements.dtype)
    if not is_known or (target == "logical" and elements.dtype.kind != "b"):
        raise impossible(target, elements, f"Its dtype is {elements.dtype}.")
    if not (elements.flags.c_contiguous or elements.flags.f_contiguous):
        raise ValueError("ndarray is not contiguous")
    return Matrix(elements)


def impossible(target: str, value: Any, reason: str = "") -> MatlabError:
    """MATLAB's error for a conversion that does not exist."""
    text = f"Conversion to {target} from py.{class_name(type(value))} is not possible. {reason}"
    return MatlabError("MATLAB:invalidConversion", text.strip())


def size_of(value: Any) -> Wire:
    """MATLAB's ``size``: the shape of an array, 1-by-N for what has a length, otherwise 1-by-1."""
    return Vector(array.array("d", matlab_shape(value)))


def matlab_shape(value: Any) -> tuple[int, ...]:
    """Sizes, at least two."""
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple) and all(isinstance(n, int) for n in shape):
        return (1,) * (2 - len(shape)) + shape
    try:
        return 1, len(value)
    except TypeError:
        return 1, 1


def end_of(value: Any, place: float, count: float) -> float:
    """What ``end`` means as the index number `place` of `count`."""
    shape = matlab_shape(value)
    if int(count) == 1:
        shape = (len(value) if getattr(value, "ndim", 1) else 1,)
    elif int(count) == len(getattr(value, "shape", ())):
        shape = value.shape
    return float(math.prod(shape[int(place) - 1 :]) if place == count else shape[int(place) - 1])


def shown(value: Any) -> Wire:
    """What ``disp`` shows of an object."""
    text = value if isinstance(value, str) else repr(value)
    if len(text) > SHOWN_CHARACTERS:
        text = f"{text[:SHOWN_CHARACTERS]} ... ({len(text)} characters)"
    return Text(text)


def is_equal(*values: Any) -> bool:
    """MATLAB's ``isequal``: Python's ``==``, for arrays of all elements."""
    return all(is_same(values[0], other) for other in values[1:])


def is_same(one: Any, other: Any) -> bool:
    """Whether two values are equal as a whole."""
    is_array = [hasattr(value, "dtype") or isinstance(value, (array.array, memoryview)) for value in (one, other)]
    if any(is_array) and has_numpy():
        import numpy

        return numpy.array_equal(numpy.atleast_1d(one), numpy.atleast_1d(other))
    return bool(one == other)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "char": to_char,
    "string": to_string,
    "cell": to_cell,
    "struct": to_struct,
    "number": to_number,
    "size": size_of,
    "end": end_of,
    "show": shown,
    "isequal": is_equal,
}
