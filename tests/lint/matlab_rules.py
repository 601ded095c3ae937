"""Rules for our .m files, so that MATLAB and GNU Octave run them alike.

``python tests/lint/matlab_rules.py matlab examples tests`` prints ``file:line: message`` for each fault, and exits with
1 if there is one. A rule is a generator that takes a `Source` and yields (line, message); `RULES` lists all rules.
Three sources say whether a function exists: the files of this repository, MISS_HIT's list of MATLAB functions, and
Octave itself. A line that only one of the two programs runs says so in a comment at its end, ``% MATLAB only`` or
``% Octave only``; the rules about functions skip such lines.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import tree_sitter_matlab
from miss_hit_core import m_language_builtins as builtins
from tree_sitter import Language, Node, Parser

Fault = tuple[int, str]  # line from 1, message

MATLAB = Language(tree_sitter_matlab.language())
REPOSITORY = Path(__file__).resolve().parents[2]

# MISS_HIT lists the functions of R2017b, with gaps. These exist in MATLAB and in Octave 7.
ALSO_IN_MATLAB = {"containers", "isfolder", "isstring", "rescale", "vecnorm", "version"}
IN_MATLAB = (
    builtins.BUILTIN_FUNCTIONS
    | builtins.EXTRA_FUNCTIONS
    | builtins.HIGH_IMPACT_BUILTIN_FUNCTIONS
    | builtins.BUILTIN_CLASSES
    | ALSO_IN_MATLAB
    | {"ans", "nargin", "nargout", "varargin", "varargout"}
)
HARMFUL = {
    "keyboard": "it waits for a user who is not there",
    "input": "it waits for a user who is not there",
    "fflush": "MATLAB has no fflush",
    "runtests": "in Octave it runs every test on the path",
}
# Not in Octave 7. Octave is asked too; these are reported without Octave, and even if a newer Octave has them.
NOT_IN_OCTAVE = set(
    """
    MException NaT VideoReader VideoWriter addCause array2table batchStartupOptionUsed categorical cell2table compose
    contains convertCharsToStrings convertContainedStringsToChars convertStringsToChars datetime dictionary duration
    exportgraphics extractAfter extractBefore extractBetween getReport h5create h5info h5read h5write height histcounts
    imresize isMATLABReleaseOlderThan isStringScalar isenv ismissing isvalid join matfile memmapfile missing mustBeFile
    mustBeTextScalar pad pyrun pyrunfile readcell readlines readmatrix readtable replace rmmissing seconds sgtitle split
    splitlines string strings strip strlength struct2table table throw throwAsCaller tiledlayout timetable verLessThan
    width writecell writelines writematrix
    """.split()
)
OCTAVE_WORDS = set(
    """
    do until unwind_protect unwind_protect_cleanup end_unwind_protect end_try_catch endclassdef endevents endfor
    endfunction endif endmethods endparfor endproperties endswitch endwhile
    """.split()
)
REDUCTIONS = set("all any cummax cummin cumsum max mean median min mode prod range std sum var".split())
OPTION_WORDS = {"all", "omitnan", "includenan", "omitmissing", "includemissing"}
PYTHON_NAMES = {"py", "pyargs", "pyenv", "pyproxy"}
NAMING_PARENTS = {"attribute", "property", "property_name", "dimensions", "class_definition", "function_definition"}


# --- input of the rules --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Project:
    """The files around the one that is checked.

    Attributes:
        root: the repository.
        python_errors: the identifiers in pyside/errors.py, without ``TouchTrain:``.
        own_functions: functions that files of the repository define for all to call, and methods of
            the public classes.
        octave_has: returns whether Octave knows a name.
        scripts: the scripts among own_functions, each with the variables that it leaves behind.
    """

    root: Path
    python_errors: frozenset[str]
    own_functions: frozenset[str]
    octave_has: Callable[[str], bool]
    scripts: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def at(cls, root: Path, octave_has: Callable[[str], bool]) -> Project:
        """Read the project in `root`."""
        errors = root / "pyside" / "errors.py"
        text = errors.read_text(encoding="utf-8") if errors.is_file() else ""
        folders = [root / name for name in ("matlab", "examples", "tests", ".ci")]
        files = [file for folder in folders for file in folder.rglob("*.m")] + [*root.glob("*.m")]
        plain = [file for file in files if not file.parent.name.startswith("+") and file.parent.name != "octave"]
        names = frozenset(re.findall(r"^class (\w+)\(", text, re.MULTILINE))
        public = [file.read_text(encoding="utf-8") for file in files if file.parent.name == "+touchtrain"]
        classes = [text for text in public if text.startswith("classdef ")]
        methods = frozenset(
            name for text in classes for name in re.findall(r"^ {8}function (?:.*= )?(\w+)\(", text, re.MULTILINE)
        )
        project = cls(root, names, methods.union(file.stem for file in plain), octave_has)
        sources = [Source(file, file.read_bytes(), project) for file in plain]
        project.scripts.update({source.path.stem: source.made_here for source in sources if source.is_script})
        return project


@dataclass(frozen=True)
class Source:
    """One .m file, read and parsed."""

    path: Path
    content: bytes
    project: Project

    @cached_property
    def tree(self) -> Node:
        """The root of the syntax tree."""
        return Parser(MATLAB).parse(self.content).root_node

    @cached_property
    def nodes(self) -> list[Node]:
        """All nodes of the tree."""
        return list(_walk(self.tree))

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the file."""
        return self.content.decode("utf-8", "replace").splitlines()

    def of_type(self, *types: str) -> list[Node]:
        """Return the nodes of these types."""
        return [node for node in self.nodes if node.type in types and node.is_named]

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders from the root of the repository down to the file."""
        try:
            return self.path.resolve().relative_to(self.project.root.resolve()).parts[:-1]
        except ValueError:
            return self.path.parts[:-1]

    @property
    def for_octave(self) -> bool:
        """Whether only Octave ever runs it."""
        return self.folders[:3] == ("matlab", "resources", "octave")

    @property
    def is_public(self) -> bool:
        """Whether users call it as touchtrain.NAME."""
        return self.folders == ("matlab", "+touchtrain") and self.path.stem != "Contents"

    @property
    def may_say_py(self) -> bool:
        """Whether it may call Python directly."""
        inside = ("matlab", "+touchtrain", "+internal")
        return self.for_octave or self.folders[:3] == inside or self.folders[:2] == ("tests", "matlab")

    @cached_property
    def code(self) -> list[Node]:
        """The top-level nodes of the file, without comments."""
        return [child for child in self.tree.named_children if child.type not in ("comment", "ERROR")]

    @property
    def is_script(self) -> bool:
        """Whether it is neither a function nor a class."""
        return bool(self.code) and self.code[0].type not in ("function_definition", "class_definition")

    @cached_property
    def made_here(self) -> set[str]:
        """Every name that is a variable, a parameter or a function somewhere in the file."""
        return {name for node in self.nodes for name in _names_made_by(node)}

    @cached_property
    def assigned(self) -> set[str]:
        """The names made here, and the variables that scripts called here leave behind."""
        called = self.project.scripts.keys() & {_text(node) for node in self.of_type("identifier", "command_name")}
        return self.made_here.union(*(self.project.scripts[name] for name in called))

    @cached_property
    def called(self) -> list[tuple[str, Node]]:
        """Every name that is not a variable or a field, and so is a function, with its node."""
        found = [(_text(node), node) for node in self.of_type("identifier", "command_name") if _stands_for_itself(node)]
        return [(name, node) for name, node in found if name not in self.assigned and name not in OCTAVE_WORDS]

    def is_for_one_only(self, node: Node) -> bool:
        """Whether a comment on the line says that only MATLAB, or only Octave, runs it."""
        return re.search(r"%\s*(MATLAB|Octave) only\b", self.lines[node.start_point.row]) is not None


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _walk(child)


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")


def _line(node: Node) -> int:
    return node.start_point.row + 1


def _names_made_by(node: Node) -> Iterator[str]:
    """Yield the names that a node defines in its file."""
    if node.type == "assignment":
        left = node.child_by_field_name("left")
        for target in left.children if left is not None and left.type == "multioutput_variable" else [left]:
            yield from _leading_name(target)
    elif node.type in ("function_output", "global_operator", "persistent_operator", "events", "superclasses"):
        yield from (_text(child) for child in _walk(node) if child.type == "identifier")
    elif node.type == "function_arguments" or (node.type == "arguments" and _type(node.parent) == "lambda"):
        yield from (_text(child) for child in node.children if child.type == "identifier")
    elif node.type == "iterator":
        yield from (_text(child) for child in node.children[:1])
    elif node.type == "catch_clause":
        yield from map(_text, _caught(node))
    elif node.type == "function_call" and _text(node).startswith("exist("):
        yield from re.findall(r"^exist\('(\w+)', *'var'\)", _text(node))
    elif node.type in ("function_definition", "class_definition", "property"):
        yield from _leading_name(node.child_by_field_name("name"))


def _caught(clause: Node) -> list[Node]:
    """Return the name after `catch`; the parser also takes a name on the next line, which is a statement."""
    row = clause.start_point.row
    return [child for child in clause.children if child.type == "identifier" and child.start_point.row == row]


def _leading_name(node: Node | None) -> Iterator[str]:
    """Yield `a` if the node is `a`, `a(1)`, `a{2}.b` and so on."""
    while node is not None and node.type in ("function_call", "field_expression"):
        node = node.child_by_field_name("name") or node.child_by_field_name("object")
    if node is not None and node.type == "identifier":
        yield _text(node)


def _type(node: Node | None) -> str:
    return node.type if node is not None else ""


def _field_of(node: Node) -> str | None:
    """Return the name of the field that a node has in its parent."""
    parent = node.parent
    if parent is None:
        return None
    place = next((at for at, child in enumerate(parent.children) if child.id == node.id), None)
    return parent.field_name_for_child(place) if place is not None else None


def _stands_for_itself(node: Node) -> bool:
    """Whether a name is a variable or a function: not a field, an attribute or part of a longer name."""
    parent = _type(node.parent)
    if node.is_missing or parent in NAMING_PARENTS:
        return False
    if parent == "handle_operator":
        return node.prev_sibling is not None and node.prev_sibling.type == "@"
    if parent == "command":
        return node.next_named_sibling is None
    return not _is_field(node)


def _is_field(node: Node) -> bool:
    """Whether a name follows a dot: `b` in `a.b`, `a.b(1)` and `a.b.(c)(1)`."""
    inner: Node | None = node
    while inner is not None and inner.parent is not None:
        role = _field_of(inner)
        if inner.parent.type == "field_expression" and role == "field":
            return True
        if (inner.parent.type, role) not in (("function_call", "name"), ("field_expression", "object")):
            return False
        inner = inner.parent
    return False


def _calls(source: Source, names: Iterable[str]) -> Iterator[tuple[str, Node, list[Node]]]:
    """Yield the calls `name(...)` of functions of these names: name, node and arguments."""
    wanted = set(names) - source.assigned
    for node in source.of_type("function_call"):
        name = node.child_by_field_name("name")
        if name is None or _text(name) not in wanted or not _stands_for_itself(name):
            continue
        inner = next((child for child in node.children if child.type == "arguments"), None)
        yield _text(name), node, [child for child in inner.named_children if child.is_named] if inner else []


def _string_value(node: Node) -> str | None:
    """Return the value of a 'quoted' text, or None for anything else."""
    text = _text(node)
    return text[1:-1].replace("''", "'") if node.type == "string" and text.startswith("'") else None


# --- rules: what MATLAB refuses -------------------------------------------------------------------------------------


def syntax(source: Source) -> Iterator[Fault]:
    """Code that cannot be parsed, such as `x(3) += 1`, `!x`, `(x != 2)`, `# comment`, `(a + b)(2)`."""
    for node in source.nodes:
        if node.is_missing:
            yield _line(node), "MATLAB cannot read this: something is missing."
        elif node.type == "ERROR" and _type(node.parent) != "ERROR":
            yield _line(node), f"MATLAB cannot read this: {_text(node).strip()[:40]!r}."


def ascii_only(source: Source) -> Iterator[Fault]:
    """Letters outside ASCII: their length differs, and old MATLAB reads them in the machine's code page."""
    for number, line in enumerate(source.content.split(b"\n"), start=1):
        if any(byte > 126 for byte in line):
            yield number, "Only ASCII characters in .m files."


