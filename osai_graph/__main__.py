"""Lets ``python -m osai_graph`` do what the command ``osai-graph`` does."""

from osai_graph.cli import main

if __name__ == "__main__":
    main()
