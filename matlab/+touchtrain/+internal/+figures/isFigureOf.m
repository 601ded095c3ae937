function tf = isFigureOf(fig, folder)
% ISFIGUREOF  True if a figure is open and shows the job in a folder. Octave gives the number of a closed one again.
tf = ~isempty(fig) && ishghandle(fig) && isequal(get(fig, 'UserData'), folder);
end