def command_syntax(source: Source) -> Iterator[Fault]:
    """Command syntax: `hold on`, `import a.b`, and `x += 1`, which MATLAB reads as a command too."""
    for node in source.of_type("command"):
        words = [_text(child) for child in node.named_children]
        if words[0] in OCTAVE_WORDS:
            if not (source.for_octave and "unwind_protect" in words[0]):
                yield _line(node), f"{words[0]} is Octave's alone."
        elif len(words) > 1:
            yield _line(node), f"Command syntax ({' '.join(words)[:40]}): write {words[0]}('...') or plain MATLAB."


def chained_parentheses(source: Source) -> Iterator[Fault]:
    """`x(1)(2)` and `x(1){2}`."""
    for node in source.of_type("function_call"):
        name = node.child_by_field_name("name")
        if name is not None and _text(name).endswith(")") and not _ends_in_dynamic_field(name):
            yield _line(node), f"Nothing but a field may follow ( ): {_text(node)[:40]}"


def _ends_in_dynamic_field(node: Node) -> bool:
    return node.type == "field_expression" and node.named_children[-1].type == "indirect_access"


# --- rules: what Octave refuses, or does differently ----------------------------------------------------------------


def name_equals_value(source: Source) -> Iterator[Fault]:
    """`f(x, k=2)`: an assignment in Octave."""
    for node in source.of_type("arguments"):
        if any(child.type == "=" for child in node.children):
            yield _line(node), f"In Octave name=value is an assignment: write 'name', value in ({_text(node)[:40]})."


