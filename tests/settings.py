"""The portal's settings as tests have them: a data folder of their own, no worker, and a cache that ends with them."""

import os
import tempfile

_given = os.environ.get("KFL_DATA")
os.environ["KFL_DATA"] = _given or tempfile.mkdtemp(prefix="kfl-test-")  # never a real one

from kfl.web.settings import *  # noqa: E402, F403
from kfl.web.settings import CACHES, STORAGES  # noqa: E402

if _given is None:
    del os.environ["KFL_DATA"]  # a command that a test starts says itself where its data lie

KFL_JOBS_AT_ONCE = True
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
CACHES = {name: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name} for name in CACHES}
