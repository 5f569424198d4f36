"""How long 10,000 bootstrap draws take: over 10,000 units and 60 columns of counts, in CPU seconds and peak memory."""

from __future__ import annotations

import resource
import time

import numpy as np

from goldwire.eval.confidence import resampled


def main() -> None:
    """Print one line."""
    columns = np.random.default_rng(0).integers(0, 60, (10_000, 60)).astype(np.float64)
    begin = time.process_time()
    resampled(columns, 10_000, 0)
    seconds = time.process_time() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"10,000 draws of 10,000 units, 60 columns: {seconds:.2f} CPU s, {peak:,.0f} MB")


if __name__ == "__main__":
    main()
