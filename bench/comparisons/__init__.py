"""The six comparisons: what is measured, between whom, and the floors of each."""
