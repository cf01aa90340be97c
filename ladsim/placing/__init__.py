"""Every customer of real data on a rung of a ladder (see ``place``)."""
