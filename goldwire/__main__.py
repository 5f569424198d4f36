"""``python -m goldwire`` is ``goldwire``."""

from goldwire.cli import main

main()
