"""A real SMTP server for tests: takes mail on 127.0.0.1 and writes each message to a file of its own.

    python sink.py --dir DIR [--port PORT]

Prints one line of JSON when it listens, {"smtp": "127.0.0.1:PORT", "dir": DIR}, and stops on SIGTERM or Ctrl-C.
Messages are DIR/0001.eml, DIR/0002.eml ... as they arrived, with the envelope in X-MailFrom and X-RcptTo. A file
appears under its name only when it is complete.

The printed address takes mail without encryption or sign-in. Two more ports, which DIR/sink.json names, want both:
"starttls" (encryption after the greeting) and "tls" (from the first byte). Their certificate is for "localhost", by
an authority made at each start, DIR/authority.pem. User name "social", password "correct-horse".

Addresses that make it refuse, for tests of what happens then:
    no-such-person@...   550 at RCPT (for good)
    full-today@...       452 at RCPT (for now)
"""

import argparse
import asyncio
import json
import os
import signal
import ssl
from pathlib import Path

import trustme
from aiosmtpd.smtp import SMTP, AuthResult

LOOPBACK = "127.0.0.1"
USER = (b"social", b"correct-horse")


class Sink:
    """Writes every message it is given; refuses the two special addresses."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        taken = [int(path.stem) for path in folder.glob("*.eml") if path.stem.isdigit()]
        self.count = max(taken, default=0)

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        person = address.split("@", 1)[0].strip("<")
        if person == "no-such-person":
            return "550 5.1.1 There is no such mailbox here"
        if person == "full-today":
            return "452 4.2.2 The mailbox is full, try later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        head = f"X-MailFrom: {envelope.mail_from}\r\nX-RcptTo: {', '.join(envelope.rcpt_tos)}\r\n"
        write_whole(self.folder / f"{self.count:04}.eml", head.encode() + envelope.original_content)
        return "250 Kept"


def write_whole(path: Path, content: bytes) -> None:
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(content)
    os.replace(unfinished, path)


def sign_in(server, session, envelope, mechanism, data) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == USER, handled=False)


def encryption(folder: Path) -> ssl.SSLContext:
    authority = trustme.CA()
    write_whole(folder / "authority.pem", authority.cert_pem.bytes())
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    return context


async def listen(make, port: int = 0, context: ssl.SSLContext | None = None):
    server = await asyncio.get_running_loop().create_server(make, LOOPBACK, port, ssl=context)
    return server, server.sockets[0].getsockname()[1]


async def main() -> None:
    parser = argparse.ArgumentParser(description="SMTP server on loopback that keeps each message as a file")
    parser.add_argument("--dir", type=Path, required=True, help="where the messages go; made if it is missing")
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    options = parser.parse_args()
    options.dir.mkdir(parents=True, exist_ok=True)

    sink = Sink(options.dir)
    context = encryption(options.dir)
    common = {"hostname": "sink.test", "enable_SMTPUTF8": True, "loop": asyncio.get_running_loop()}
    wants_user = {"authenticator": sign_in, "auth_required": True}
    plain, port = await listen(lambda: SMTP(sink, **common), options.port)
    starttls, starttls_port = await listen(
        lambda: SMTP(sink, tls_context=context, require_starttls=True, **wants_user, **common)
    )
    # Encrypted already, which the protocol class does not see.
    tls, tls_port = await listen(lambda: SMTP(sink, auth_require_tls=False, **wants_user, **common), context=context)
    ports = {"starttls": starttls_port, "tls": tls_port}
    write_whole(options.dir / "sink.json", json.dumps(ports).encode())
    print(json.dumps({"smtp": f"{LOOPBACK}:{port}", "dir": str(options.dir)}), flush=True)

    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await stop.wait()
    for server in (plain, starttls, tls):
        server.close()


asyncio.run(main())
