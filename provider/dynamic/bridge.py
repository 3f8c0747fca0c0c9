"""Where Pulumi's verbs meet ours: a session per call from the host, plain results back, errors as one line.

This is the edge of the dynamic host: it knows Pulumi's results and what a failure is to the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from pulumi.dynamic import CheckFailure, CheckResult, CreateResult, DiffResult, ReadResult, UpdateResult
from pulumi.output import Unknown

from ..errors import ProviderError
from ..kinds.hidden import BEFORE, CLAIMED, SECRETS, TOKEN
from ..kinds.properties import normal
from ..models.shapes import UNKNOWN, Fault, is_open
from ..timing import durations
from ..verbs.adopt import adopt, look, to_change
from ..verbs.adopt import faults as adoption_faults
from ..verbs.check import Surroundings, check
from ..verbs.claims import KEY
from ..verbs.create import create
from ..verbs.delete import delete
from ..verbs.diff import ADOPT, diff, unfinished, wanted
from ..verbs.outcome import Made, UnfinishedError
from ..verbs.process import Process
from ..verbs.read import read
from ..verbs.secrets import masked, sealed, texts
from ..verbs.session import Session
from ..verbs.update import update
from ..verbs.warn import warnings
from . import host

if TYPE_CHECKING:
    from pulumi.dynamic import Config

    from ..kinds.kind import Kind


PROVIDER: Final = "__provider"

PROCESS: Final = Process()
"""What this host's process knows."""


def configure(config: Config) -> None:
    """Take the stack's configuration, and make room for many waits at once."""
    PROCESS.get = config.get
    host.more_threads()


