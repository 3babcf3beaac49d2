# SPDX-License-Identifier: Apache-2.0
"""awscrt_put.py ENDPOINT BUCKET PREFIX FOLDER: all files below FOLDER, by the AWS CRT's S3 client.

Its defaults: 8 MiB parts, as many connections as it thinks good. AWS_CA_BUNDLE is honoured.
"""
import os
import sys
from urllib.parse import urlsplit

from awscrt import auth, http, io, s3

from uploads import exit_code, files_below


def main():
    endpoint, bucket, prefix, folder = sys.argv[1:]
    url = urlsplit(endpoint)
    tls = None
    if url.scheme == "https":
        context = io.TlsContextOptions()
        context.override_default_trust_store_from_path(ca_filepath=os.environ["AWS_CA_BUNDLE"])
        tls = io.ClientTlsContext(context).new_connection_options()
        tls.set_server_name(url.hostname)
    credentials = auth.AwsCredentialsProvider.new_static(
        os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
    client = s3.S3Client(
        region="us-east-1", credential_provider=credentials,
        tls_mode=s3.S3RequestTlsMode.ENABLED if tls else s3.S3RequestTlsMode.DISABLED,
        tls_connection_options=tls)
    requests = []
    for path, key in files_below(folder):
        headers = http.HttpHeaders([("host", url.netloc),
                                    ("content-length", str(os.path.getsize(path)))])
        request = http.HttpRequest("PUT", f"/{bucket}/{prefix}/{key}", headers)
        requests.append(client.make_request(type=s3.S3RequestType.PUT_OBJECT, request=request,
                                            send_filepath=path))
    return exit_code(request.finished_future for request in requests)


if __name__ == "__main__":
    sys.exit(main())
