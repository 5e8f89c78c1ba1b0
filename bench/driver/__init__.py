"""How scripts/bench measures: bench/README.md tells the method, __main__.py is the way in."""
