"""Finds botocore's models: which AWS service a source description means, and what its operations are.

The models ship with botocore and are read from disk; nothing here makes a client, a session or a request.
"""

from __future__ import annotations

import difflib
import functools
import os
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from ..errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from botocore.loaders import Loader
    from botocore.model import OperationModel, ServiceModel

    from ..arazzo.protocol import Operation

EXTENSION: Final = "x-aws-service"
"""The field of a source description that names botocore's service outright."""

_ALIASES: Final[Mapping[str, str]] = {
    "certificatemanager": "acm",
    "cloudwatchlogs": "logs",
    "containerregistry": "ecr",
    "containerservice": "ecs",
    "costexplorer": "ce",
    "elasticcomputecloud": "ec2",
    "elasticcontainerregistry": "ecr",
    "elasticcontainerservice": "ecs",
    "elasticfilesystem": "efs",
    "elasticloadbalancing": "elbv2",
    "eventbridge": "events",
    "healthimaging": "medical-imaging",
    "healthomics": "omics",
    "identityandaccessmanagement": "iam",
    "keymanagement": "kms",
    "relationaldatabase": "rds",
    "securitytoken": "sts",
    "simpleemail": "sesv2",
    "simplenotification": "sns",
    "simplequeue": "sqs",
    "simplestorage": "s3",
    "stepfunction": "stepfunctions",
    "systemsmanager": "ssm",
}
"""Names under which services are written about, beside botocore's own."""

_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_NOISE: Final = frozenset(
    {"amazon", "amazonaws", "api", "apis", "arazzo", "aws", "client", "com", "description", "http", "https"}
    | {"json", "model", "openapi", "service", "services", "source", "spec", "swagger", "v", "yaml", "yml"}
)
_PLACEHOLDER: Final = re.compile(r"\{[^}]*\}")


def service(name: str, url: str, extensions: Mapping[str, Any]) -> str:
    """Return botocore's name of the service that a source description means.

    ``x-aws-service`` decides where it is given. Else the url's file name, the source's own name and the url's
    other parts are tried in this order, without regard to case, punctuation and words like ``api``:
    ``amazon-healthlake-openapi.yaml`` means ``healthlake``, ``healthImagingApi`` means ``medical-imaging``.

    Args:
        name: The source description's name.
        url: Its url; what it points to need not exist.
        extensions: Its ``x-`` fields.

    Raises:
        InputError: No service is meant, or ``x-aws-service`` names none that botocore knows.
    """
    explicit = extensions.get(EXTENSION)
    if explicit is not None:
        return _explicit(name, explicit)
    tried = list(_normalised(_candidates(name, url)))
    known = _service_names()
    for candidate in tried:
        found = known.get(candidate) or _ALIASES.get(candidate)
        if found is not None:
            return found
    near = nearest(tried, {**known, **_ALIASES})
    raise InputError(
        f"source {name} ({url}) names no AWS service that botocore knows",
        reason=f"nearest: {', '.join(dict.fromkeys(near))}" if near else "",
        hint=f"add {EXTENSION} with botocore's service name (such as healthlake) to the source description",
    )


@functools.cache
def service_model(service: str) -> ServiceModel:
    """Return botocore's model of a service, read once per process.

    Raises:
        InputError: botocore has no service of that name.
    """
    from botocore.exceptions import UnknownServiceError  # noqa: PLC0415 - see loader
    from botocore.model import ServiceModel  # noqa: PLC0415

    try:
        description = loader().load_service_model(service, "service-2")
    except UnknownServiceError:
        raise _unknown_service(service) from None
    return ServiceModel(description, service)


def operation(service: str, operation_id: str) -> OperationModel:
    """Return botocore's model of an operation.

    Raises:
        InputError: The service, or the operation in it, does not exist; the nearest names are given.
    """
    model = service_model(service)
    if operation_id not in model.operation_names:
        raise InputError(
            f"{service} has no operation {operation_id}",
            hint=did_you_mean(operation_id, model.operation_names)
            or "operations are named as in the AWS API reference",
        )
    return model.operation_model(operation_id)


