"""osai_graph is the open knowledge graph of open source AI.

It answers, with evidence, whether an AI system is open source, by which definition, why not, and
what would have to change. See the README for the commands and the architecture.
"""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("osai-graph")
except PackageNotFoundError:  # running from a checkout that was never installed
    __version__ = "0+unknown"
