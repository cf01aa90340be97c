"""Charts, pictures of the ladder and the one-file page: what people look at. ``ladsim.report(study, path)`` writes the page."""
