"""Pictures: every function takes ``ax=`` and returns the artists it drew."""

from rheobase.plot.bifurcation_diagram import bifurcation_diagram, fixed_point_map
from rheobase.plot.phase_line import phase_line
from rheobase.plot.phase_plane import phase_plane
from rheobase.plot.trace_determinant import trace_determinant

__all__ = ["bifurcation_diagram", "fixed_point_map", "phase_line", "phase_plane", "trace_determinant"]
