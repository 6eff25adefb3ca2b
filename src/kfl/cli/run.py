"""`kfl run`: everything in one command: migrations, static files, one server for both apps, the worker as a child."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any


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


def run(args: argparse.Namespace) -> int:
    from ._children import Child
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

    worker = Child(["worker", "--data", str(args.data)], called="kfl run: the worker")
    worker.start()
    announcement = f"Kultur for læring: {address_of(args.host, args.port)}  (Ctrl-C stops)"
    try:
        app = portal_and_intake(args.data)
        return serve(app, listening=listening, announcement=announcement, behind_proxy=False, lifespan="on")
    finally:
        worker.stop()


def prepare(host: str) -> None:
    """Database, static files and kept pages of this version; the host is one that the portal answers to."""
    from django.conf import settings

    from kfl.core import kept

    from ._serving import names_of
    from ._static import collect
    from .migrate import to_this_version

    if "KFL_HOSTS" not in os.environ:
        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, *names_of(host)]
    to_this_version(verbosity=0)
    collect()
    kept.clear()
