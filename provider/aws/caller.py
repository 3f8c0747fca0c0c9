"""Sends requests of workflows to AWS through boto3."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import CredentialsError, NoAnswerError
from ..models import operations
from ..models import services as models
from . import clients, failures, parameters, responses
from .settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.model import OperationModel

    from ..arazzo.protocol import Operation, Request, Response
    from .clients import MakeClient


@dataclass(frozen=True, slots=True)
class _Bound:
    """An operation with the client that calls it."""

    model: OperationModel
    client: Any
    method: Callable[..., dict[str, Any]]
    endpoint: str


class AwsCaller:
    """A caller (see ``provider.arazzo.protocol.Caller``) for the operations of AWS's services.

    One may serve any number of runs and threads at once; clients are shared by the whole process.

    Args:
        settings: Which account and region, and how.
        make_client: Makes a boto3 client from the service's name and the settings.
    """

    def __init__(
        self, settings: Settings | None = None, *, make_client: MakeClient = clients.make_client
    ) -> None:
        self._settings = settings or Settings()
        self._make_client = make_client
        self._bound: dict[tuple[str | None, ...], _Bound] = {}

    def call(self, operation: Operation, request: Request) -> Response:
        """Send a request once and return the answer, whatever its status.

        Raises:
            InputError: There is no such operation, or the request does not fit it.
            NoAnswerError: No answer came.
            CredentialsError: There are no credentials, or AWS refuses them.
            ConfigurationError: There is no region, or the configuration is wrong.
        """
        from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore takes long to import

        bound = self._bind(operation)
        given = parameters.call_arguments(bound.model, request)
        try:
            with failures.translated(bound.model.name, bound.endpoint, sent=True):
                parsed = bound.method(**given)
                return responses.answered(bound.model, parsed, bound.endpoint, given, operation.reads)
        except ClientError as error:
            return self._refused(bound, error, given)
        except NoAnswerError as error:
            _judge(error, bound.model, given)
            raise
        except CredentialsError:
            self._forget(bound)
            raise

    def _bind(self, operation: Operation) -> _Bound:
        service = operation.source_extensions.get(models.EXTENSION)
        source = (operation.source, operation.source_url, service, operation.document)
        key = (*source, operation.operation_id, operation.method, operation.path)
        bound = self._bound.get(key)
        if bound is None:
            model = models.resolve(operation)
            client = clients.shared(model.service_model.service_name, self._settings, self._make_client)
            bound = self._bound[key] = _Bound(model, client, _method(client, model), client.meta.endpoint_url)
        return bound

    def _refused(self, bound: _Bound, error: Any, given: dict[str, Any]) -> Response:
        code = error.response.get("Error", {}).get("Code", "")
        message = error.response.get("Error", {}).get("Message", "")
        if error.operation_name != bound.model.name:  # a role that cannot be taken on
            self._forget(bound)
            raise failures.refusal_of(f"{error.operation_name}: {code}", message, "") from error
        if code in failures.REFUSED_CREDENTIALS:
            self._forget(bound)
            raise failures.refusal_of(code, message, bound.endpoint) from error
        return responses.refused(bound.model, error.response, bound.endpoint, given)

    def _forget(self, bound: _Bound) -> None:
        """Read the credentials anew for the next call."""
        self._bound.clear()
        clients.forget(bound.client)


def _judge(error: NoAnswerError, model: OperationModel, given: dict[str, Any]) -> None:
    """Say whether a request without an answer may be sent again, and else what AWS may have done."""
    if failures.was_sent(error) and not operations.may_be_sent_again(model, given):
        error.may_be_sent_again = False
        error.hint = operations.doubt(model)


def _method(client: Any, model: OperationModel) -> Callable[..., dict[str, Any]]:
    for name, operation in client.meta.method_to_api_mapping.items():
        if operation == model.name:
            method: Callable[..., dict[str, Any]] = getattr(client, name)
            return method
    raise LookupError(model.name)
