"""Receives Patchbay's webhooks: verifies each request, stores the event, answers, and handles it afterwards."""

import json
import os
import signal
import sys
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from handle_event import handle_event, say
from inbox import Inbox
from signature import InvalidSignatureError, key_of, verify_signature

PATH = "/hooks/patchbay"
# Patchbay's events have a kilobyte or so.
MAX_BODY_BYTES = 64 * 1024
FIRST_RETRY_SECONDS = 1
MAX_RETRY_SECONDS = 60


class Receiver(ThreadingHTTPServer):
    # Idle connections don't delay the end. A request that is cut off comes again.
    daemon_threads = True

    def __init__(self, address, key, inbox, worker):
        super().__init__(address, Handler)
        self.key = key
        self.inbox = inbox
        self.worker = worker


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # For a client that stops sending, and for connections that are kept.
    timeout = 30

    def do_POST(self):
        status = self._receive()
        self.send_response(status)
        if status != 204:
            self.send_header("content-length", "0")
        if status not in (204, 401):
            # A body that wasn't read would be taken for the next request.
            self.send_header("connection", "close")
        self.end_headers()
        self.server.worker.notify()

    def _receive(self):
        """Stores the request's event. Returns the status: anything but 2xx makes Patchbay try again."""
        if self.path != PATH:
            return 404
        length = self.headers.get("content-length", "")
        if not length.isdigit():
            return 411
        if int(length) > MAX_BODY_BYTES:
            return 413
        body = self.rfile.read(int(length))
        event_id = self.headers.get("webhook-id")
        try:
            verify_signature(
                event_id,
                self.headers.get("webhook-timestamp"),
                self.headers.get("webhook-signature"),
                body,
                self.server.key,
            )
            is_new = self.server.inbox.add(event_id, body.decode())
        except InvalidSignatureError as error:
            say(f"Refused a request: {error}.")
            return 401
        except Exception:
            say(f"Could not store {event_id}:\n{traceback.format_exc()}")
            return 500
        say(f"Stored {event_id}." if is_new else f"Ignored {event_id}, which came before.")
        return 204

    def log_message(self, *_args):
        """Says nothing for each request: _receive does."""


class Worker(threading.Thread):
    """Handles the stored events one after the other, so that events of one user stay in order."""

    def __init__(self, inbox):
        super().__init__(name="worker")
        self._inbox = inbox
        self._wake = threading.Event()
        self._stopping = threading.Event()

    def notify(self):
        self._wake.set()

    def stop(self):
        """Finishes the event that is being handled."""
        self._stopping.set()
        self._wake.set()
        self.join()

    def run(self):
        retry_seconds = FIRST_RETRY_SECONDS
        while not self._stopping.is_set():
            self._wake.clear()
            if self._stopping.is_set():  # since the line before
                return
            event = self._inbox.next()
            if event is None:
                self._wake.wait()
                continue
            event_id, body = event
            try:
                handle_event(json.loads(body))
                self._inbox.finish(event_id)
                retry_seconds = FIRST_RETRY_SECONDS
            except Exception:
                say(f"Could not handle {event_id}. The next try is in {retry_seconds} s.\n{traceback.format_exc()}")
                self._stopping.wait(retry_seconds)
                retry_seconds = min(retry_seconds * 2, MAX_RETRY_SECONDS)


def main():
    secret = os.environ.get("WEBHOOK_SECRET")
    if not secret:
        sys.exit("Set WEBHOOK_SECRET to the secret that you got when you registered the webhook.")
    host = os.environ.get("BIND_ADDRESS", "127.0.0.1")
    port = int(os.environ.get("PORT", "4080"))
    inbox = Inbox(os.environ.get("WEBHOOK_INBOX", "webhook-inbox.sqlite"))
    worker = Worker(inbox)
    server = Receiver((host, port), key_of(secret), inbox, worker)

    def stop(_signal, _frame):
        # shutdown() waits for serve_forever(), which runs in this thread.
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    worker.start()
    say(f"Receiving webhooks at http://{host}:{port}{PATH}")
    try:
        server.serve_forever()
    finally:
        server.server_close()
        worker.stop()
        inbox.close()


if __name__ == "__main__":
    main()
