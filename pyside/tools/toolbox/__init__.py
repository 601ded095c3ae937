"""Makes the files by which MATLAB lists the toolbox: its contents, and the completion of its functions and options."""
