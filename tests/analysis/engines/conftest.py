"""One Spark for all tests: workers of this machine, started when the first test asks for it."""

import os
import warnings
from collections.abc import Iterator

import pytest

from kfl.analysis.engines import Engine, engine_named
from kfl.analysis.engines.spark import NoCluster, check_installed


@pytest.fixture(scope="session")
def cluster() -> Iterator[Engine]:
    try:
        check_installed()
    except NoCluster as error:
        if os.environ.get("CI"):
            pytest.fail(f"{error} (make browser)")
        pytest.skip(f"{error} (make browser)")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # PySpark leaves its sockets to the garbage collector
        with engine_named("cluster", "local[2]") as engine:
            yield engine
