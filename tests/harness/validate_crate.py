"""Holds a crate against RO-Crate's own validator, without a network; python validate_crate.py CRATE.

What contexts mean comes from the package that writes crates, and nothing else is fetched.
"""

import io
import json
import sys
import urllib.request
from email.message import Message
from pathlib import Path
from urllib.response import addinfourl

import requests
import rocrate
from rocrate_validator import services
from rocrate_validator.models import Severity

RUN = "https://w3id.org/ro/terms/workflow-run"
TERMS = json.loads((Path(rocrate.__file__).parent / "data/ro-crate.jsonld").read_bytes())
# The package has the terms of a later version, in which this one has moved.
TERMS["@context"]["ComputationalWorkflow"] = "https://bioschemas.org/ComputationalWorkflow"
CONTEXTS = {
    "https://w3id.org/ro/crate/1.1/context": json.dumps(TERMS).encode(),
    f"{RUN}/context": json.dumps({"@context": {"sha256": f"{RUN}#sha256"}}).encode(),
}


class Local(urllib.request.HTTPSHandler):
    def https_open(self, request):
        headers = Message()
        headers["Content-Type"] = "application/ld+json"
        return addinfourl(io.BytesIO(CONTEXTS[request.full_url]), headers, request.full_url, 200)


def local(self, method, url, **_):
    reply = requests.Response()
    reply.status_code, reply._content, reply.url = (200 if url in CONTEXTS else 404), CONTEXTS.get(url, b""), url
    reply.headers["Content-Type"] = "application/ld+json"
    return reply


urllib.request.install_opener(urllib.request.build_opener(Local))
requests.Session.request = local
result = services.validate(
    services.ValidationSettings(
        rocrate_uri=sys.argv[1],
        # With all that it is built on.
        profile_identifier="workflow-run-crate-0.5",
        requirement_severity=Severity.REQUIRED,
        skip_availability_check=True,
        no_cache=True,
    )
)
print("\n".join(f"{issue.check.identifier}: {issue.message}" for issue in result.get_issues()))
sys.exit(not result.passed())
