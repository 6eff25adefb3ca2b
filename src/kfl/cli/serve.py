"""`kfl serve portal` and `kfl serve intake`: the two servers apart, behind a proxy that ends TLS."""

from __future__ import annotations

import argparse
import sys
from typing import Any

PORTS = {"portal": 8001, "intake": 8002}


def add_parser(subparsers: Any) -> None:
    from .main import add_data_option

    parser = subparsers.add_parser("serve", help="serve the portal or intake alone, behind a proxy")
    parser.add_argument("which", choices=sorted(PORTS))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, help="default: 8001 for the portal, 8002 for intake")
    add_data_option(parser, makes_data=True)
    parser.set_defaults(run=run, django=False)


def run(args: argparse.Namespace) -> int:
    from ._serving import PortInUse, address_of, listen, serve, stop_on_sigterm

    port = args.port or PORTS[args.which]
    app: Any
    if args.which == "portal":
        from .main import set_up_django
        from .run import prepare, refuse_open_demo

        set_up_django()
        refuse_open_demo(args.data, args.host, open_demo=False)
        prepare(args.host)
        from kfl.web.asgi import portal

        app = portal()
    else:
        from kfl.intake.app import create_app  # no Django in this process

        app = create_app(args.data)
    try:
        listening = listen(args.host, port)
    except PortInUse as error:
        print(f"kfl serve: {error}", file=sys.stderr)
        return 1
    stop_on_sigterm()
    announcement = f"{args.which}: {address_of(args.host, port)}"
    lifespan = "on" if args.which == "intake" else "off"
    return serve(app, listening=listening, announcement=announcement, behind_proxy=True, lifespan=lifespan)
