"""Figures of appendix A: ordinary differential equations."""
