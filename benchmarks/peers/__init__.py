"""W(N) by ladsim and by its peers, one program a file."""
