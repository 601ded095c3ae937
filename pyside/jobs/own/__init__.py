"""The jobs of this user on this computer: proof of who started one, the list of all, and what a person says to them."""
