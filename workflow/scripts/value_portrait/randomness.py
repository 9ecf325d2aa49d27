"""Random numbers that depend on the seed and a name alone."""

import hashlib

import numpy as np


def named_generator(name: str, seed: int) -> np.random.Generator:
    """The random numbers of one model, say, or of one method: they do not depend on what else there is."""
    digest = hashlib.sha256(name.encode()).digest()
    return np.random.default_rng([seed, int.from_bytes(digest)])
