function test_mark_calls()
% How names are found, and what Python knows of where it runs.
probe = marks_python();
mark('Does py.a.b.f work where a does not import b', @() of_submodule(probe));
mark('Can matlab.engine be found inside MATLAB''s own Python', @() char(probe.can_find('matlab.engine')));
mark('What Python knows of its host', @() char(probe.facts()));
setenv('TOUCHTRAIN_MARK', 'seen');
mark('Does a running Python see what setenv sets', @() char(probe.variable('TOUCHTRAIN_MARK')));
setenv('TOUCHTRAIN_MARK', '');
mark('LD_LIBRARY_PATH that Python inherits', @() char(probe.variable('LD_LIBRARY_PATH')));
places = {'no', 'yes'};
isSame = strcmp(char(probe.current_folder()), pwd());
mark('Does Python follow cd', places{isSame + 1});
end

function text = of_submodule(probe)
if logical(probe.is_loaded('wsgiref.util'))
    skip_test('the module is loaded already');
end
text = ['yes, it gives ' char(py.wsgiref.util.guess_scheme(py.dict()))];
end
