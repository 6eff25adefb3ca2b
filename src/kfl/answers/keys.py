"""The two secrets: K_code (one a wave, destroyed at close) and the link key that joins waves.

Each lies in a file of its own, readable by its owner only, outside databases and ordinary backups.
"""

import hashlib
import hmac
import os
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

KEY_BYTES = 32
PID_BYTES = 16
NONCE_BYTES = 12

_WAVE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}\Z")


class KeyMissing(LookupError):
    """There is no such key file: never made, or destroyed."""


class KeyTooOpen(PermissionError):
    """Others than the owner may read the key file, so it is refused."""


class KeyAway(LookupError):
    """The link key was taken off this server; two of its parts bring it back (`kfl keys join`)."""


class OtherKey(ValueError):
    """Not the link key that the project's pseudonyms were made with; used, it would join nothing to them."""


class DoesNotOpen(ValueError):
    """The sealed bytes were not sealed under this key, or were changed."""


class BadWaveName(ValueError):
    """A wave's name becomes a file name: small letters, digits, - and _ only."""


def checked_wave_name(wave: str) -> str:
    """Return the name when it is safe as a file name.

    Raises
    ------
    BadWaveName
        Anything but 1-64 of a-z, 0-9, - and _, starting with a letter or digit.
    """
    if not _WAVE_NAME.match(wave):
        raise BadWaveName("1-64 of a-z, 0-9, - and _")
    return wave


@dataclass(frozen=True)
class CodeKey:
    """K_code of one wave: finds and opens envelopes, and seals codes for reprint."""

    wave: str
    secret: bytes = field(repr=False)

    @classmethod
    def create(cls, keys_dir: Path, wave: str) -> "CodeKey":
        """Make and store a new key; an existing one is never overwritten (`FileExistsError`)."""
        secret = secrets.token_bytes(KEY_BYTES)
        write_key(cls.path(keys_dir, wave), secret)
        return cls(wave, secret)

    @classmethod
    def load(cls, keys_dir: Path, wave: str) -> "CodeKey":
        """Read the key of a wave; `KeyMissing` or `KeyTooOpen` when that cannot be."""
        return cls(wave, read_key(cls.path(keys_dir, wave)))

    @staticmethod
    def destroy(keys_dir: Path, wave: str) -> None:
        """Overwrite and remove the key file; nothing happens when it is gone already."""
        destroy_key(CodeKey.path(keys_dir, wave))

    @staticmethod
    def path(keys_dir: Path, wave: str) -> Path:
        """Where the key of a wave lies."""
        return keys_dir / f"{checked_wave_name(wave)}.code.key"

    def lookup(self, code: str) -> bytes:
        """The name under which a code's envelope is stored (32 bytes)."""
        return hmac.digest(self.secret, b"id" + code.encode("ascii"), "sha256")

    def envelope_key(self, code: str) -> bytes:
        """The key of one envelope; needs both K_code and the code."""
        return self._expand(b"envelope" + code.encode("ascii"))

    def sheets_key(self) -> bytes:
        """The key under which an open wave's sheets and saves are sealed."""
        return self._expand(b"sheets")

    def names_key(self) -> bytes:
        """The key that makes names, numbers, words and receipts of sheets."""
        return self._expand(b"names of sheets")

    def seal_for_reprint(self, code: str) -> bytes:
        """Encrypt a code so that the portal can keep it and print its sheet again."""
        return seal(self._expand(b"reprint"), code.encode("ascii"), self.wave.encode("ascii"))

    def open_for_reprint(self, sealed: bytes) -> str:
        """Give back a code that `seal_for_reprint` sealed; else `DoesNotOpen`."""
        return unseal(self._expand(b"reprint"), sealed, self.wave.encode("ascii")).decode("ascii")

    def _expand(self, info: bytes) -> bytes:
        # The secret is uniformly random, so HKDF's extract step adds nothing (RFC 5869, 3.3).
        return HKDFExpand(SHA256(), KEY_BYTES, info).derive(self.secret)


