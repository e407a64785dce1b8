"""Second factors for tests: an authenticator app set up through the pages, its codes, and a phone with passkeys."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import re
import secrets
from dataclasses import dataclass, field
from typing import Any

import pyotp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from flask.testing import FlaskClient
from webauthn.helpers import bytes_to_base64url as b64
from webauthn.helpers import encode_cbor

from tests.environment import NOW

HALF_MINUTE = dt.timedelta(seconds=30)
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def code(secret: str, at: dt.datetime = NOW) -> str:
    """What the app shows at that moment."""
    return pyotp.TOTP(secret).at(at)


def set_up_app(client: FlaskClient, at: dt.datetime = NOW) -> str:
    """Through the pages, with the code of half a minute ago, so that the present one is still good; the secret."""
    client.post("/settings/security/app")
    found = re.search(r'class="secret">(\w+)<', client.get("/settings/security/app").text)
    assert found
    answer = client.post("/settings/security/app/confirm", data={"code": code(found.group(1), at - HALF_MINUTE)})
    assert answer.status_code == 303, answer.text
    return found.group(1)


def make_codes(client: FlaskClient) -> list[str]:
    """Eight recovery codes, as the page shows them."""
    return re.findall(r"<code>([A-Z2-7-]+)</code>", client.post("/settings/security/recovery-codes").text)


@dataclass
class Phone:
    """Keeps one passkey and signs with it, as a real one does, or as a bad one would."""

    origin: str = "http://localhost"
    site: str = "localhost"
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    handle: bytes = b""
    count: int = 0
    counts: bool = True
    """Passkeys that several devices share do not."""

    def create(self, options: str, *, flags: int = PRESENT | VERIFIED) -> str:
        """The answer to a wish for a new passkey."""
        wished = json.loads(options)
        self.handle = base64.urlsafe_b64decode(wished["user"]["id"] + "==")
        numbers = self.key.public_key().public_numbers()
        public = encode_cbor({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        known = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + public
        data = self._data(flags | ATTESTED) + known
        return self._answer(
            {
                "clientDataJSON": b64(self._client_data("webauthn.create", wished["challenge"])),
                "attestationObject": b64(encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})),
            }
        )

    def use(self, options: str, *, flags: int = PRESENT | VERIFIED) -> str:
        """The answer to a wish for a signature."""
        self.count += self.counts
        data, client = self._data(flags), self._client_data("webauthn.get", json.loads(options)["challenge"])
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        said = {"clientDataJSON": client, "authenticatorData": data, "signature": signature, "userHandle": self.handle}
        return self._answer({name: b64(value) for name, value in said.items()})

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.site.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, response: dict[str, Any]) -> str:
        name = b64(self.credential_id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})


def options(client: FlaskClient, purpose: str) -> str:
    """What the page would hand to the browser."""
    answer = client.post(f"/passkeys/options/{purpose}")
    assert answer.status_code == 200, answer.text
    return answer.text


def add_passkey(client: FlaskClient, phone: Phone, name: str = "my phone") -> None:
    """Through the page."""
    made = phone.create(options(client, "add"))
    answer = client.post("/settings/security/passkeys", data={"credential": made, "name": name})
    assert answer.status_code == 303, answer.text
