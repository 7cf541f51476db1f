"""Verifies that a request is from Patchbay (Standard Webhooks)."""

import base64
import binascii
import hashlib
import hmac
import re
import time

# Older or newer requests are refused, so that someone who recorded one can't send it again later.
TOLERANCE_SECONDS = 5 * 60


class InvalidSignatureError(Exception):
    """The request isn't from Patchbay, or isn't recent."""


def key_of(secret):
    """The key in a signing secret. Raises ValueError if the secret isn't complete."""
    if not secret.startswith("whsec_"):
        raise ValueError("the signing secret must start with whsec_")
    return base64.b64decode(secret[len("whsec_") :], validate=True)


def verify_signature(event_id, timestamp, signature, body, key, now=None):
    """
    Checks the HMAC-SHA256 of `id.timestamp.body`. Raises InvalidSignatureError.

    event_id, timestamp, signature: the headers webhook-id, webhook-timestamp and webhook-signature, or None
    body: the bytes as they came; parsed and written again, they're others
    now: seconds since 1970
    """
    if not event_id or not timestamp or not signature:
        raise InvalidSignatureError("a header is missing")
    now = time.time() if now is None else now
    if not re.fullmatch(r"[0-9]{1,12}", timestamp) or abs(now - int(timestamp)) > TOLERANCE_SECONDS:
        raise InvalidSignatureError("the timestamp is too old or too new")
    expected = hmac.new(key, f"{event_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    # While a secret is being rotated, Patchbay signs with the previous one too.
    for each in signature.split(" "):
        version, _, encoded = each.partition(",")
        if version == "v1" and hmac.compare_digest(_decoded(encoded), expected):
            return
    raise InvalidSignatureError("no signature matches")


def _decoded(encoded):
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return b""
