"""A local authority for `--tls`: it lives as long as the process, and signs one certificate for the names that are served."""

from __future__ import annotations

import atexit
import ipaddress
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFETIME = timedelta(days=90)
BACKDATED = timedelta(days=1)  # for clients whose clock is a little behind
ALWAYS = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Authority:
    """`files` are the paths of the served certificate and its key; `pem` is the authority's own certificate."""

    files: tuple[str, str]
    pem: bytes

    def authority(self) -> bytes:
        """The certificate to trust, as PEM."""
        return self.pem

    @classmethod
    def for_hosts(cls, hosts: Iterable[str], now: datetime) -> Authority:
        """A new authority and a certificate for these names and addresses, and for this machine's. The key is removed at exit."""
        root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        root_name = _name("vendor-emulator local authority")
        root = (
            _certificate(root_name, root_name, root_key.public_key(), now)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(root_key.public_key()), critical=False)
            .sign(root_key, hashes.SHA256())
        )
        names = [_general(host) for host in dict.fromkeys([*ALWAYS, *filter(None, hosts)])]
        leaf = (
            _certificate(_name("vendor-emulator"), root_name, key.public_key(), now)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
            .sign(root_key, hashes.SHA256())
        )
        folder = Path(tempfile.mkdtemp(prefix="vendor-emulator-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        certificate, private = folder / "certificate.pem", folder / "key.pem"
        private.touch(mode=0o600)
        plain = serialization.NoEncryption()
        private.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
        certificate.write_bytes(leaf.public_bytes(serialization.Encoding.PEM))
        return cls((str(certificate), str(private)), root.public_bytes(serialization.Encoding.PEM))


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _usage(signs_certificates: bool) -> x509.KeyUsage:
    """What a key is for. Strict clients (Python's from 3.13 on) refuse an authority that does not say it."""
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _general(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + LIFETIME)
    )
