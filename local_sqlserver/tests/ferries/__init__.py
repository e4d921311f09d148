"""A small warehouse of another kind, in common idioms: a ferry line's crossings and tickets."""
