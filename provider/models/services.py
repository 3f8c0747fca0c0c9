"""Finds botocore's models: which AWS service a source description means, and what its operations are.

The models ship with botocore and are read from disk; nothing here makes a client, a session or a request.
"""

from __future__ import annotations

import functools
import os
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from ..errors import InputError
from ..nearest import did_you_mean, nearest_names
from ..openapi import descriptions
from ..openapi.descriptions import one_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from botocore.loaders import Loader
    from botocore.model import OperationModel, ServiceModel

    from ..arazzo.protocol import Operation
    from ..openapi.descriptions import ApiDescription

EXTENSION: Final = "x-aws-service"
"""The field of a source description that names botocore's service outright."""

_ALIASES: Final[Mapping[str, str]] = {
    "certificatemanager": "acm",
    "monitoring": "cloudwatch",
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
    | {"json", "model", "openapi", "rest", "service", "services", "source", "spec", "swagger", "v", "yaml"}
    | {"yml"}
)
_PLACEHOLDER: Final = re.compile(r"\{[^}]*\}")
_BY_METHOD: Final = re.compile(r"(?:GET|POST)_")
"""What published descriptions of the query protocols put before an operation's name."""
_DOMAIN: Final = ".amazonaws.com"


class UnknownServiceError(InputError):
    """A source description means none of AWS's services."""


def service(name: str, url: str, extensions: Mapping[str, Any], document: str = "") -> str:
    """Return botocore's name of the service that a source description means.

    ``x-aws-service`` decides where it is given. Then the OpenAPI description counts, if the url names a file:
    its ``x-aws-service`` or ``x-serviceName``, the hosts of its servers, its title. Else the url's file name,
    the source's own name and the url's other parts are tried in this order, without regard to case,
    punctuation and words like ``api``: ``amazon-healthlake-openapi.yaml`` means ``healthlake``,
    ``healthImagingApi`` means ``medical-imaging``. Last, words at their ends are left out, too:
    ``ordersTableDynamodb`` means ``dynamodb``.

    Args:
        name: The source description's name.
        url: Its url; what it points to need not exist.
        extensions: Its ``x-`` fields.
        document: The path of the document that has it.

    Raises:
        UnknownServiceError: No service is meant, or ``x-aws-service`` names none that botocore knows.
        InputError: The description cannot be read.
    """
    meant = _meant(name, url, _given(extensions), document)
    if meant.sure:
        return meant.sure
    if len(meant.likely) == 1:
        return meant.likely[0]
    tried = list(_normalised(_candidates(name, url)))
    choices = {**_service_names(), **_ALIASES}
    near = meant.likely or [choices[key] for word in tried for key in nearest_names(word, choices, _NEAR)]
    raise UnknownServiceError(
        f"source {name} ({url}) names no AWS service that botocore knows",
        reason=f"nearest: {', '.join(list(dict.fromkeys(near))[:_NEAR])}" if near else "",
        hint=f"add {EXTENSION} with botocore's service name (such as healthlake) to the source description",
    )


_NEAR: Final = 3
"""How many of AWS's names to show for one that is misspelt: they are long and alike."""


class _Meant(NamedTuple):
    """The services that a source may mean: the one that it names, and those whose names begin likewise."""

    sure: str | None
    likely: tuple[str, ...] = ()


@functools.cache
def _meant(name: str, url: str, explicit: str | None, document: str) -> _Meant:
    if explicit is not None:
        return _Meant(_explicit(name, explicit))
    description = descriptions.found(document, url)
    if description is not None:
        found = next(_of_description(description), None)
        if found is not None:
            return _Meant(found, tuple(_siblings([found])))
    tried = [*_normalised(_candidates(name, url))]
    sure = _exact(tried)
    if sure is not None:
        return _Meant(sure, tuple(_siblings([sure])))
    parts = [part for words in _words_of(_candidates(name, url)) for part in _shortened(words)]
    first = _exact(parts)
    return _Meant(None, () if first is None else (first, *_siblings([first])))


def _of_description(description: ApiDescription) -> Iterator[str]:
    """Yield the services that an OpenAPI description may mean, most telling first."""
    known = _service_names().values()
    for field in (EXTENSION, "x-serviceName"):
        value = description.extension(field)
        yield from (value,) if isinstance(value, str) and value in known else ()
    for host in descriptions.hosts(description):
        label = next((each for each in host.removesuffix(_DOMAIN).split(".") if "{" not in each), "")
        found = _exact(_normalised([label])) if host.endswith(_DOMAIN) else None
        yield from (found,) if found else ()
    (words,) = _words_of([description.title])
    found = _exact(_shortened(words))
    yield from (found,) if found else ()


