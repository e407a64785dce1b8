"""Career paths as values: what a path is, how a file becomes one, and what a learner is credited with."""
