% What MATLAB's documentation leaves open about Python, and the test that asks it.
%
% A mark prints 'mark: question -> answer', and any answer passes; what TouchTrain's code does rely on is asserted
% beside it. run_all('mark') runs them all, in MATLAB and in GNU Octave, where the stand-in for py. answers. The
% environment variable TOUCHTRAIN_MARKS names a file for the answers.
%
% Asked
%   test_mark_array_layout     - as what arrays and vectors arrive: type, shape, order, writable or not
%   test_mark_array_layout     - whether an array is copied on its way
%   test_mark_array_layout     - as what logical and complex arrays arrive
%   test_mark_empty_arrays     - as what an empty array, text, cell and struct arrive
%   test_mark_sent_values      - as what a datetime, a duration, and arrays of them arrive, in which release
%   test_mark_sent_values      - as what a column cell and a string arrive; whether a struct keeps its order
%   test_mark_refused_values   - the identifier where a cell, char or struct array and others are refused
%   test_mark_missing_values   - what missing strings, undefined categories, NaT and NaN become, in tables, too
%   test_mark_missing_values   - name=value, and arrays on a graphics card
%   test_mark_returned_values  - what a 0-d, empty, 1-d, C-ordered, read-only, float16 or object ndarray becomes
%   test_mark_returned_values  - whether uint8(ndarray), cast and logical work directly
%   test_mark_returned_values  - whether NumPy's scalars come back as numbers, and whether double takes them
%   test_mark_returned_values  - what datetime, timedelta and None become, in which release
%   test_mark_calls            - whether py.a.b.f works where a does not import b
%   test_mark_calls            - whether matlab.engine can be found inside MATLAB's own Python
%   test_mark_calls            - sys.executable, sys.argv and sys.path of a Python inside MATLAB
%   test_mark_calls            - whether Python follows setenv and cd, and which LD_LIBRARY_PATH it inherits
%   test_mark_output           - whether stdout, stderr and file descriptor 1 reach the Command Window, and when
%   test_mark_threads          - whether threads of Python run while MATLAB pauses or computes
%   test_mark_errors           - whether the class of an exception has a dotted prefix, and what stands around the text
%   test_mark_errors           - the identifier of a name that cannot be resolved
%   test_mark_errors           - whether there is an identifier MATLAB:Python:PyNotFound, and what it says
%   test_mark_pyenv            - which Python and which NumPy a release takes
%   test_mark_python_values    - values on their way that the code relies on
%   test_mark_speed            - what a call costs inside and outside MATLAB's process
%   test_mark_machine          - which Pythons are found, the shell, the path and the processor of MATLAB
%   test_mark_machine          - whether a job may leave the job object of MATLAB; how type hints arrive
%   test_mark_terminate        - whether a Python outside MATLAB's process comes back after terminate(pyenv)
%   test_mark_screen           - whether a batch run is told from a person at the screen
%   test_mark_figures          - what themes make of figures, and what tells whether there is a desktop
%   test_mark_functions        - since which release imresize and others are in MATLAB itself
%   test_mark_installed_toolbox - where MATLAB puts the toolbox, and what of it is on the path
%   test_mark_label_classes    - what labels of class string, categorical, table, timetable and gpuArray become
%   test_mark_themes           - how light curves are drawn where the desktop is dark
%   test_mark_pools            - what a call says in a pool of threads
%   test_mark_video_reader     - how VideoReader counts frames that a file counts but that hold no picture
%   test_mark_onnx             - what importNetworkFromONNX makes of the .onnx file of a training, and how alike it is
%   test_mark_toolbox          - whether functionSignatures.json is valid; what ver and help say of the toolbox
%   test_mark_toolbox          - whether GettingStarted.m is read as a live script
%
% Not asked
%   what MathWorks advise about TensorFlow    - no test can tell; loading it inside MATLAB may end MATLAB
%   what a live script shows of backspaces    - no live script runs in a batch run; its lines are not erased
%   whether Ctrl-C interrupts a call          - nobody presses it in a batch run
%   arrays of MATLAB's Python engine          - it is not used; whether they are copied, and which methods they have
%   variables above 2 GB outside the process  - documented, and too large for the machines that test
%   conda, Python of the Microsoft Store      - not on the machines that test; test_find_python has stand-ins
%   MATLAB Online, compiled applications      - no machine that tests is one
%   what live scripts do with backspaces      - nobody sees them in a batch run; test_watch_job prints none there
%   releases before R2022b                    - touchtrain.setup refuses them
%
% Used by the tests
%   mark                - tell a question and its answer
%   marks_python        - the Python module touchtrain_marks, imported
