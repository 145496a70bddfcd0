"""A passkey made of software: it signs as a real one does, and lies wherever a test wants it to."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any

from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode

from accounts.models import User

HOUSE = "testserver"
ORIGIN = f"https://{HOUSE}"
IS_THERE, IS_VERIFIED, HAS_CREDENTIAL = 0x01, 0x04, 0x40


class SoftKey:
    """A key of `user`, who has registered it for signing in without a password if it is kept."""

    def __init__(self, user: User, *, is_kept: bool = True) -> None:
        self.user, self.id = user, secrets.token_bytes(16)
        self.private = ec.generate_private_key(ec.SECP256R1())
        if is_kept:
            data = {"name": "Key", "credential": self.registration("AAAA")}
            self.row = Authenticator.objects.create(
                user=user, type=Authenticator.Type.WEBAUTHN, data=data
            )

    def registration(self, challenge: str) -> dict[str, Any]:
        """Return what the key answers when it is to be registered."""
        public = cbor.encode(dict(ES256.from_cryptography_key(self.private.public_key())))
        length = len(self.id).to_bytes(2, "big")
        made = _data(HOUSE, IS_THERE | IS_VERIFIED | HAS_CREDENTIAL)
        attested = made + bytes(16) + length + self.id + public
        statement = cbor.encode({"fmt": "none", "attStmt": {}, "authData": attested})
        return self._answer(
            clientDataJSON=_client_data("webauthn.create", challenge, ORIGIN),
            attestationObject=statement,
        ) | {"clientExtensionResults": {"credProps": {"rk": True}}}

    def sign(
        self,
        challenge: str,
        *,
        kind: str = "webauthn.get",
        origin: str = ORIGIN,
        house: str = HOUSE,
        flags: int = IS_THERE | IS_VERIFIED,
        key: ec.EllipticCurvePrivateKey | None = None,
    ) -> dict[str, str]:
        """Return the form field with what the key answers to a challenge."""
        data, client = _data(house, flags), _client_data(kind, challenge, origin)
        signed = data + hashlib.sha256(client).digest()
        answer = self._answer(
            clientDataJSON=client,
            authenticatorData=data,
            signature=(key or self.private).sign(signed, ec.ECDSA(hashes.SHA256())),
            userHandle=user_pk_to_url_str(self.user).encode(),
        )
        return {"credential": json.dumps(answer)}

    def _answer(self, **parts: bytes) -> dict[str, Any]:
        name = websafe_encode(self.id)
        response = {part: websafe_encode(value) for part, value in parts.items()}
        return {"id": name, "rawId": name, "type": "public-key", "response": response}


def _data(house: str, flags: int) -> bytes:
    return hashlib.sha256(house.encode()).digest() + bytes([flags]) + bytes(4)


def _client_data(kind: str, challenge: str, origin: str) -> bytes:
    return json.dumps({"type": kind, "challenge": challenge, "origin": origin}).encode()
