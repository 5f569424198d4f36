"""The gold and its form: records, checks, files. Imports nothing of eval, annotation or the front door."""
