"""Certificates for servers of the tests."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost that signs itself, and one long out of date."""
    import subprocess

    folder = tmp_path_factory.mktemp("tls")
    for name, days in (
        ("good", ["-days", "2"]),
        ("old", ["-not_before", "20200101000000Z", "-not_after", "20210101000000Z"]),
    ):
        made = subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
             "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", f"{folder}/{name}.key", "-out",
             f"{folder}/{name}.pem", *days], capture_output=True,
        )  # fmt: skip
        if made.returncode and name == "good":
            pytest.skip("openssl makes no certificate here")
    return folder
