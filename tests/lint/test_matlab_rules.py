"""Each rule is tested with a line that it must catch and a similar line that it must accept."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint import matlab_rules
from tests.lint.matlab_rules import Octave, Project, Source

HEAD = "function y = probe(x, b, varargin)\n% PROBE  Try a line.\ny = x;\n"
OCTAVE_HAS = matlab_rules.IN_MATLAB - matlab_rules.NOT_IN_OCTAVE


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one public function, one internal one and one error."""
    internal = tmp_path / "matlab" / "+touchtrain" / "+internal"
    internal.mkdir(parents=True)
    (tmp_path / "pyside").mkdir()
    (tmp_path / "pyside" / "errors.py").write_text("class BadLabels(TouchTrainError):\n    pass\n")
    (internal / "helper.m").write_text("function helper()\n% HELPER  Help.\nend\n")
    (internal.parent / "train.m").write_text("function train()\n% TRAIN  Train a model.\nend\n")
    (tmp_path / "matlab" / "Contents.m").write_text("% TouchTrain\n%\n%   touchtrain.train  - Train a model.\n")
    return tmp_path


def faults(repository: Path, name: str, code: str) -> list[str]:
    """Return the messages about a file with this code."""
    file = repository / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(code.encode("utf-8"))
    project = Project.at(repository, lambda name: name in OCTAVE_HAS)
    return [message for _, message in matlab_rules.faults_in(Source(file, file.read_bytes(), project))]


def faults_of_lines(repository: Path, lines: str, name: str = "matlab/+touchtrain/+internal/probe.m") -> list[str]:
    """Return the messages about these lines in a function of +internal."""
    return faults(repository, name, HEAD + lines + "\nend\n")


CAUGHT_AND_NOT = {
    "plus assignment": ("x += 1;", "x = x + 1;", "Command syntax"),
    "plus assignment of an element": ("x(3) += 1;", "x(3) = x(3) + 1;", "cannot read"),
    "increment": ("x++;", "x = +x;", "cannot read"),
    "unlike": ("if (x != 2) && b, y = 1; end", "if (x ~= 2) && b, y = 1; end", "cannot read"),
    "not": ("if !x, y = 1; end", "if ~x, y = 1; end", "cannot read"),
    "hash comment": ("# words", "% words", "cannot read"),
    "two assignments": ("y = b = 3;", "y = b == 3;", "cannot read"),
    "a missing bracket": ("y = [1 2;\nb = 3;", "y = [1 2];\nb = 3;", "cannot read"),
    "index of an expression": ("y = (x + b)(2);", "y = (x + b) * (2);", "cannot read"),
    "other letters": ("y = 'naïve';", "y = 'naive';", "ASCII"),
    "command with words": ("hold on", "hold('on');", "Command syntax (hold on)"),
    "import": ("import a.b", "y = 'import a.b';", "Command syntax (import"),
    "endif": ("if x, y = 1; endif", "if x, y = 1; end", "endif is Octave's"),
    "do until": ("do\n  y = 1;\nuntil x", "while x\n  y = 1;\nend", "do is Octave's"),
    "unwind_protect": ("unwind_protect\ny = 1;\nend_unwind_protect", "try\ny = 1;\nend", "unwind_protect is Octave's"),
    "two parentheses": ("y = x(1)(2);", "y = x{1}(2);", "Nothing but a field"),
    "two parentheses behind a field": ("y = x.a(1)(2);", "y = x.a(1).b(2);", "Nothing but a field"),
    "braces behind parentheses": ("y = x(1){2};", "y = x{1}{2};", "Nothing but a field"),
    "index of a call": ("y = size(x)(1);", "y = x.('name')(1);", "Nothing but a field"),
    "name equals value": ("y = size(x, b=2);", "y = size(x, b == 2);", "name=value"),
    "double quotes": ('y = "text";', "y = 'a \"quoted\" word';", "Single quotes"),
    "arguments block": (
        "end\nfunction g(z)\narguments\n z\nend\ny = z;",
        "end\nfunction g(z)\ny = z;",
        "arguments blocks",
    ),
    "catch behind code": (
        "try, y = 1; catch err\n y = err;\nend",
        "try\n y = 1;\ncatch err\n y = err;\nend",
        "line of its",
    ),
    "catch before code": (
        "try\n y = 1;\ncatch err, y = err; end",
        "try\n y = 1;\ncatch\n disp(b); end",
        "line of its own",
    ),
    "omitnan": ("y = mean(x, 'omitnan');", "y = mean(x, 1);", "omitnan"),
    "all": ("y = sum(x, 'all');", "y = sum(x(:));", "'all'"),
    "digits of round": ("y = round(x, 2);", "y = round(x);", "round(x, n)"),
    "not in Octave": ("y = contains(x, 'a');", "y = strfind(x, 'a');", "Octave has no contains"),
    "handle of what is not in Octave": ("y = @strlength;", "y = @numel;", "Octave has no strlength"),
    "string": ("y = string(x);", "y = x.string(2);", "Octave has no string"),
    "table": ("y = table(x);", "table = {x}; y = table{1};", "Octave has no table"),
    "MException": ("throw(MException('a:b', 'c'));", "y = isa(x, 'MException');", "Octave has no MException"),
    "printf": ("printf('%d', x);", "fprintf('%d', x);", "printf is no variable"),
    "puts": ("puts('a');", "disp('a');", "puts is no variable"),
    "popen2": ("[y, b] = popen2('a');", "[y, b] = system('a');", "popen2 is no variable"),
    "a misspelt variable": ("width1 = 3; y = wdith1;", "width1 = 3; y = width1;", "wdith1 is no variable"),
    "a variable of nowhere": ("y = wanted;", "if exist('wanted', 'var'), y = wanted; end", "wanted is no variable"),
    "a name in a lambda": ("y = @(v) v + w;", "y = @(v, w) v + w;", "w is no variable"),
    "a catch that names nothing": (
        "try\n y = 1;\ncatch\n words;\nend",
        "try\n y = 1;\ncatch\nend",
        "words is no variable",
    ),
    "fflush": ("fflush(1);", "drawnow;", "MATLAB has no fflush"),
    "keyboard": ("keyboard", "y = 'keyboard';", "keyboard"),
    "input": ("y = input('?');", "input = 3; y = input(1);", "input"),
    "an own function that is not there": (
        "touchtrain.internal.nope(1);",
        "touchtrain.internal.helper(1);",
        "There is no",
    ),
    "a public function that is not there": (
        "touchtrain.nope(1);",
        "touchtrain.train(1);",
        "There is no touchtrain.nope",
    ),
    "a handle of nothing": ("y = @touchtrain.nope;", "y = @touchtrain.train;", "There is no touchtrain.nope"),
    "error without identifier": ("error('Wrong.');", "error('TouchTrain:BadLabels', 'Wrong.');", "needs an identifier"),
    "error of a variable": ("error(x);", "error(x, 'Wrong.');", "needs an identifier"),
    "error of a struct": ("error(struct('message', x));", "error(struct('identifier', b, 'message', x));", "needs an"),
    "a foreign identifier": ("error('Other:Bad', 'x');", "error('TouchTrain:BadLabels', 'x');", "must be TouchTrain"),
    "no semicolon": ("y = 1", "y = 1;  % one", "semicolon is missing"),
    "a comma for a semicolon": ("if b, y = x, end", "if b, y = x; end", "semicolon is missing"),
    "an unknown identifier": ("error('TouchTrain:Nope', 'x');", "error('TouchTrain:BadLabels', 'x');", "errors.py"),
}