def operation_at(service: str, method: str, path: str) -> OperationModel:
    """Return the operation that an operationPath means: by method and path, or by the target in its fragment.

    Services whose operations all share ``POST /`` (the AWS JSON protocols) are told apart by a fragment, as
    published OpenAPI descriptions write it: ``/#X-Amz-Target=HealthLake.CreateFHIRDatastore``.

    Args:
        service: botocore's name of the service.
        method: The HTTP method, in any case.
        path: The path with placeholders (``/datastore/{datastoreId}``); their names do not matter.

    Raises:
        InputError: None or several of the service's operations are meant.
    """
    where, _, fragment = path.partition("#")
    target = parse_qs(unquote(fragment)).get("X-Amz-Target", [""])[0]
    if target:
        return operation(service, target.rpartition(".")[2])
    found = _operations_by_route(service).get((method.upper(), _route(where)), ())
    if len(found) == 1:
        return operation(service, found[0])
    paths = {route: route for _, route in _operations_by_route(service)}
    raise InputError(
        f"{service} has {'several operations' if found else 'no operation'} at {method.upper()} {where}",
        hint="name one by its operationId" if found else did_you_mean(where, paths),
    )


def resolve(operation_: Operation) -> OperationModel:
    """Return botocore's model of what a step calls; its ``service_model`` is the service's.

    Raises:
        InputError: The source means no service, or the service has no such operation.
    """
    name = service(operation_.source, operation_.source_url, operation_.source_extensions)
    if operation_.operation_id is not None:
        return operation(name, operation_.operation_id)
    return operation_at(name, operation_.method or "", operation_.path or "")


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """Return ``did you mean A or B?`` for the choices nearest to a word, or an empty text."""
    near = nearest([word], {choice.lower(): choice for choice in reversed([*choices])})
    return f"did you mean {' or '.join(near)}?" if near else ""


def nearest(words: Iterable[str], choices: Mapping[str, str]) -> list[str]:
    """Return up to three values whose keys are nearest to any of the words, regardless of the words' case."""
    keys = [
        key for word in words for key in difflib.get_close_matches(word.lower(), choices, n=3, cutoff=0.7)
    ]
    return list(dict.fromkeys(choices[key] for key in keys))[:3]


def _explicit(name: str, value: object) -> str:
    if not isinstance(value, str) or value not in _service_names().values():
        error = _unknown_service(str(value))
        raise InputError(f"source {name}: {error.what}", hint=error.hint)
    return value


def _unknown_service(name: str) -> InputError:
    known = _service_names().values()
    return InputError(
        f"botocore knows no service {name}",
        hint=did_you_mean(name, known) or "use the name that boto3.client() takes",
    )


def _candidates(name: str, url: str) -> Iterator[str]:
    """Yield what may name the service, most telling first."""
    parts = urlsplit(url)
    *folders, file = parts.path.split("/")
    yield file
    yield name
    yield from reversed(folders)
    yield from (parts.hostname or "").split(".")


def _normalised(candidates: Iterable[str]) -> Iterator[str]:
    """Yield each candidate as lower-case letters and digits without the words that say nothing."""
    for candidate in candidates:
        words = [word.lower() for word in _WORDS.findall(candidate)]
        telling = "".join(word for word in words if word not in _NOISE)
        yield from (telling,) if telling else ()


@functools.cache
def _service_names() -> Mapping[str, str]:
    """Return botocore's service names by their normal form."""
    names = loader().list_available_services("service-2")
    return {re.sub(r"[^a-z0-9]", "", name): name for name in names}


@functools.cache
def _operations_by_route(service: str) -> Mapping[tuple[str, str], tuple[str, ...]]:
    routes: dict[tuple[str, str], tuple[str, ...]] = {}
    model = service_model(service)
    for name in model.operation_names:
        http = model.operation_model(name).http
        route = (http["method"], _route(http["requestUri"]))
        routes[route] = (*routes.get(route, ()), name)
    return routes


def _route(path: str) -> str:
    """Return a path with its placeholders' names and its closing slash taken away."""
    return _PLACEHOLDER.sub("{}", path).rstrip("/") or "/"


@functools.cache
def loader() -> Loader:
    """Return what reads botocore's data from disk, each file once per process, for models and clients."""
    # botocore.loaders alone takes a tenth of a second to import: only those pay who ask for a model.
    from botocore.loaders import create_loader  # noqa: PLC0415

    return create_loader(os.environ.get("AWS_DATA_PATH"))
