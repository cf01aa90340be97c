"""Input of strangers: files, options and places that mean harm, or that nobody meant at all."""
