"""The world a scenario is played in: who there is (`population`) and who talks to whom (`graph`), built by `build.build`."""
