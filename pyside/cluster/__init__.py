"""Work that falls apart by recording: in this process, in several of this machine, or on a dask cluster."""
