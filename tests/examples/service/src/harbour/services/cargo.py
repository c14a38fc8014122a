"""Cargo manifests as the terminals send them."""

import csv
import io
import pickle
from typing import Any

PICKLE_MAGIC = b"\x80\x04"


def read_manifest(content: bytes) -> list[Any]:
    """Read a manifest.

    The western terminal sends CSV, the old crane computer sends pickled lists.

    Args:
        content: The bytes of the upload.

    Returns:
        One entry for each container.
    """
    if content.startswith(PICKLE_MAGIC):
        return pickle.loads(content)
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"))))
