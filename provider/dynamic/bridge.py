"""Where Pulumi's verbs meet ours: a session per call from the host, plain results back, errors as one line.

This is the edge of the dynamic host: it knows Pulumi's results and what a failure is to the engine.
"""

from __future__ import annotations

import base64
import pickletools
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from pulumi.dynamic import CheckFailure, CheckResult, CreateResult, DiffResult, ReadResult, UpdateResult
from pulumi.output import Unknown

from ..engine.failures import check_failure
from ..engine.schema import PACKAGE, is_to_programs, schema, to_verbs
from ..errors import InputError, ProviderError, printable
from ..kinds.equivalence import normal
from ..kinds.hidden import SECRETS
from ..kinds.paths import ANY, nearest, parse
from ..models.shapes import UNKNOWN, Fault
from ..verbs.holders import Holders
from ..verbs.outcome import UnfinishedError
from ..verbs.process import Process
from ..verbs.resource import Resource
from ..verbs.secrets import masked, sealed, texts
from . import host
from .names import STORED

if TYPE_CHECKING:
    from pulumi.dynamic import Config

    from ..kinds.kind import Kind


PROVIDER: Final = "__provider"
_PACKAGE: Final = __name__.partition(".")[0]

PROCESS: Final = Process(holders=Holders(host.RUN))
"""What this host's process knows."""


def configure(config: Config) -> None:
    """Take the stack's configuration, and make room for many waits at once."""
    PROCESS.get = config.get
    host.more_threads()
    host.answer(STORED, _stored)


def _stored(arguments: Mapping[str, Any]) -> None:
    """Hear from the program's process that the engine has stored a resource."""
    urn, resource_id = str(arguments.get("urn")), str(arguments.get("id"))
    PROCESS.stored(host.function_call(urn), urn, resource_id)


class Bridge:
    """One kind's verbs, as Pulumi calls them."""

    def __init__(
        self, kind: Kind, process: Process = PROCESS, request: Callable[[], host.HostCall] = host.current_call
    ) -> None:
        self._kind = kind
        self._process = process
        self._request = request

    def check(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> CheckResult:
        """Return the inputs and every fault, each on its property."""
        before, values = self._held(olds), plain(news)
        with self._resource(before, values) as (resource, call):
            checked = resource.check(before, values)
        return CheckResult(
            checked.inputs, [_failure(fault, call, checked.inputs) for fault in checked.faults]
        )

    def diff(self, resource_id: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> DiffResult:
        """Return what changes; a replacement says what it costs."""
        before, values = self._held(olds), plain(news)
        with self._resource(before, values) as (resource, call):
            held = None if call.old_inputs is None else self._held(call.old_inputs)
            known = {*self._kind.names, *before, *values}
            for path in (each for each in call.ignore_changes if parse(each)[0] not in {ANY, *known}):
                raise InputError(
                    f"ignore_changes names {path!r}, which is not a property",
                    hint=f"did you mean {nearest(path, known)!r}?",
                )
            found = resource.diff(resource_id, before, values, held)
        forces = bool(self._process.replacing.get(call.urn or ""))
        shown = forces or _hidden(held or {}) == _hidden(values)  # the engine would show these, too
        left_open = found.any and not found.replaces and shown and _differ(held, values, found.updates)
        changes = found.any or _foreign(olds.get(PROVIDER)) or is_to_programs(olds)
        return DiffResult(changes=None if left_open else changes, replaces=list(found.replaces))

    def create(self, props: Mapping[str, Any]) -> CreateResult:
        """Make the resource; what is half made is kept."""
        values = plain(props)
        with self._resource(values) as (resource, _):
            made = resource.create(values)
        return CreateResult(made.id, sealed(made.outputs, self._kind.derived))

    def read(self, resource_id: str, props: Mapping[str, Any]) -> ReadResult:
        """Return the resource as it is; one that is gone has no id."""
        values = plain(props)
        with self._resource(values) as (resource, call):
            inputs = None if call.old_inputs is None else self._held(call.old_inputs)
            found = resource.read(resource_id, values, inputs)
        if found is None:
            return ReadResult("", {})
        return ReadResult(resource_id, sealed(found.outputs, self._kind.derived), found.inputs)

    def update(self, resource_id: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> UpdateResult:
        """Change the resource in place."""
        before, values = self._held(olds), plain(news)
        with self._resource(before, values) as (resource, _):
            made = resource.update(resource_id, before, values)
        return UpdateResult(sealed(made.outputs, self._kind.derived))

    def delete(self, resource_id: str, props: Mapping[str, Any]) -> None:
        """Delete the resource."""
        values = plain(props)
        with self._resource(values) as (resource, _):
            resource.delete(resource_id, values)

    def _held(self, state: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a state holds; one of the plugin face spells it as its programs do."""
        held = plain(state)
        if not is_to_programs(held):
            return held
        specs = schema()["resources"][f"{PACKAGE}:index:{self._kind.name}"]
        return to_verbs(held, {**specs["properties"], **specs["inputProperties"]})

    @contextmanager
    def _resource(self, *props: Mapping[str, Any]) -> Iterator[tuple[Resource, host.HostCall]]:
        """Yield the resource in the engine's call, one that shows no secret of these properties."""
        call = self._request().hiding(texts(*props))
        with _one_line(call, self._kind):
            yield Resource(self._kind, self._process, call), call


def _foreign(stored: Any) -> bool:
    """Whether a state names its provider by another package's name than this one has: an update renews it.

    Until then a refresh and a destroy, which load what the state names, cannot find it.
    """
    if not isinstance(stored, str):
        return False
    told = [argument for _, argument, _ in pickletools.genops(base64.b64decode(stored))]
    return not any(isinstance(name, str) and name.startswith(f"{_PACKAGE}.") for name in told)


def plain(props: Mapping[str, Any]) -> dict[str, Any]:
    """Return properties as plain values, without the serialised provider."""
    return {name: _plain(value) for name, value in props.items() if name != PROVIDER}


def _plain(value: Any) -> Any:
    """Return a value in which what a preview does not know is a string, and no object of Pulumi's."""
    if isinstance(value, Unknown):
        return UNKNOWN
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _differ(before: Mapping[str, Any] | None, after: Mapping[str, Any], names: Iterable[str]) -> bool:
    """Whether the engine sees a change by itself: then it is left to it, for it can say of what.

    A dynamic provider cannot: it would show no property in the preview and reach no ``replace_on_changes``.
    """
    return before is not None and any(normal(before.get(name)) != normal(after.get(name)) for name in names)


def _hidden(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name.startswith("__") and name != PROVIDER}


def _failure(fault: Fault, call: host.HostCall, inputs: Mapping[str, Any]) -> CheckFailure:
    """Return a fault as the engine tells it, which shows the value of the property that is named."""
    shown = None if fault.path in (inputs.get(SECRETS) or ()) else inputs.get(fault.path)
    return CheckFailure(*check_failure(fault.path, printable(masked(fault.reason, call.hidden)), shown))


_REPORT: Final = "set PULUMI_HEALTH_DEBUG=1 to see where, and report it"


@contextmanager
def _one_line(call: host.HostCall, kind: Kind) -> Iterator[None]:
    """Turn an error of this package into one line, and what is half-way into a kept resource."""
    try:
        yield
    except UnfinishedError as error:
        call.initialization_failed(error.made.id, sealed(error.made.outputs, kind.derived), [str(error)])
    except ProviderError as error:
        call.refused(str(error))
    except Exception as error:  # noqa: BLE001 - whatever it is, the user gets one line
        call.refused(printable(f"the provider itself failed: {type(error).__name__}: {error}; {_REPORT}"))
