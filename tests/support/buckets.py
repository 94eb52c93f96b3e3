"""A bucket of objects in the memory of the test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import boto3
from moto import mock_aws

from procurement.adapters.evidence_s3 import Bucket, store_in

# Nothing goes there: every request to this address is answered by the test itself.
BUCKET = Bucket("https://s3.us-east-1.amazonaws.com", "evidence", "sample/", "us-east-1", "key", "secret")


@contextmanager
def a_bucket() -> Iterator[Bucket]:
    """An empty bucket while the block lasts."""
    with mock_aws():
        boto3.client(
            "s3",
            endpoint_url=BUCKET.url,
            region_name=BUCKET.region,
            aws_access_key_id=BUCKET.key,
            aws_secret_access_key=BUCKET.secret,
        ).create_bucket(Bucket=BUCKET.name)
        store_in.cache_clear()
        yield BUCKET
        store_in.cache_clear()