@pytest.mark.parametrize(("bad", "good", "message"), CAUGHT_AND_NOT.values(), ids=CAUGHT_AND_NOT.keys())
def test_rule_catches_the_line_and_not_its_twin(repository: Path, bad: str, good: str, message: str) -> None:
    assert any(message in fault for fault in faults_of_lines(repository, bad))
    assert faults_of_lines(repository, good) == []


def test_what_matlab_and_octave_share_is_let_through(repository: Path) -> None:
    lines = """
    s = struct('a', {{1, 2}});
    for k = 1:numel(x)
        s(k).b.(b){end + 1} = [x(k, :)'; -1 2];
        s.a.(b)(k:end) = NaN;
        [~, at, rest{1:2}] = max(x(:)); %#ok<ASGLU>
    end
    persistent kept
    if isempty(kept) || ~any(x == 2), kept = containers.Map('KeyType', 'char', 'ValueType', 'any'); end
    fprintf('%s it''s %d%%\\n', ...
        b, at);
    f = @(v, varargin) cellfun(@(w) w.^2, v, 'UniformOutput', false);
    %{
    a block of words
    %}
    g = onCleanup(@() fclose(fopen(tempname(), 'w')));
    switch b, case {'x', 'y'}, y = f({1}); otherwise, y = version(); end
    """
    assert faults_of_lines(repository, lines) == []


def test_functions_of_a_script_are_caught_and_those_of_a_function_file_are_not(repository: Path) -> None:
    local = "function z = g(a)\nz = a;\nend\n"
    assert "local functions of a script" in faults(repository, "examples/demo.m", "y = g(1);\n" + local)[0]
    assert faults(repository, "examples/demo.m", "function demo()\ng(1);\nend\n" + local) == []


def test_variables_that_a_script_leaves_are_known_where_it_is_called(repository: Path) -> None:
    (repository / "matlab" / "train_new_model.m").write_text("report = 1;\n")
    assert "report is no variable" in faults(repository, "examples/demo.m", "function demo()\ndisp(report);\nend\n")[0]
    assert faults(repository, "examples/demo.m", "function demo()\ntrain_new_model\ndisp(report);\nend\n") == []


