"""Put badges under the title of README.md: ``python .ci/badges.py OWNER/REPOSITORY [NUMBER]``.

One opens its first steps in MATLAB Online; with the NUMBER of the submission, another leads to MATLAB's File Exchange.
Both work for a public repository only, so README.md has none until then. A second call replaces what the first wrote.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

README = Path(__file__).resolve().parents[1] / "README.md"
GUIDE = "matlab/doc/GettingStarted.m"
ONLINE = (
    "[![Open in MATLAB Online](https://www.mathworks.com/images/responsive/global/open-in-matlab-online.svg)]"
    "(https://matlab.mathworks.com/open/github/v1?repo={repository}&file={guide})"
)
EXCHANGE = (
    "[![View TouchTrain on File Exchange](https://www.mathworks.com/matlabcentral/images/matlab-file-exchange.svg)]"
    "(https://www.mathworks.com/matlabcentral/fileexchange/{number})"
)


def with_badges(text: str, repository: str, number: str = "") -> str:
    """Return the text of a README with badges under its title.

    Args:
        text: the README, whose first line is its title.
        repository: ``owner/name`` on GitHub.
        number: that of the submission to File Exchange; an empty text leaves that badge out.

    Raises:
        ValueError: the repository or the number has another form.
    """
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repository) or not re.fullmatch(r"\d*", number):
        raise ValueError(f"Expected OWNER/REPOSITORY and a number, received {repository!r} and {number!r}.")
    badges = [ONLINE.format(repository=repository, guide=GUIDE)]
    if number:
        badges.append(EXCHANGE.format(number=number))
    title, _, rest = text.partition("\n")
    lines = rest.lstrip("\n").split("\n")
    while lines and lines[0].startswith("[!["):
        lines.pop(0)
    return "\n".join([title, "", *badges, "", "\n".join(lines).lstrip("\n")])


if __name__ == "__main__":
    README.write_text(with_badges(README.read_text(encoding="utf-8"), *sys.argv[1:3]), encoding="utf-8")