def double_quotes(source: Source) -> Iterator[Fault]:
    """A text in double quotes: a string in MATLAB, char with escapes in Octave."""
    for node in source.of_type("string"):
        if _text(node).startswith('"'):
            yield _line(node), f"Single quotes only: {_text(node)[:40]}"


def arguments_blocks(source: Source) -> Iterator[Fault]:
    """`arguments` blocks: Octave ignores them, defaults and all, or fails."""
    for node in source.of_type("arguments_statement"):
        yield _line(node), "No arguments blocks: Octave ignores their checks and defaults."


def property_checks(source: Source) -> Iterator[Fault]:
    """`Count (1,1) double` in a properties block: Octave cannot parse it."""
    for node in source.of_type("property"):
        extra = [child for child in node.named_children[1:] if child.type not in ("default_value", "comment")]
        if _type(node.parent) == "properties" and extra:
            yield _line(node), "No size, class or checks of a property: Octave cannot parse them."


def functions_in_scripts(source: Source) -> Iterator[Fault]:
    """Local functions of a script: Octave does not find them."""
    if source.is_script:
        for node in source.code:
            if node.type == "function_definition":
                yield _line(node), "Octave does not find local functions of a script: put the function in its own file."


def catch_on_its_own_line(source: Source) -> Iterator[Fault]:
    """`try, f(x); catch err, g(err); end`: Octave may leave err undefined."""
    for node in source.of_type("catch_clause"):
        row, named = node.start_point.row, _caught(node)
        before = source.lines[row][: node.start_point.column]
        after = [child for child in node.children if child.type == "block" and child.start_point.row == row]
        if named and (before.strip() or after):
            yield _line(node), f"'catch {_text(named[0])}' needs a line of its own."


