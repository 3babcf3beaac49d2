# SPDX-License-Identifier: Apache-2.0
"""`slipway put` and `get` through proxies, over TLS, without a signature, with profiles."""

import random

import pytest
from anonymous_s3 import AnonymousS3
from certificates import Authority
from command import Cli
from http_front import HttpFront
from http_proxy import HttpProxy
from s3_endpoint import new_bucket
from slipway_process import free_port


@pytest.fixture
def cli(s3):
    return Cli(s3.environment())


@pytest.fixture
def tree(tmp_path):
    folder = tmp_path / "photos"
    (folder / "sub").mkdir(parents=True)
    for name, size in (("a.jpg", 5), ("sub/b c.jpg", 300_000), ("empty", 0)):
        (folder / name).write_bytes(name[:1].encode() * size)
    return folder


def contents(folder) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes()
            for path in folder.rglob("*") if path.is_file()}


def there_and_back(cli, tree, bucket, *flags, **environment):
    back = tree.parent / "back"
    cli("put", *flags, tree, f"s3://{bucket}/p/", **environment)
    cli("get", *flags, f"s3://{bucket}/p/", back, **environment)
    assert contents(back) == contents(tree)
    return back


def test_http_goes_through_the_proxy(cli, s3, bucket, tree):
    with HttpProxy() as proxy:
        there_and_back(cli, tree, bucket, HTTP_PROXY=proxy.url())
        assert f"PUT {s3.url}/{bucket}/p/a.jpg" in proxy.asked
        assert f"GET {s3.url}/{bucket}/p/sub/b%20c.jpg" in proxy.asked
        assert not any(asked.startswith("CONNECT") for asked in proxy.asked)


def test_a_proxy_with_a_login(cli, bucket, tree):
    with HttpProxy(login="ada:p@ss word") as proxy:
        there_and_back(cli, tree, bucket, http_proxy=proxy.url("ada:p%40ss%20word"))
        seen = len(proxy.asked)
        assert seen > 0
        for login, words in (("", "it wants a user and a password"),
                             ("ada:secret-guess", "does not accept the user and password")):
            told = cli.fails("put", tree, f"s3://{bucket}/", http_proxy=proxy.url(login))
            assert "407" in told and words in told and "secret-guess" not in told
            assert words in cli.fails("get", f"s3://{bucket}/p/", tree, http_proxy=proxy.url(login))
        assert len(proxy.asked) - seen < 20  # nobody tries for long


def test_a_proxy_that_refuses(cli, bucket, tree):
    with HttpProxy(refusal=403) as proxy:
        for words in (("put", tree, f"s3://{bucket}/"), ("ls", f"s3://{bucket}/")):
            told = cli.fails(*words, HTTP_PROXY=proxy.url())
            assert "status 403, but not in the words of an S3: a proxy's answer" in told, words
        told = cli.fails("get", f"s3://{bucket}/p", tree, HTTP_PROXY=proxy.url())
        assert "status 403" in told  # of a HEAD, whose answer has no words
        assert len(proxy.asked) == 5  # one for each file, and nobody asks twice


def test_names_that_go_without_the_proxy(cli, bucket, tree):
    with HttpProxy() as proxy:
        there_and_back(cli, tree, bucket, HTTP_PROXY=proxy.url(), NO_PROXY="example.com,127.0.0.1")
        there_and_back(cli, tree, bucket, HTTPS_PROXY=proxy.url())  # that is for https:// only
        assert proxy.asked == []


def test_a_proxy_that_is_away(cli, bucket, tree):
    away = f"http://127.0.0.1:{free_port()}"
    told = cli.fails("put", "--give-up-after", "1s", tree, f"s3://{bucket}/", HTTP_PROXY=away)
    assert f"cannot connect to the proxy {away}" in told
    told = cli.fails("ls", HTTP_PROXY="socks5://127.0.0.1:1080", code=1)
    assert "only proxies at http://" in told


@pytest.fixture
def secure(s3, authority):
    with HttpFront(s3.url, tls=authority.server("IP:127.0.0.1", "DNS:s3.test")) as front:
        yield front


