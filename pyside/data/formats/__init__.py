"""Formats of files and arrays that frames and labels come in."""
