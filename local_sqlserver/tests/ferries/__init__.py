"""A small warehouse of another kind, in the idioms people write: a ferry line's crossings and tickets."""
