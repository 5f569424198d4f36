"""The gold and its form: records, checks, files. Imports nothing of eval, annotation or the front door.

>>> from goldwire.corpus import load
>>> len(load()[0].quotes)
16
"""

from goldwire.corpus.gold import load

__all__ = ["load"]
