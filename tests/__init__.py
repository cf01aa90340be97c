"""The tests. Folders mirror those of ladsim."""

import os

os.environ.setdefault("LADSIM_STORE", "off")  # what is tested is played, and nothing is left in the user's folders