def option_words(source: Source) -> Iterator[Fault]:
    """`mean(x, 'omitnan')`, `sum(x, 'all')` and `round(x, 2)`."""
    for name, node, given in _calls(source, REDUCTIONS):
        words = [value for value in map(_string_value, given) if value in OPTION_WORDS]
        if words and not source.is_for_one_only(node):
            yield _line(node), f"{name}(..., '{words[0]}') fails in Octave: use x(:) or isnan."
    for _, node, given in _calls(source, ["round"]):
        if len(given) > 1 and not source.is_for_one_only(node):
            yield _line(node), "round(x, n) fails in Octave."


def functions_of_both(source: Source) -> Iterator[Fault]:
    """Functions that MATLAB lacks (printf, popen2), that Octave lacks (contains, table), or that do not exist."""
    known = source.project.own_functions | PYTHON_NAMES | {"touchtrain"}
    for name, node in source.called:
        if source.is_for_one_only(node) or (name in known and name not in HARMFUL):
            continue
        if name in HARMFUL and not (source.for_octave and name == "fflush"):
            yield _line(node), f"Do not call {name}: {HARMFUL[name]}."
        elif source.for_octave:
            continue
        elif name in NOT_IN_OCTAVE or (name in IN_MATLAB and not source.project.octave_has(name)):
            yield _line(node), f"Octave has no {name}."
        elif name not in IN_MATLAB:
            yield _line(node), f"{name} is no variable of this file and no function of MATLAB or of this repository."


