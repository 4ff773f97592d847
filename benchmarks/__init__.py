"""How fast, and in how much memory, against what a user would run instead: `make bench`."""

from lib.system.paths import BUILD

OUTPUT = BUILD / "bench.json"