@dataclass(frozen=True)
class LinkKey:
    """K_link: turns a person into the same pseudonym in each wave of a project."""

    secret: bytes = field(repr=False)

    @classmethod
    def create(cls, keys_dir: Path, told: str | None = None) -> "LinkKey":
        """Make and store a new key, and a fingerprint that tells it from others.

        `told` is the fingerprint that the portal's database knows: a folder of keys that came back without its files
        looks as if there never was a key.

        Raises
        ------
        FileExistsError
            There is a key already.
        KeyAway
            There was one, and it is only away: a new one would join nothing to the waves before.
        """
        if cls.path(keys_dir).exists():
            raise FileExistsError("link.key")
        if cls.known(keys_dir, told):
            raise KeyAway("link.key")
        key = cls(secrets.token_bytes(KEY_BYTES))
        key.store(keys_dir)
        return key

    @classmethod
    def load(cls, keys_dir: Path, told: str | None = None) -> "LinkKey":
        """Read the key; `KeyMissing`, `KeyAway`, `KeyTooOpen` or `OtherKey` when that cannot be."""
        known = cls.known(keys_dir, told)
        try:
            key = cls(read_key(cls.path(keys_dir)))
        except KeyMissing:
            if known and not cls.path(keys_dir).exists():
                raise KeyAway("link.key") from None
            raise
        key._check_it_is(known)
        return key

    @staticmethod
    def known(keys_dir: Path, told: str | None = None) -> set[str]:
        """Fingerprints this installation works with, whether the key is here or away: beside the key, and as `told`.

        More than one where a key and a database of different installations came together; then no key fits.
        """
        path = _mark(keys_dir)
        beside = path.read_text("ascii").strip() if path.exists() else None
        return {fingerprint for fingerprint in (beside, told) if fingerprint}

    @property
    def fingerprint(self) -> str:
        """Tells keys apart and gives nothing away."""
        return hashlib.sha256(b"kfl link key" + self.secret).hexdigest()[:16]

    def store(self, keys_dir: Path, told: str | None = None) -> None:
        """Put the key on this server; `OtherKey` when it worked with another one before."""
        self._check_it_is(self.known(keys_dir, told))
        write_key(self.path(keys_dir), self.secret)
        self._note(keys_dir)

    def put_away(self, keys_dir: Path) -> None:
        """Overwrite and remove the file; the fingerprint stays, so that no other key takes its place."""
        self._note(keys_dir)
        destroy_key(self.path(keys_dir))

    def _check_it_is(self, known: set[str]) -> None:
        if known - {self.fingerprint}:
            others = ", ".join(sorted(known - {self.fingerprint}))
            raise OtherKey(f"this installation works with the link key {others}, and this is {self.fingerprint}")

    def _note(self, keys_dir: Path) -> None:
        if not _mark(keys_dir).exists():
            _write_file(_mark(keys_dir), self.fingerprint)

    @staticmethod
    def path(keys_dir: Path) -> Path:
        """Where a small install keeps the link key."""
        return keys_dir / "link.key"

    def pid(self, project: str, informant: str, person_uuid: UUID) -> bytes:
        """The pseudonym of one person in the forms of one informant: HMAC-SHA256, 16 bytes (RULES D.9).

        Forms of different informants about one person join with the link key alone: whoever rated a child does not find
        the child's own sheet in a closed file.
        """
        text = b"\0".join((project.encode("utf-8"), informant.encode("ascii"), person_uuid.bytes))
        return hmac.digest(self.secret, text, "sha256")[:PID_BYTES]


def _mark(keys_dir: Path) -> Path:
    return keys_dir / "link.fingerprint"


def random_pid() -> bytes:
    """A pseudonym that joins nothing, for a late respondent when the link key is away."""
    return secrets.token_bytes(PID_BYTES)


def seal(key: bytes, text: bytes, context: bytes) -> bytes:
    """AES-GCM under a random nonce, which comes first; `context` must be told again to open."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, text, context)


def unseal(key: bytes, sealed: bytes, context: bytes) -> bytes:
    """Open what `seal` made; `DoesNotOpen` for anything else."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context)
    except (InvalidTag, ValueError) as problem:
        raise DoesNotOpen("wrong key, or changed bytes") from problem


def sync_folder(folder: Path) -> None:
    """Make a folder's own list of names durable (after create, rename and remove)."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def destroy_key(path: Path) -> None:
    """Overwrite and remove a key file; nothing happens when it is gone already."""
    if not path.exists():
        return
    with path.open("r+b", buffering=0) as file:
        file.write(secrets.token_bytes(max(KEY_BYTES * 2, path.stat().st_size)))
        os.fsync(file.fileno())
    path.unlink()
    sync_folder(path.parent)


def write_key(path: Path, secret: bytes) -> None:
    """Store a new key, durable and for its owner only; an existing one is never overwritten (`FileExistsError`)."""
    _write_file(path, secret.hex())


def _write_file(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(text.encode("ascii") + b"\n")
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)


def read_key(path: Path) -> bytes:
    """Read a key; `KeyMissing` or `KeyTooOpen` when that cannot be."""
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & 0o077:
                raise KeyTooOpen(f"{path.name}: run chmod 600 on it")
            text = file.read(KEY_BYTES * 2 + 2)
    except FileNotFoundError as problem:
        raise KeyMissing(path.name) from problem
    try:
        secret = bytes.fromhex(text.decode("ascii").strip())
    except ValueError as problem:
        raise KeyMissing(f"{path.name} is damaged") from problem
    if len(secret) != KEY_BYTES:
        raise KeyMissing(f"{path.name} is damaged")
    return secret
