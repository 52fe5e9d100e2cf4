"""A real SMTP server for tests: takes mail on 127.0.0.1 and writes each message to a file of its own.

    python sink.py --dir DIR [--port PORT]

Prints one line of JSON when it listens, {"smtp": "127.0.0.1:PORT", "dir": DIR}, and stops on SIGTERM or Ctrl-C.
Messages are DIR/0001.eml, DIR/0002.eml ... as they arrived, with the envelope in X-MailFrom and X-RcptTo. A file
appears under its name only when it is complete.

Addresses that make it refuse, for tests of what happens then:
    no-such-person@...   550 at RCPT (for good)
    full-today@...       452 at RCPT (for now)
"""

import argparse
import asyncio
import json
import os
import signal
from pathlib import Path

from aiosmtpd.smtp import SMTP

LOOPBACK = "127.0.0.1"


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
        final = self.folder / f"{self.count:04}.eml"
        unfinished = final.with_suffix(".part")
        head = f"X-MailFrom: {envelope.mail_from}\r\nX-RcptTo: {', '.join(envelope.rcpt_tos)}\r\n"
        unfinished.write_bytes(head.encode() + envelope.original_content)
        os.replace(unfinished, final)
        return "250 Kept"


async def main() -> None:
    parser = argparse.ArgumentParser(description="SMTP server on loopback that keeps each message as a file")
    parser.add_argument("--dir", type=Path, required=True, help="where the messages go; made if it is missing")
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    options = parser.parse_args()
    options.dir.mkdir(parents=True, exist_ok=True)

    sink = Sink(options.dir)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(sink, hostname="sink.test", enable_SMTPUTF8=True, loop=loop), LOOPBACK, options.port
    )
    port = server.sockets[0].getsockname()[1]
    print(json.dumps({"smtp": f"{LOOPBACK}:{port}", "dir": str(options.dir)}), flush=True)

    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    await stop.wait()
    server.close()


asyncio.run(main())
