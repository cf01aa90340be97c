"""How fast ladsim is, beside its peers: see run.py."""
