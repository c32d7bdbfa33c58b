"""The Python API: `load`, `diagnose` and `scan` for scripts and notebooks, `Monitor` and callbacks for training loops.

    import lossdoctor

    for run in lossdoctor.load("runs/"):
        found = lossdoctor.diagnose(run)
        print(run.name, found.verdict, found.sentence)

    lossdoctor.scan("runs/").to_pandas()

`lossdoctor` itself hands these names out when they are first used, so that importing it stays instant. Values show
themselves in a notebook: verdict, plot, findings. pandas is imported only where a DataFrame is asked for.
"""

from lossdoctor.api.callbacks import keras_callback, transformers_callback
from lossdoctor.api.diagnosed import Diagnosed
from lossdoctor.api.functions import diagnose, load, scan
from lossdoctor.api.lightning import lightning_callback
from lossdoctor.api.loaded import Loaded
from lossdoctor.api.monitor import Monitor
from lossdoctor.api.scanned import Scanned

__all__ = [
    "Diagnosed", "Loaded", "Monitor", "Scanned", "diagnose", "keras_callback", "lightning_callback", "load", "scan",
    "transformers_callback",
]  # fmt: skip
