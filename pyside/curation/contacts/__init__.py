"""Writes the touches of a session into contact arrays, and loses nothing that a person or another program wrote."""