def test_tls_with_an_authority_of_our_own(cli, secure, authority, bucket, tree, tmp_path):
    there_and_back(cli, tree, bucket, "--endpoint-url", secure.url, "--ca-bundle", authority.bundle)
    there_and_back(cli, tree, bucket, AWS_ENDPOINT_URL=secure.url,
                   AWS_CA_BUNDLE=str(authority.bundle))
    there_and_back(cli, tree, bucket, "--endpoint-url", secure.url, "--no-verify-ssl")
    config = tmp_path / "config"
    config.write_text(f"[default]\nendpoint_url = {secure.url}\nca_bundle = {authority.bundle}\n")
    there_and_back(cli, tree, bucket, AWS_CONFIG_FILE=str(config), AWS_ENDPOINT_URL="")


@pytest.mark.parametrize("name", ["slipway", "minio"])
def test_over_tls_parts_are_read_once(request, authority, name, tmp_path):
    """Their checksum comes after them."""
    s3 = request.getfixturevalue("s3" if name == "slipway" else "minio_once")
    client = s3.client()
    bucket = new_bucket(client)
    content = random.Random(1).randbytes((100 << 20) + 1)
    (tmp_path / "large").write_bytes(content)
    with HttpFront(s3.url, tls=authority.server("IP:127.0.0.1")) as front:
        cli = Cli({**s3.environment(), "AWS_ENDPOINT_URL": front.url,
                   "AWS_CA_BUNDLE": str(authority.bundle)})
        for checksum in ("crc64nvme", "sha256"):
            seen, puts = front.trailers, front.sent("PUT")
            # One after the other: those beside the first one, which is a trial, have it before them.
            cli("put", "--max-workers", "1", "--checksum", checksum, tmp_path / "large",
                f"s3://{bucket}/{checksum}")
            assert (front.trailers - seen, front.sent("PUT") - puts) == (13, 13)
    for checksum in ("crc64nvme", "sha256"):
        assert client.get_object(Bucket=bucket, Key=checksum)["Body"].read() == content
        told = client.head_object(Bucket=bucket, Key=checksum, ChecksumMode="ENABLED")
        assert f"Checksum{checksum.upper()}" in told, told


def test_tls_with_an_unknown_authority(cli, secure, bucket, tree, tmp_path):
    other = Authority(tmp_path, "other")
    for flags in ([], ["--ca-bundle", other.bundle]):
        flags += ["--endpoint-url", secure.url]
        for words in (("put", tree, f"s3://{bucket}/"), ("get", f"s3://{bucket}/p/", tree),
                      ("ls", f"s3://{bucket}")):
            told = cli.fails(*words, *flags)
            assert "authority that is not known here" in told and secure.url in told, words
    assert secure.requests.total() == 0
    missing = cli.fails("ls", "--endpoint-url", secure.url, "--ca-bundle", tmp_path / "none.pem",
                        code=2)
    assert "cannot read certificate authorities from" in missing and "none.pem" in missing


def test_tls_with_a_certificate_for_another_name(cli, s3, authority, bucket, tree):
    with HttpFront(s3.url, tls=authority.server("DNS:other.test")) as front:
        told = cli.fails("put", "--endpoint-url", front.url, "--ca-bundle", authority.bundle, tree,
                         f"s3://{bucket}/")
        assert "not for 127.0.0.1 but for other.test" in told
        assert front.requests.total() == 0


def test_tls_to_what_speaks_none(cli, s3, bucket, tree):
    told = cli.fails("put", "--endpoint-url", s3.url.replace("http:", "https:"), tree,
                     f"s3://{bucket}/", "--give-up-after", "1s")
    assert "does not speak TLS there; is it meant to be http://?" in told


