"""Mean fields: the rates with which the populations of a network keep each other firing."""
