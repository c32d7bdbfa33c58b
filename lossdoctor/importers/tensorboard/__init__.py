"""Reads TensorBoard event files: records with CRC and resynchronisation, scalars of TF1 and TF2, hparams, restarts.

`records` finds the records, `event` reads one of them exactly, `batch` reads thousands of equal shape at once with
numpy and hands the rest to `event`, `reader` turns files into columns, `grouping` decides which files are one run and
`importer` makes the run. Nothing here imports tensorboard or tbparse; both are oracles in the tests.
"""