def _exact(normalised: Iterable[str]) -> str | None:
    known = _service_names()
    return next(
        (found for each in normalised if (found := known.get(each) or _ALIASES.get(each)) is not None), None
    )


def _shortened(words: list[str]) -> Iterator[str]:
    """Yield words joined, with ever more of them left out at the end, then at the beginning."""
    for length in range(len(words), 0, -1):
        yield "".join(words[:length])
    for start in range(1, len(words)):
        yield "".join(words[start:])


def _siblings(names: Iterable[str]) -> Iterator[str]:
    """Yield the other services whose names begin with a service's (``neptunedata`` for ``neptune``)."""
    for name in names:
        yield from (each for each in _service_names().values() if each.startswith(name) and each != name)


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
    # Clients change the data that they share with us: S3's takes the bucket out of a path at its first call.
    operations = {name: _own(each) for name, each in description["operations"].items()}
    return ServiceModel({**description, "operations": operations}, service)


def _own(described: Mapping[str, Any]) -> dict[str, Any]:
    return {name: dict(each) if isinstance(each, dict) else each for name, each in described.items()}


def operation(service: str, operation_id: str) -> OperationModel:
    """Return botocore's model of an operation.

    Raises:
        InputError: The service, or the operation in it, does not exist; the nearest names are given.
    """
    model = service_model(service)
    if operation_id not in model.operation_names:
        raise InputError(
            f"{service} has no operation {operation_id}",
            hint=did_you_mean(operation_id, model.operation_names, _NEAR)
            or "operations are named as in the AWS API reference",
        )
    return model.operation_model(operation_id)


def spelled(service: str, operation_id: str) -> str | None:
    """Return the operation's name that an operationId means, or None.

    It counts without regard to case where only one operation is spelled so, and without the HTTP method that
    published descriptions put before it (``POST_CreateDBInstance``).
    """
    names = {name: name for name in service_model(service).operation_names}
    return one_of(operation_id, names) or one_of(_BY_METHOD.sub("", operation_id), names)


def operation_at(service: str, method: str, path: str) -> OperationModel:
    """Return the operation that an operationPath means: by method and path, or by what selects it there.

    Services whose operations all share one path are told apart as published OpenAPI descriptions write it:
    ``/#X-Amz-Target=HealthLake.CreateFHIRDatastore``, ``/?Action=CreateDBInstance``, ``/{Bucket}#acl``.

    Args:
        service: botocore's name of the service.
        method: The HTTP method, in any case.
        path: The path with placeholders (``/datastore/{datastoreId}``); their names do not matter.

    Raises:
        InputError: None or several of the service's operations are meant.
    """
    where, query = _route(path)
    selected = {key.casefold(): value for key, value in parse_qsl(query, keep_blank_values=True)}
    target = selected.get("x-amz-target", selected.get("action", ""))
    if target:
        return operation(service, spelled(service, target.rpartition(".")[2]) or target)
    routes = _operations_by_route(service)
    found = routes.get((method.upper(), where, query)) or _any_query(service, method, where)
    if len(found) > 1:
        found = tuple(name for name in found if _is_told_by_path(operation(service, name))) or found
    if len(found) == 1:
        return operation(service, found[0])
    paths = {service_model(service).operation_model(each).http["requestUri"] for each, *_ in routes.values()}
    raise InputError(
        f"{service} has {'several operations' if found else 'no operation'} at {method.upper()} {where}",
        hint="name one by its operationId" if found else did_you_mean(where, paths - {"/"}, _NEAR),
    )


def resolve(operation_: Operation) -> OperationModel:
    """Return botocore's model of what a step calls; its ``service_model`` is the service's.

    Raises:
        UnknownServiceError: The source means no service.
        InputError: The service has no such operation, or the source's description cannot be read.
    """
    source = _Source(
        operation_.source, operation_.source_url, _given(operation_.source_extensions), operation_.document
    )
    return _resolve(source, operation_.operation_id, operation_.method, operation_.path)


class _Source(NamedTuple):
    """What is known of a source: its name, its url, its ``x-aws-service`` and its document's path."""

    name: str
    url: str
    explicit: str | None
    document: str

    @property
    def description(self) -> ApiDescription | None:
        """The OpenAPI description that it names, if that is there and nothing goes before it."""
        return None if self.explicit is not None else descriptions.found(self.document, self.url)


