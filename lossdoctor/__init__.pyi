from lossdoctor.api import diagnose as diagnose
from lossdoctor.api import load as load
from lossdoctor.api import scan as scan

__version__: str
