"""The documentation: prose in `pages/`, and the generator of everything that is drawn from the code."""
