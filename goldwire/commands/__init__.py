"""The verbs of the command line, one module each: read options, call what does the work, print."""