def test_tls_through_a_proxy(cli, secure, authority, bucket, tree):
    """The proxy knows the name, this machine need not."""
    endpoint = f"https://s3.test:{secure.server_port}"
    flags = ["--endpoint-url", endpoint, "--ca-bundle", authority.bundle]
    with HttpProxy(login="ada:secret", hosts={"s3.test": secure.server_port}) as proxy:
        there_and_back(cli, tree, bucket, *flags, HTTPS_PROXY=proxy.url("ada:secret"))
        assert set(proxy.asked) == {f"CONNECT s3.test:{secure.server_port}"}
        told = cli.fails("put", *flags, tree, f"s3://{bucket}/", HTTPS_PROXY=proxy.url())
        assert "407" in told and "it wants a user and a password" in told
    with HttpProxy(refusal=403) as proxy:
        told = cli.fails("put", *flags, tree, f"s3://{bucket}/", HTTPS_PROXY=proxy.url())
        assert f"the proxy {proxy.url()} refused to reach {endpoint}: 403" in told
        assert len(proxy.asked) <= 16


def test_no_signature(tree, tmp_path):
    """With credentials within reach, and without any."""
    for keys in ({}, {"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret",
                      "AWS_SESSION_TOKEN": "token"}):
        with AnonymousS3() as store:
            cli = Cli({"HOME": "/nonexistent", "AWS_ENDPOINT_URL": store.url, **keys})
            there_and_back(cli, tree, "public", "--no-sign-request")
            told = cli("ls", "--no-sign-request", "s3://public/p/").stdout.decode()
            assert "a.jpg" in told and "sub/" in told
            head = cli("stat", "--no-sign-request", "s3://public/p/a.jpg").stdout.decode()
            assert "a.jpg" in head
            assert store.signed == [] and len(store.objects) == 3
            if keys:
                assert "AccessDenied" in cli.fails("ls", "s3://public/") and store.signed
            else:
                words = cli.fails("put", tree, "s3://public/", AWS_EC2_METADATA_DISABLED="true")
                assert "no S3 credentials" in words and "without a signature" in words


def test_profiles(cli, s3, bucket, tree, tmp_path):
    config, credentials = tmp_path / "config", tmp_path / "credentials"
    config.write_text(f"[profile lab]\nregion = us-east-1\nendpoint_url = {s3.url}\n"
                      "[profile away]\nendpoint_url = http://127.0.0.1:1\n")
    credentials.write_text(f"[lab]\naws_access_key_id = {s3.access_key}\n"
                           f"aws_secret_access_key = {s3.secret_key}\n")
    files = {"AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": str(credentials)}
    bare = Cli({"HOME": "/nonexistent", "AWS_EC2_METADATA_DISABLED": "true", **files})
    there_and_back(bare, tree, bucket, "--profile", "lab")
    there_and_back(bare, tree, bucket, AWS_PROFILE="lab")
    assert "no profile 'none'" in bare.fails("put", tree, f"s3://{bucket}/", "--profile", "none",
                                             code=2)
    told = bare.fails("ls", f"s3://{bucket}", "--profile", "away", AWS_ENDPOINT_URL=s3.url)
    assert "no S3 credentials" in told and "'away'" in told
    told = bare.fails("ls", f"s3://{bucket}", AWS_PROFILE="away", AWS_ACCESS_KEY_ID="a",
                      AWS_SECRET_ACCESS_KEY="b")
    assert "cannot connect to http://127.0.0.1:1" in told


def test_buckets_in_the_host_name(cli, s3, tree):
    """The proxy stands for a name server that knows all names below the endpoint's."""
    port = int(s3.url.rpartition(":")[2])
    with HttpProxy(hosts={"bucket.s3.test": port, "s3.test": port}) as proxy:
        for style, start in (("auto", f"http://s3.test:{port}/bucket/"),
                             ("path", f"http://s3.test:{port}/bucket/"),
                             ("virtual", f"http://bucket.s3.test:{port}/")):
            # The embedded store knows buckets by their path alone: what is asked is what counts.
            cli("put", "--endpoint-url", f"http://s3.test:{port}", "--addressing", style,
                tree / "sub" / "b c.jpg", "s3://bucket/p/", code=None, HTTP_PROXY=proxy.url())
            assert proxy.asked == [f"PUT {start}p/b%20c.jpg"], style
            proxy.asked.clear()
    told = cli.fails("ls", "s3://bucket", "--addressing", "vitrual", code=2)
    assert "addressing is 'vitrual'; give auto, path or virtual" in told