# --- rules: our own conventions -------------------------------------------------------------------------------------


def python_only_inside(source: Source) -> Iterator[Fault]:
    """`py.` outside +touchtrain/+internal."""
    if not source.may_say_py:
        for name, node in source.called:
            if name in PYTHON_NAMES:
                yield _line(node), f"Only +touchtrain/+internal may call Python directly: {name}"


def own_names_exist(source: Source) -> Iterator[Fault]:
    """`touchtrain.something` that no file defines."""
    top = source.project.root / "matlab" / "+touchtrain"
    for node in source.of_type("field_expression", "handle_operator"):
        parts = re.sub(r"[({].*", "", _text(node).lstrip("@"), flags=re.DOTALL).split(".")
        if parts[0] != "touchtrain" or "touchtrain" in source.assigned:
            continue
        folder, names = top, parts[1:]
        while names and (folder / f"+{names[0]}").is_dir():
            folder, names = folder / f"+{names[0]}", names[1:]
        if names and not (folder / f"{names[0]}.m").is_file():
            known = len(parts) - len(names)
            yield _line(node), f"There is no {'.'.join(parts[: known + 1])}."


def semicolons(source: Source) -> Iterator[Fault]:
    """An assignment in a function without a semicolon: it prints what it assigns."""
    for node in source.of_type("assignment"):
        if not source.is_script and _type(node.next_sibling) != ";" and _type(node.parent) == "block":
            yield _line(node), f"A semicolon is missing: {_text(node)[:40]}"


def errors_have_identifiers(source: Source) -> Iterator[Fault]:
    """`error(...)` without an identifier, or with one that is not ours."""
    for _, node, given in _calls(source, ["error"]):
        identifier = _string_value(given[0]) if given else None
        if len(given) == 1 and _text(given[0]).startswith("struct('identifier',"):
            continue
        if len(given) < 2 or (identifier is None and given[0].type == "string"):
            yield _line(node), "error needs an identifier and a text: error('TouchTrain:What', '...')."
        elif identifier is not None:
            yield from ((_line(node), text) for text in _faults_of_identifier(source, identifier))


def internal_errors_hide_their_function(source: Source) -> Iterator[Fault]:
    """`error(...)` in a room of +internal, which would show that room to the user; `fail` with a foreign identifier."""
    if "+internal" not in source.folders[:-1] or source.path.stem == "raiseError":
        return
    for _, node, _ in _calls(source, ["error"]):
        yield _line(node), "In +internal, raise errors by touchtrain.internal.values.fail."
    for number, line in enumerate(source.lines, 1):
        for identifier in re.findall(r"values\.fail\('([^']*)'", line):
            yield from ((number, text) for text in _faults_of_identifier(source, identifier))


def _faults_of_identifier(source: Source, identifier: str) -> Iterator[str]:
    if source.for_octave and identifier.startswith(("MATLAB:", "Octave:")):
        return
    match = re.fullmatch(r"TouchTrain:(\w+)", identifier)
    if match is None:
        yield f"The identifier must be TouchTrain:What, not {identifier[:40]!r}."
    elif source.folders[:1] == ("matlab",) and match[1] not in source.project.python_errors:
        yield f"{identifier} is not in pyside/errors.py."


