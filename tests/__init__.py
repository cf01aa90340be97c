"""The tests. Folders mirror those of ladsim."""