def test_errors_of_internal_functions_come_from_the_function_that_the_user_called(repository: Path) -> None:
    call = "error('TouchTrain:BadLabels', 'Wrong.');"
    room = "matlab/+touchtrain/+internal/+data/probe.m"
    assert "values.fail" in faults_of_lines(repository, call, room)[0]
    assert not faults_of_lines(repository, call, "matlab/+touchtrain/+internal/probe.m")
    raising = "touchtrain.internal.values.fail('TouchTrain:%s', 'Wrong.');"
    (repository / "matlab" / "+touchtrain" / "+internal" / "+values").mkdir(exist_ok=True)
    (repository / "matlab" / "+touchtrain" / "+internal" / "+values" / "fail.m").write_text("function fail()\nend\n")
    assert not faults_of_lines(repository, raising % "BadLabels", room)
    assert "Nonsense" in faults_of_lines(repository, raising % "Nonsense", room)[0]


def test_methods_of_public_classes_may_be_called(repository: Path) -> None:
    lines = "    methods\n        function y = fetch(job)\n            y = job;\n        end\n    end\n"
    (repository / "matlab" / "+touchtrain" / "Job.m").write_text(f"classdef Job < handle\n{lines}end\n")
    assert not faults_of_lines(repository, "y = fetch(x);")
    assert "fetches is no variable" in faults_of_lines(repository, "y = fetches(x);")[0]


def test_checks_of_properties_are_caught_and_defaults_are_not(repository: Path) -> None:
    form = "classdef Job < handle\n%% JOB  A job.\nproperties (SetAccess = private)\n    %s\nend\nend\n"
    name = "matlab/+touchtrain/+internal/Job.m"
    assert "No size, class or checks" in faults(repository, name, form % "Count (1,1) double = 3")[0]
    assert faults(repository, name, form % "Count = 3 % of frames") == []


@pytest.mark.parametrize("call", ["y = py.os.getpid();", "y = pyargs('a', 1);", "y = @(v) py.len(v);"])
def test_only_internal_octave_and_matlab_tests_say_py(repository: Path, call: str) -> None:
    assert "Only +touchtrain/+internal" in faults_of_lines(repository, call, "examples/probe.m")[0]
    assert "Only +touchtrain/+internal" in faults_of_lines(repository, call, "tests/probe.m")[0]
    for folder in ("matlab/+touchtrain/+internal", "matlab/resources/octave", "tests/matlab"):
        assert faults_of_lines(repository, call, f"{folder}/probe.m") == []


def test_the_octave_folder_may_call_what_only_octave_has(repository: Path) -> None:
    lines = (
        "unwind_protect\n[y, b] = popen2('python3');\nfflush(b);\nunwind_protect_cleanup\ny = 1;\nend_unwind_protect"
    )
    assert faults_of_lines(repository, lines, "matlab/resources/octave/probe.m") == []
    assert (
        faults_of_lines(repository, "error('MATLAB:Python:PyException', 'x');", "matlab/resources/octave/probe.m") == []
    )
    assert faults_of_lines(repository, "x += 1;", "matlab/resources/octave/probe.m") != []


def test_a_line_for_one_of_the_two_says_so(repository: Path) -> None:
    assert faults_of_lines(repository, "y = string(x); % MATLAB only") == []
    assert faults_of_lines(repository, "y = available_graphics_toolkits(); % Octave only: there it may be none") == []
    assert faults_of_lines(repository, "y = string(x); % only for MATLAB") != []


def test_tests_may_raise_identifiers_of_their_own(repository: Path) -> None:
    assert faults_of_lines(repository, "error('TouchTrain:TestFailed', 'x');", "tests/matlab/probe.m") == []


def test_public_help_begins_with_the_name_and_is_listed_in_the_same_words(repository: Path) -> None:
    train = "matlab/+touchtrain/train.m"
    assert faults(repository, train, "function train()\n% TRAIN  Train a model.\nend\n") == []
    assert "not listed" in faults(repository, "matlab/+touchtrain/new.m", "function new()\n% NEW  Be new.\nend\n")[0]
    assert "says of train" in faults(repository, train, "function train()\n% TRAIN  Train another.\nend\n")[0]
    for code in (
        "function train()\n% Train a model.\nend\n",
        "function train()\nend\n",
        "function train()\n\n\n\n\ny;\n",
    ):
        assert "The help must begin with '% TRAIN" in faults(repository, train, code)[0]


def test_octave_is_asked_once_for_all_names() -> None:
    octave = Octave({"numel", "fieldnames", "surely_nothing", "NaN"})
    if octave.program is None:
        pytest.skip("no Octave on the path")
    assert [octave.has(name) for name in ("numel", "fieldnames", "surely_nothing", "NaN")] == [True, True, False, True]


def test_faults_are_printed_with_file_and_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "demo.m"
    file.write_text("y = 1;\ny = 'a';\nhold on\n")
    assert matlab_rules.main([str(tmp_path)]) == 1
    assert capsys.readouterr().out.startswith(f"{file}:3: Command syntax (hold on)")
    file.write_text("y = 1;\n")
    assert matlab_rules.main([str(tmp_path)]) == 0
