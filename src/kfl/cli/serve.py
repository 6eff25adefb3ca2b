"""`kfl serve portal` and `kfl serve intake`: the two servers apart, behind a proxy that ends TLS.

Of intake there may be several processes where answers lie in PostgreSQL. They share one listening socket, so that it
does not matter to anybody which of them answers, nor that one of them dies.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
import threading
from typing import Any

PORTS = {"portal": 8001, "intake": 8002}
BACKLOG = 2048
MOST_PROCESSES = 64


def add_parser(subparsers: Any) -> None:
    from .main import add_data_option

    parser = subparsers.add_parser("serve", help="serve the portal or intake alone, behind a proxy")
    parser.add_argument("which", choices=sorted(PORTS))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, help="default: 8001 for the portal, 8002 for intake")
    parser.add_argument(
        "--processes", type=int, default=1, metavar="N", help="of intake, with answers in PostgreSQL (default: 1)"
    )
    parser.add_argument("--listening-on", type=int, help=argparse.SUPPRESS)  # a socket of the process that started us
    parser.add_argument("--until-eof", action="store_true", help=argparse.SUPPRESS)
    add_data_option(parser, makes_data=True)
    parser.set_defaults(run=run, django=False)


def run(args: argparse.Namespace) -> int:
    from ._children import end_with_parent
    from ._serving import PortInUse, address_of, listen, serve, stop_on_sigterm

    if wrong := _refusal(args):
        print(f"kfl serve: {wrong}", file=sys.stderr)
        return 2
    if args.until_eof:
        end_with_parent()
    port = args.port or PORTS[args.which]
    app = _app(args) if args.processes == 1 else None
    try:
        inherited = args.listening_on
        listening = listen(args.host, port) if inherited is None else socket.socket(fileno=inherited)
    except PortInUse as error:
        print(f"kfl serve: {error}", file=sys.stderr)
        return 1
    stop_on_sigterm()
    announcement = f"{args.which}: {address_of(args.host, port)}"
    if args.processes > 1:
        return _keep_several(args, listening, f"{announcement} ({args.processes} processes)")
    if inherited is not None:
        announcement = f"intake: process {os.getpid()} answers"
    lifespan = "on" if args.which == "intake" else "off"
    return serve(app, listening=listening, announcement=announcement, behind_proxy=True, lifespan=lifespan)


def _refusal(args: argparse.Namespace) -> str | None:
    """Why there cannot be so many processes, if so."""
    from kfl.answers import places

    if not 1 <= args.processes <= MOST_PROCESSES:
        return f"--processes takes 1 to {MOST_PROCESSES}"
    if args.processes > 1 and args.which == "portal":
        return "--processes is for intake"
    if args.processes > 1 and not places.at(args.data / "answers").is_shared:
        return (
            "several processes cannot share a wave's SQLite file, which has one owner."
            f" Keep answers in PostgreSQL ({places.SETTING}), or leave --processes out"
        )
    return None


def _app(args: argparse.Namespace) -> Any:
    if args.which == "portal":
        from .main import set_up_django
        from .run import prepare, refuse_open_demo

        set_up_django()
        refuse_open_demo(args.data, args.host, open_demo=False)
        prepare(args.host)
        from kfl.web.asgi import portal

        return portal()
    from kfl.intake import hosts  # no Django in this process
    from kfl.intake.app import create_app

    from ._serving import names_of

    names = None if hosts.SETTING in os.environ else [*hosts.LOOPBACK, *names_of(args.host)]
    return create_app(args.data, names)


def _keep_several(args: argparse.Namespace, listening: socket.socket, announcement: str) -> int:
    """Start so many processes on one socket, and start again what dies, until told to stop."""
    from ._children import Child

    listening.listen(BACKLOG)  # from now on who comes waits, also while all of them are starting
    place = listening.fileno()
    command = ["serve", "intake", "--data", str(args.data), "--host", args.host, "--listening-on", str(place)]
    children = [Child(command, called=f"kfl serve: process {n + 1}", pass_fds=[place]) for n in range(args.processes)]
    try:
        for child in children:
            child.start()
        print(announcement, flush=True)
        threading.Event().wait()
    finally:
        for child in children:
            child.ask_to_stop()
        for child in children:
            child.stop()
    return 0
