"""Fixed points of vector fields, few or many, in few dimensions or many."""
