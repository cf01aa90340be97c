"""Where compiled rules run: native machine code, WebAssembly, or plain Python. See ``ladsim.hosts.block``."""