@functools.cache
def _resolve(
    source: _Source, operation_id: str | None, method: str | None, path: str | None
) -> OperationModel:
    meant = _meant(*source)
    description = source.description

    def within(name: str) -> OperationModel | None:
        return _within(name, description, operation_id, (method or "", path or ""))

    found = None if meant.sure is None else within(meant.sure)
    if found is not None:
        return found
    others = [each for each in map(within, meant.likely) if each is not None]
    if len(others) == 1:
        return others[0]
    name = meant.sure or service(source.name, source.url, {}, source.document)
    if operation_id is not None:
        return operation(name, operation_id)  # raises: it is not there
    return operation_at(name, method or "", path or "")


def _within(
    name: str, description: ApiDescription | None, operation_id: str | None, at: tuple[str, str]
) -> OperationModel | None:
    """Return a service's operation: by its name, by the path that a description gives it, or by its path."""
    if operation_id is None:
        return _at(name, *at)
    if operation_id in service_model(name).operation_names:
        return operation(name, operation_id)
    route = None if description is None else description.named(operation_id)
    found = None if route is None else _at(name, route.method, route.path)
    known = spelled(name, operation_id)
    return found or (None if known is None else operation(name, known))


def _at(name: str, method: str, path: str) -> OperationModel | None:
    try:
        return operation_at(name, method, path)
    except InputError:
        return None


def _given(extensions: Mapping[str, Any]) -> str | None:
    explicit = extensions.get(EXTENSION)
    return None if explicit is None else str(explicit)


def _explicit(name: str, value: str) -> str:
    if value not in _service_names().values():
        error = _unknown_service(value)
        raise UnknownServiceError(f"source {name}: {error.what}", hint=error.hint)
    return value


def _unknown_service(name: str) -> InputError:
    known = _service_names().values()
    return InputError(
        f"botocore knows no service {name}",
        hint=did_you_mean(name, known, _NEAR) or "use the name that boto3.client() takes",
    )


def _candidates(name: str, url: str) -> Iterator[str]:
    """Yield what may name the service, most telling first."""
    parts = urlsplit(url)
    *folders, file = parts.path.split("/")
    yield file
    yield name
    yield from reversed(folders)
    yield from (parts.hostname or "").split(".")


def _words_of(candidates: Iterable[str]) -> Iterator[list[str]]:
    """Yield each candidate's words in lower case, without those that say nothing."""
    for candidate in candidates:
        words = (word.lower() for word in _WORDS.findall(candidate))
        yield [word for word in words if word not in _NOISE]


def _normalised(candidates: Iterable[str]) -> Iterator[str]:
    """Yield each candidate as lower-case letters and digits without the words that say nothing."""
    for words in _words_of(candidates):
        yield from ("".join(words),) if words else ()


@functools.cache
def _service_names() -> Mapping[str, str]:
    """Return botocore's service names by their normal form."""
    names = loader().list_available_services("service-2")
    return {re.sub(r"[^a-z0-9]", "", name): name for name in names}


@functools.cache
def _operations_by_route(service: str) -> Mapping[tuple[str, str, str], tuple[str, ...]]:
    routes: dict[tuple[str, str, str], tuple[str, ...]] = {}
    model = service_model(service)
    for name in model.operation_names:
        http = model.operation_model(name).http
        route = (http["method"], *_route(http["requestUri"]))
        routes[route] = (*routes.get(route, ()), name)
    return routes


def _is_told_by_path(model: OperationModel) -> bool:
    """Whether an operation requires nothing but what stands in its path."""
    shape = model.input_shape
    required = [] if shape is None else [shape.members[name] for name in shape.required_members]
    return all(each.serialization.get("location") == "uri" for each in required)


def _any_query(service: str, method: str, where: str) -> tuple[str, ...]:
    """Return the operations at a method and path, whatever their constant query parameters."""
    routes = _operations_by_route(service).items()
    return tuple(
        name for (verb, path, _), names in routes for name in names if (verb, path) == (method.upper(), where)
    )


def _route(path: str) -> tuple[str, str]:
    """Return a path with its placeholders' names and its closing slash taken away, and its query."""
    where, *rest = re.split(r"[?#]", unquote(path))
    query = "&".join(sorted(part for each in rest for part in each.split("&") if part))
    return _PLACEHOLDER.sub("{}", where).rstrip("/") or "/", query


@functools.cache
def loader() -> Loader:
    """Return what reads botocore's data from disk, each file once per process, for models and clients."""
    # botocore.loaders alone takes a tenth of a second to import: only those pay who ask for a model.
    from botocore.loaders import create_loader  # noqa: PLC0415

    return create_loader(os.environ.get("AWS_DATA_PATH"))
