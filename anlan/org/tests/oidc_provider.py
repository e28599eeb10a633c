"""A small real identity service on loopback: discovery, authorisation, token, user info, signing keys.

It signs in whoever `person` describes without asking, keeps codes once, checks the client's secret,
the redirect address and the PKCE verifier, and signs its tokens with a key of its own.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "anlan", "a-secret-of-the-test"


class Provider:
    """Run it as a context; `issuer` is its address."""

    def __init__(self) -> None:
        self.person: dict[str, Any] = {"sub": "s-1"}
        self.deny = False
        self.broken = False
        self._codes: dict[str, dict[str, str]] = {}
        self._tokens: set[str] = set()
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Provider:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def authorize(self, address: str) -> str:
        """What the browser does at the authorisation address: the address it is sent back to."""
        asked = {key: values[0] for key, values in parse_qs(urlsplit(address).query).items()}
        assert asked["client_id"] == CLIENT and asked["response_type"] == "code", asked
        assert "openid" in asked["scope"].split() and asked["code_challenge_method"] == "S256"
        if self.deny:
            return f"{asked['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': asked['state']})}"
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def configuration(self) -> dict[str, Any]:
        """The discovery document."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self) -> dict[str, Any]:
        """The public key."""
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key()))
        return {"keys": [{**public, "kid": "k1", "use": "sig", "alg": "RS256"}]}

    def token(self, form: dict[str, str]) -> dict[str, Any] | None:
        """Tokens for a code, or None where anything does not fit."""
        asked = self._codes.pop(form.get("code", ""), None)
        verifier = form.get("code_verifier", "").encode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).decode().rstrip("=")
        fits = (
            asked is not None
            and not self.broken
            and (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
            and form.get("redirect_uri") == asked["redirect_uri"]
            and challenge == asked["code_challenge"]
        )
        if not fits:
            return None
        now, access = int(time.time()), secrets.token_urlsafe(16)
        self._tokens.add(access)
        claims = {**self.person, "iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300}
        signed = jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": "k1"})
        return {"access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": signed}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                pages = {
                    "/.well-known/openid-configuration": provider.configuration,
                    "/keys": provider.keys,
                }
                if self.path in pages:
                    return self._answer(pages[self.path]())
                bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
                if self.path == "/userinfo" and bearer in provider._tokens:
                    return self._answer(provider.person)
                return self._answer({"error": "invalid_token"}, 401)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                form = {key: values[0] for key, values in parse_qs(body).items()}
                found = provider.token(form) if self.path == "/token" else None
                self._answer(found or {"error": "invalid_grant"}, 200 if found else 400)

            def _answer(self, content: dict[str, Any], status: int = 200) -> None:
                data = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        return Handler
