"""The Arazzo documents of the package, and what can be said of any document: validation, graph, policy."""

from pathlib import Path
from typing import Final

DOCUMENTS: Final = Path(__file__).parent
"""The folder with the package's own documents."""