def help_line(source: Source) -> Iterator[Fault]:
    """A public function without `% NAME  Sentence.`, or not in Contents.m in the same words."""
    if not source.is_public:
        return
    stem = source.path.stem
    comments = [node for node in source.of_type("comment") if _text(node).startswith("%")]
    line = _text(comments[0]).splitlines()[0] if comments else ""
    match = re.fullmatch(rf"%\s*{re.escape(stem.upper())}\s+(\S.*\.)\s*", line)
    if match is None or comments[0].start_point.row > _first_code_row(source) + 3:
        yield 1, f"The help must begin with '% {stem.upper()}  One sentence.'"
        return
    folder = source.project.root / "matlab"
    lists = [file for file in (folder / "Contents.m", folder / "+touchtrain" / "Contents.m") if file.is_file()]
    listed = re.findall(
        rf"^%\s+(?:touchtrain\.)?{re.escape(stem)}\s+-?\s*(\S.*?)\s*$",
        "\n".join(file.read_text(encoding="ascii", errors="replace") for file in lists),
        re.MULTILINE,
    )
    if not listed:
        yield _line(comments[0]), f"{stem} is not listed in matlab/Contents.m."
    elif match[1].rstrip(".") not in [words.rstrip(".") for words in listed]:
        yield _line(comments[0]), f"matlab/Contents.m says of {stem}: {listed[0]!r}, but its help says: {match[1]!r}."


def _first_code_row(source: Source) -> int:
    return source.code[0].start_point.row if source.code else 0


RULES: tuple[Callable[[Source], Iterator[Fault]], ...] = (
    syntax,
    ascii_only,
    command_syntax,
    chained_parentheses,
    name_equals_value,
    double_quotes,
    arguments_blocks,
    property_checks,
    functions_in_scripts,
    catch_on_its_own_line,
    option_words,
    functions_of_both,
    python_only_inside,
    own_names_exist,
    semicolons,
    errors_have_identifiers,
    internal_errors_hide_their_function,
    help_line,
)


def faults_in(source: Source) -> list[Fault]:
    """Return all faults of a file, in the order of its lines."""
    return sorted({fault for rule in RULES for fault in rule(source)})


# --- asking Octave --------------------------------------------------------------------------------------------------


@dataclass
class Octave:
    """Says which names Octave knows; Octave is asked once, about all names that the files use."""

    names: set[str]
    program: str | None = field(default_factory=lambda: shutil.which("octave-cli") or shutil.which("octave"))

    @cached_property
    def known(self) -> set[str]:
        """The names that are files, built-in functions or command-line functions."""
        if self.program is None:
            return self.names
        cells = ",".join(f"'{name}'" for name in sorted(self.names) if re.fullmatch(r"[A-Za-z]\w*", name))
        code = f"for k = {{{cells}}}, if any(exist(k{{1}}) == [2 3 5 103]), printf('%s\\n', k{{1}}); end, end"
        words = {"ans", "containers", "handle", "varargin", "varargout"}
        command = [self.program, "--no-gui", "--norc", "--no-history", "--quiet", "--eval", code]
        answer = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
        return set(answer.stdout.split()) | words

    def has(self, name: str) -> bool:
        """Whether Octave knows the name; always True without Octave."""
        return name in self.known


def matlab_files(paths: Iterable[Path]) -> list[Path]:
    """Return the .m files among these paths, and those in the folders among them."""
    return sorted({file for path in paths for file in ([path] if path.is_file() else path.rglob("*.m"))})


def main(arguments: list[str]) -> int:
    """Check the given files and folders; return the exit code."""
    octave = Octave(set())
    project = Project.at(REPOSITORY, octave.has)
    files = matlab_files(map(Path, arguments))
    sources = [Source(file, file.read_bytes(), project) for file in files]
    octave.names.update(name for source in sources for name, _ in source.called if name in IN_MATLAB)
    if octave.program is None:
        print("matlab_rules: there is no Octave on the path, so its functions were not checked.", file=sys.stderr)
    found = [(source.path, *fault) for source in sources for fault in faults_in(source)]
    for path, line, message in found:
        print(f"{path}:{line}: {message}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
