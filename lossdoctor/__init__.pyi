from lossdoctor.api import Monitor as Monitor
from lossdoctor.api import diagnose as diagnose
from lossdoctor.api import keras_callback as keras_callback
from lossdoctor.api import lightning_callback as lightning_callback
from lossdoctor.api import load as load
from lossdoctor.api import scan as scan
from lossdoctor.api import transformers_callback as transformers_callback

__version__: str
