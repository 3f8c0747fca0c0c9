"""One call of the engine to a provider's method, with all that the request holds."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NoReturn

from google.protobuf import json_format

from ...engine.call import Autonaming, EngineCall, stored_inputs
from ...engine.cancellation import ENGINE_GONE, Cancellation
from ...engine.failures import cut
from ...engine.log import EngineLog, NoEngineError
from ...verbs.secrets import masked
from . import cancellation, failures, internals
from .cancellation import PROCESS
from .engine import ENGINE
from .internals import MissingPartError, Servicing
from .part import Part, warn_missing

_MODES: Final[tuple[Literal["propose", "enforce", "disable"], ...]] = ("propose", "enforce", "disable")


@dataclass(frozen=True, slots=True)
class HostCall(EngineCall):
    """A call of the engine; outside a host everything is None or empty, and nothing ever cancels it.

    Attributes:
        log: Where messages go: the engine that started this host.
        method: ``check``, ``diff``, ``create``, ``read``, ``update``, ``delete``.
        type: The resource's type token.
        preview: Whether the engine only asks what would happen.
        old_inputs: The inputs in the state (diff, update and read only), or None where the engine sends
            none.
        ignore_changes: Property paths to leave alone (diff and update only).
    """

    log: EngineLog = field(default=ENGINE, repr=False, compare=False)
    method: str | None = None
    type: str | None = None
    preview: bool | None = None
    old_inputs: Mapping[str, Any] | None = field(default=None, repr=False)
    ignore_changes: tuple[str, ...] = ()
    _servicing: Servicing | None = field(default=None, repr=False, compare=False)

    def refused(self, message: str) -> NoReturn:
        """Fail this call with one line and no traceback.

        Raises:
            RefusedError: Always; let it leave the provider's method.
        """
        self._keep_traceback()
        message = cut(masked(message, self.hidden))
        if self._servicing is not None:
            try:
                failures.refuse(self._servicing, message)
            except MissingPartError as error:
                warn_missing(Part.ERRORS, error)
        raise failures.RefusedError(message) from None

    def initialization_failed(
        self,
        id: str,  # noqa: A002 - Pulumi's name for it
        outputs: Mapping[str, Any],
        reasons: Sequence[str],
        inputs: Mapping[str, Any] | None = None,
    ) -> NoReturn:
        """Fail this call and keep the resource in the state as not initialised; the next ``up`` updates it.

        Args:
            id: The resource's id.
            outputs: All outputs so far as plain JSON values, without ``__provider``.
            reasons: What the user sees, a line each.
            inputs: The inputs to store (the engine takes them from a read only).

        Raises:
            InitializationFailedError: Always; let it leave the provider's method.
        """
        self._keep_traceback()
        shown = [cut(masked(reason, self.hidden)) for reason in reasons]
        failure = failures.InitializationFailedError(id, outputs, shown, inputs)
        if self._servicing is not None:
            try:
                failures.keep(self._servicing, failure)
            except MissingPartError as error:
                warn_missing(Part.ERRORS, error)
        raise failure from None

    def _keep_traceback(self) -> None:
        if internals.debugging():
            ENGINE.send("INFO", self.urn or "", masked(traceback.format_exc(), self.hidden))


def current_call() -> HostCall:
    """Return the call that the running provider method answers; call it from that method or below it.

    The first call in a host also starts to listen for Cancel and SIGINT.
    """
    try:
        servicing = internals.servicing()
    except MissingPartError as error:
        if internals.in_stock_host():
            warn_missing(Part.REQUEST, error)
        return HostCall()
    cancellation.listen()
    call = _view(servicing)
    _cancel_when_abandoned(servicing, call.cancellation)
    return call


def function_call(urn: str) -> HostCall:
    """Return the call of a function that is about a resource."""
    _, name = _types_and_name(urn)
    return HostCall(method="invoke", urn=urn, name=name, cancellation=PROCESS.new())


def reachable() -> dict[str, bool]:
    """Say which parts of the host can be reached from the running provider method, by the part's name."""

    def probe(check: Callable[[], object]) -> bool:
        try:
            check()
        except (MissingPartError, NoEngineError):
            return False
        return True

    checks: dict[Part, Callable[[], object]] = {
        Part.REQUEST: internals.servicing,
        Part.ANSWER: lambda: internals.was_answered(internals.servicing().context),
        Part.MESSAGES: ENGINE.reachable,
        Part.ERRORS: lambda: failures.check_failing(internals.servicing()),
        Part.CANCEL: lambda: internals.handlers(internals.server()),
        Part.INTERRUPT: internals.server,
        Part.FUNCTIONS: lambda: internals.handlers(internals.server()),
        Part.THREADS: lambda: internals.thread_pool(internals.server()),
    }
    return {part.name.lower(): probe(check) for part, check in checks.items()}


def _view(servicing: Servicing) -> HostCall:
    asked: Any = servicing.request
    urn = str(getattr(asked, "urn", ""))
    types, name = _types_and_name(urn)
    return HostCall(
        method=internals.method(asked),
        urn=urn,
        name=getattr(asked, "name", "") or name,
        type=getattr(asked, "type", "") or types.rpartition("$")[2],
        timeout=float(getattr(asked, "timeout", 0.0)) or None,
        preview=bool(getattr(asked, "preview", False)),
        random_seed=bytes(getattr(asked, "randomSeed", b"")) or None,
        autonaming=_autonaming(asked),
        old_inputs=_old_inputs(asked),
        ignore_changes=tuple(getattr(asked, "ignoreChanges", ())),
        cancellation=PROCESS.new(),
        _servicing=servicing,
    )


def _old_inputs(asked: Any) -> Mapping[str, Any] | None:
    stored = stored_inputs(asked)
    return None if stored is None else json_format.MessageToDict(stored)


def _types_and_name(urn: str) -> tuple[str, str]:
    """Take ``urn:pulumi:stack::project::parent$type::name`` apart; only the name may hold ``::``."""
    parts = urn.split("::", 3)
    return (parts[2], parts[3]) if len(parts) == 4 else ("", "")  # noqa: PLR2004 - the parts named above


def _autonaming(asked: Any) -> Autonaming | None:
    if "autonaming" not in asked.DESCRIPTOR.fields_by_name or not asked.HasField("autonaming"):
        return None
    return Autonaming(asked.autonaming.proposed_name, _MODES[asked.autonaming.mode])


def _cancel_when_abandoned(servicing: Servicing, of_call: Cancellation) -> None:
    """Cancel a call that ends without an answer: the engine was killed, or the connection broke."""

    def ended() -> None:
        if not internals.was_answered(servicing.context):
            of_call.cancel(ENGINE_GONE)

    try:
        internals.was_answered(servicing.context)
    except MissingPartError as error:
        warn_missing(Part.ANSWER, error)
        return
    if not servicing.context.add_callback(ended):
        of_call.cancel(ENGINE_GONE)
