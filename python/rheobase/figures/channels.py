"""Figures of appendix B: ion channels and the action potential."""
