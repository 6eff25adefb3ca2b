"""`kfl run`: everything in one command: migrations, static files, one server for both apps, the worker as a child."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

STOP_S = 10
LONGEST_PAUSE_S = 30.0


class OpenDemo(SystemExit):
    """A demo would be reachable from outside, where anyone could sign in as anyone."""


def add_parser(subparsers: Any) -> None:
    from .main import add_data_option

    parser = subparsers.add_parser("run", help="serve everything at http://localhost:8000")
    parser.add_argument("--host", default="127.0.0.1", help="default: this machine only")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument(
        "--open-demo", action="store_true", help="let others reach a demo county, and sign in as anyone"
    )
    add_data_option(parser, makes_data=True)
    parser.set_defaults(run=run)


def refuse_open_demo(data: Path, host: str, *, open_demo: bool) -> None:
    """Stop where a demo folder would be served to other machines without being asked to."""
    from ._serving import is_loopback

    if (data / "demo.json").exists() and not is_loopback(host) and not open_demo:
        raise OpenDemo(f"kfl run: {data} is a demo, where anyone signs in as anyone; give --open-demo to serve {host}")


class Worker:
    """The worker as a child process: started again if it dies, stopped with us.

    Its standard input is a pipe from us, so that it ends even if we are killed.
    """

    def __init__(self, data: Path) -> None:
        self._command = [sys.executable, "-m", "kfl.cli.main", "worker", "--until-eof", "--data", str(data)]
        self._stop = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._keeper = threading.Thread(target=self._keep, daemon=True)

    def start(self) -> None:
        self._keeper.start()

    def _keep(self) -> None:
        pause = 1.0
        while not self._stop.is_set():
            with subprocess.Popen(self._command, stdin=subprocess.PIPE) as self._process:
                if self._stop.is_set():
                    self._process.terminate()
                code = self._process.wait()
            if self._stop.is_set():
                return
            print(
                f"kfl run: the worker ended ({code}); starting it again in {pause:.0f} s", file=sys.stderr, flush=True
            )
            self._stop.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)

    def stop(self) -> None:
        self._stop.set()
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._keeper.join(STOP_S)


def run(args: argparse.Namespace) -> int:
    from ._serving import PortInUse, address_of, listen, serve, stop_on_sigterm

    refuse_open_demo(args.data, args.host, open_demo=args.open_demo)
    try:
        listening = listen(args.host, args.port)
    except PortInUse as error:
        print(f"kfl run: {error}", file=sys.stderr)
        return 1
    stop_on_sigterm()
    prepare(args.host)
    from kfl.web.asgi import portal_and_intake

    worker = Worker(args.data)
    worker.start()
    announcement = f"Kultur for læring: {address_of(args.host, args.port)}  (Ctrl-C stops)"
    try:
        app = portal_and_intake(args.data)
        return serve(app, listening=listening, announcement=announcement, behind_proxy=False, lifespan="on")
    finally:
        worker.stop()


def prepare(host: str) -> None:
    """Database and static files of this version; the host is one that the portal answers to."""
    from django.conf import settings

    from ._serving import names_of
    from ._static import collect
    from .migrate import to_this_version

    if "KFL_HOSTS" not in os.environ:
        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, *names_of(host)]
    to_this_version(verbosity=0)
    collect()
