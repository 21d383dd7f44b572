"""Pure rules of the case: states, deadlines, warnings. Time and ids are arguments."""
