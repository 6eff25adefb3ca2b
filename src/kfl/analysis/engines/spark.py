"""Starting Spark quietly and stopping it without a trace; what goes wrong is told in words.

With a master in this process nothing listens beyond the loopback address.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kfl.analysis.problems import AnalysisError

if TYPE_CHECKING:
    from pyspark import SparkContext

LOCAL = "local[*]"
LOOPBACK = "127.0.0.1"
#: So long may it take until the first worker of a cluster is there.
PATIENCE = 60.0
INSTALL = "pip install 'kfl[cluster]'"
INSTALL_JAVA = "install Java 17 (Debian: apt install openjdk-17-jre-headless) or point JAVA_HOME at it"

_SETTINGS = {
    "spark.app.name": "kfl analyse",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    # A task has one core: polars and the sums shall not start a thread for every core of the machine.
    "spark.executorEnv.POLARS_MAX_THREADS": "1",
    "spark.executorEnv.KFL_CORES": "1",
}
_ALONE = {
    "spark.driver.host": LOOPBACK,
    "spark.driver.bindAddress": LOOPBACK,
    # Java only hands things on: compiling it thoroughly would take five seconds of a core from the work.
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}


class NoCluster(AnalysisError):
    """The cluster engine is not installed, cannot be reached, or failed."""


def check_installed() -> None:
    """Make sure that Spark and Java are there.

    Raises
    ------
    NoCluster
        With what to install.
    """
    lacking = [name for name in ("pyspark", "pyarrow") if importlib.util.find_spec(name) is None]
    if lacking:
        raise NoCluster(f"--engine cluster needs {' and '.join(lacking)}: {INSTALL}")
    home = os.environ.get("JAVA_HOME")
    java = Path(home, "bin", "java") if home else None
    if not (java.is_file() if java else shutil.which("java")):
        where = f"there is none in JAVA_HOME ({home})" if home else "there is none"
        raise NoCluster(f"--engine cluster needs Java, and {where}: {INSTALL_JAVA}")


@contextmanager
def spark(master: str) -> Iterator[SparkContext]:
    """A connection to a cluster.

    Parameters
    ----------
    master : str
        Its address, for instance ``spark://host:7077``, or ``local[*]`` for workers on this machine.

    Yields
    ------
    SparkContext

    Raises
    ------
    NoCluster
        It cannot be reached, or has no workers.
    """
    from py4j.protocol import Py4JError
    from pyspark import SparkConf, SparkContext
    from pyspark.errors import PySparkException
    from pyspark.java_gateway import launch_gateway

    launch: Any = launch_gateway  # it has no types
    alone = master.startswith("local")
    settings = {**_SETTINGS, **(_ALONE if alone else {}), "spark.master": master}
    conf = SparkConf(loadDefaults=False).setAll(list(settings.items()))
    with ExitStack() as stack:
        log = stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace"))
        try:
            gateway = launch(conf, {"stdout": log, "stderr": log})
            stack.callback(_end, gateway)
            context = SparkContext(conf=conf, gateway=gateway)
            stack.callback(_disconnect, context)
            if not alone:
                _wait_for_workers(context, master)
        except PySparkException:
            raise NoCluster(_why_not_started(log, master)) from None
        except Py4JError as error:
            raise NoCluster(f"Spark at {master} cannot be used: {reason_of(error)}") from None
        # Workers run the Python of this environment, unless the cluster's own was named.
        if alone or "PYSPARK_PYTHON" not in os.environ:
            context.pythonExec = sys.executable
        yield context


def reason_of(error: Exception) -> str:
    """What went wrong, in one line: what Python said in a worker, or what Spark says.

    Parameters
    ----------
    error : Exception
        From Spark.

    Returns
    -------
    str
    """
    java = getattr(error, "java_exception", None)
    text = str(java.getMessage() if java is not None else error) or type(error).__name__
    if "stopped SparkContext" in text:  # Spark gave up by itself, a minute after it began to call
        return "it does not answer, or does not let this machine in"
    found = re.findall(r"^[\w.]*(?:Error|Exception)\b.*$", text, re.MULTILINE)
    return str(found[-1] if found else text.splitlines()[0])


def _why_not_started(log: Any, master: str) -> str:
    log.seek(0)
    lines = [line.strip() for line in log if line.strip()] or ["it said nothing"]
    words = next((line for line in lines if re.search(r"Error|Exception", line)), lines[-1])
    if "SparkException" in words:
        return f"Spark cannot be used with master {master}: {words.rpartition('Exception: ')[2]}"
    return f"Spark did not start: {words}; {INSTALL_JAVA}"


def _wait_for_workers(context: Any, master: str) -> None:
    until = time.monotonic() + PATIENCE
    while context._jsc.sc().getExecutorMemoryStatus().size() < 2:  # the first is this process
        if time.monotonic() > until:
            raise NoCluster(f"Spark at {master} has no free worker: none came within {PATIENCE:.0f} seconds")
        time.sleep(0.2)


def _disconnect(context: Any) -> None:
    updates = context._accumulatorServer
    context.stop()
    updates.server_close()


def _end(gateway: Any) -> None:
    """Stop the virtual machine, and let a later analysis in this process start another."""
    from pyspark import SparkContext

    gateway.shutdown()
    if gateway.proc is not None:
        gateway.proc.stdin.close()  # it ends when nobody holds the other end
        gateway.proc.wait()
    SparkContext._gateway = SparkContext._jvm = None
