"""Diagnostics: the doctor, inspection of files, and bundles of logs."""