class Bridge:
    """One kind's verbs, as Pulumi calls them."""

    def __init__(
        self, kind: Kind, process: Process = PROCESS, request: Callable[[], host.HostCall] = host.request
    ) -> None:
        self._kind = kind
        self._process = process
        self._request = request

    def check(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> CheckResult:
        """Return the inputs and every fault, each on its property."""
        before, values = plain(olds), plain(news)
        call = self._call(before, values)
        if before.get(TOKEN):
            self._process.known.holds_creation(call.urn or "", before[TOKEN])
        self._process.known.held_before(call.urn or "", before.get(BEFORE) or ())
        with _one_line(call, self._kind):
            inputs, faults = check(self._kind, before, values, self._surroundings(call, values))
            reached = not is_open([inputs.get(name) for name in ("region", "connection")])
            if wanted(inputs) and reached and not before and not faults:
                faults = self._check_adoption(call, inputs)
            self._process.complain(call)
            count = self._process.declare(call, self._kind, inputs)
            for warning in () if before else warnings(self._kind, inputs, stack=call.stack, count=count):
                call.warn(warning)
        return CheckResult(inputs, [_failure(fault, call, values) for fault in faults])

    def diff(self, resource_id: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> DiffResult:
        """Return what changes; a replacement says what it costs."""
        before, values = plain(olds), plain(news)
        call = self._call(before, values)
        self._process.known.holds_id(call.urn or "", resource_id)
        with _one_line(call, self._kind):
            found = diff(self._kind, resource_id, before, values)
        if found.replaces and self._kind.holds_data:
            call.warn(self._cost(resource_id, found.replaces, olds, values))
        changes = bool(found) or before.get(SECRETS) != values.get(SECRETS) or unfinished(olds)
        left_open = changes and not found.replaces and _differ(call.old_inputs, values, found.updates)
        return DiffResult(changes=None if left_open else changes, replaces=list(found.replaces))

    def _cost(
        self, resource_id: str, replaces: tuple[str, ...], olds: Mapping[str, Any], news: Mapping[str, Any]
    ) -> str:
        """Say what a replacement destroys, or would where it is not sure yet."""
        kind, names = self._kind, ", ".join(replaces)
        if olds.get(kind.status_property) in kind.statuses.failed:
            return f"{kind.noun} {resource_id} could not be made: it is to be replaced"
        if olds.get(kind.status_property) in kind.statuses.leaving:
            return f"{kind.noun} {resource_id} is being deleted outside of this stack: it is to be replaced"
        lost = f"{kind.noun} {resource_id} is to be replaced, and the data in it destroyed"
        if all(is_open(news.get(name)) for name in replaces):
            return f"{names} cannot be changed in place and is known only later: if it changes, {lost}"
        return f"{names} cannot be changed in place: {lost}"

    def create(self, props: Mapping[str, Any]) -> CreateResult:
        """Make the resource; what is half made is kept."""
        values = plain(props)
        call = self._call(values)
        with self._work(call, values, self._timeout("create", values)) as session:
            if wanted(values):
                made = adopt(self._kind, values, session)
            else:
                made = create(self._kind, values, session, self._process.owner(call, values))
            session.sum_up(self._status(made))
        self._release_later(call, made)
        return CreateResult(made.id, sealed(made.outputs, self._kind.derived))

    def read(self, resource_id: str, props: Mapping[str, Any]) -> ReadResult:
        """Return the resource as it is; one that is gone has no id."""
        values = plain(props)
        call = self._call(values)
        self._process.known.holds_id(call.urn or "", resource_id)
        with self._work(call, values, None) as session:
            found = read(self._kind, resource_id, values, session, self._process.owner(call, values))
        if found is None:
            return ReadResult("", {})
        return ReadResult(resource_id, sealed(found.outputs, self._kind.derived), found.inputs)

    def update(self, resource_id: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> UpdateResult:
        """Change the resource in place."""
        before, values = plain(olds), plain(news)
        call = self._call(before, values)
        self._process.known.holds_id(call.urn or "", resource_id)
        now = {**before, "connection": values.get("connection")}
        with self._work(call, now, self._timeout("update", values)) as session:
            made = update(self._kind, resource_id, before, values, session)
            session.sum_up(self._status(made))
        return UpdateResult(sealed(made.outputs, self._kind.derived))

    def delete(self, resource_id: str, props: Mapping[str, Any]) -> None:
        """Delete the resource."""
        values = plain(props)
        call = self._call(values)
        self._process.known.holds_id(call.urn or "", resource_id)
        with self._work(call, values, self._timeout("delete", values)) as session:
            delete(self._kind, resource_id, values, session)
            session.sum_up("deleted")

    def _status(self, made: Made) -> str:
        return str(made.outputs.get(self._kind.status_property) or "done")

    def _call(self, *props: Mapping[str, Any]) -> host.HostCall:
        """Return the engine's call as one that shows no secret of these properties."""
        return self._request().hiding(texts(*props))

    def _check_adoption(self, call: host.HostCall, inputs: Mapping[str, Any]) -> list[Fault]:
        """Return why the resource cannot be adopted; tell what the update after the adoption would change."""
        outputs = look(self._kind, inputs, self._session(call, inputs, None))
        if outputs is not None:
            changes = to_change(self._kind, inputs, outputs).updates
            later = f"; the next update would change {', '.join(changes)}" if changes else ""
            call.info(f"adopts {self._kind.noun} {inputs[ADOPT]} as it is{later}")
        return list(adoption_faults(self._kind, inputs, outputs))

    def _timeout(self, verb: str, values: Mapping[str, Any]) -> float:
        """Return how long a verb may take where ``custom_timeouts`` says nothing, in seconds."""
        return durations.parse((values.get("timeouts") or {}).get(verb)) or getattr(self._kind.timeouts, verb)

    @contextmanager
    def _work(
        self, call: host.HostCall, values: Mapping[str, Any], timeout: float | None
    ) -> Iterator[Session]:
        """Yield the call's session; turn what goes wrong into what the engine understands."""
        with _one_line(call, self._kind):
            yield self._session(call, values, call.timeout or timeout)

    def _session(self, call: host.HostCall, values: Mapping[str, Any], timeout: float | None) -> Session:
        return self._process.session(call, self._kind, values, timeout)

    def _surroundings(self, call: host.HostCall, values: Mapping[str, Any]) -> Surroundings:
        from ..aws.settings import default_region  # noqa: PLC0415 - see _session

        stack = self._process.configuration
        naming = call.autonaming
        return Surroundings(
            name=call.name or None,
            seed=call.random_seed,
            proposed_name=naming.name if naming else None,
            naming=naming.mode if naming else "propose",
            region=default_region(self._process.settings(values)),
            configured_region=stack.region,
            default_tags=stack.default_tags,
            ignored_tags=stack.ignored_tags,
            before=self._process.known.names(call.urn or "") if self._kind.tags else (),
        )

    def _release_later(self, call: host.HostCall, made: Made) -> None:
        """Take the claim off once the answer has left and the engine has had time to store it."""
        tags = self._kind.tags
        if tags is None or not made.outputs.get(CLAIMED):
            return

        def release() -> None:
            session = self._session(call.afterwards(), made.outputs, RELEASE_SECONDS)
            arn = made.outputs.get("datastore_arn")
            session.run(self._kind.workflows["untag"], {tags.arn: arn, tags.keys: [KEY]}, judged=False)

        call.on_answered(release)


RELEASE_SECONDS: Final = 60.0


def plain(props: Mapping[str, Any]) -> dict[str, Any]:
    """Return properties as plain values, without the serialised provider."""
    return {name: _plain(value) for name, value in props.items() if name != PROVIDER}


def _plain(value: Any) -> Any:
    """Return a value in which what a preview does not know is a text, and no object of Pulumi's."""
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


def _failure(fault: Fault, call: host.HostCall, values: Mapping[str, Any]) -> CheckFailure:
    """Return a fault as the engine tells it; it shows the value of the property that is named."""
    reason = masked(fault.reason, call.hidden)
    if fault.path in (values.get(SECRETS) or ()):
        return CheckFailure("", f"{fault.path} {reason}")
    return CheckFailure(fault.path, reason)


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
        call.refused(f"the provider itself failed: {type(error).__name__}: {error}; {_REPORT}")
