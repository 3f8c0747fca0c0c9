"""A request's way through the emulated account: fault, signature, permissions, rate, validation, operation.

Who may not do something is told so first, and spends no rate. AWS documents no order; this one is inferred
from what a request has to be known for.
"""

from __future__ import annotations

import functools
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from moto.core.request import Request

from . import arns, persistence
from .call import READS, Call
from .clock import Clock, SystemClock, Timeline
from .errors import ServiceError, throttled
from .faults import BEFORE, Fault, strike
from .journal import Entry, Journal, attempt, sent_parameters
from .limits import Bucket, rate_of
from .operations import PACKAGES, Operation, emulated
from .past import Past
from .permissions import guard
from .schedule import settle
from .signing import ANONYMOUS, KEYS, Key, authenticate
from .state import ACCOUNT, World
from .wire import Answer, Route, Service

_service = functools.cache(Service)
"""A service's protocol holds no state, and takes long to be read from its model."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the caller gets: an answer, or (None) a broken connection; ``delay`` seconds later."""

    answer: Answer | None
    delay: float = 0.0
    fault: str | None = None


class Cloud:
    """One emulated AWS account with its services.

    Attributes:
        world: Its state; to be touched under ``lock`` only, and settled before it is read.
        journal: The requests so far; under ``lock`` too.
    """

    def __init__(
        self,
        *,
        speed: float = 1.0,
        clock: Clock | None = None,
        state_file: Path | None = None,
        new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
        packages: Mapping[str, ModuleType] = PACKAGES,
    ) -> None:
        """Start an account, or go on with the one in the state file.

        Args:
            speed: Sandbox seconds that pass in one second of the clock.
            clock: What tells the time; the machine's clock by default.
            state_file: Where the account outlives the sandbox; nowhere by default.
            new_id: Makes an id of 32 lower-case hexadecimal digits.
            packages: What emulates each service, by botocore's name of it.

        Raises:
            StateFileError: The state file cannot be read or written.
        """
        self.clock = clock or SystemClock()
        self.lock = threading.RLock()
        self.journal = Journal()
        self.new_id = new_id
        self._state_file = state_file
        self.packages = packages
        self._services = {name: _service(name) for name in packages}
        self._operations = {
            name: emulated(packages[name], service.model.operation_names)
            for name, service in self._services.items()
        }
        self.world = self._load(speed)
        self.past = Past()
        self.save()  # a file that cannot be written is better known now than at the first request

    def _load(self, speed: float) -> World:
        now = self.clock.now()
        found = persistence.load(self._state_file) if self._state_file else None
        if found is None:
            return World(Timeline.starting(now, speed))
        found.timeline.accelerate(now, speed)
        return found

    def now(self) -> float:
        """Return the sandbox time."""
        return self.world.timeline.at(self.clock.now())

    def remember(self) -> None:
        """Note what the account is from now on, for reads that lag behind; call it under the lock."""
        if self.world.settings.lag > 0:
            self.past.keep(self.world, self.now())
        else:
            self.past.forget()

    def save(self) -> None:
        """Write the state file, if there is one; call it under the lock."""
        self.remember()
        if self._state_file:
            persistence.save(self._state_file, self.world)

    def handle(self, request: Request, body: bytes) -> Outcome:
        """Carry out one request."""
        service = self._service_of(request)
        route: Route | None = None
        try:
            route = service.route(request)
            outcome = self._handle_operation(service, route, request, body)
        except ServiceError as error:
            outcome = Outcome(service.refuse(error))
        self._record(service, route, request, body, outcome)
        return outcome

    def _service_of(self, request: Request) -> Service:
        """Tell the service by the protocol; the signature's scope has to agree with it later."""
        target = request.headers.get("X-Amz-Target")
        if target is not None:
            found = (service for service in self._services.values() if service.is_target_of(target))
            return next(found, self._services["healthlake"])
        if request.mimetype != "application/x-www-form-urlencoded":
            return self._services["medical-imaging"]
        signed = request.headers.get("Authorization", "")
        forms = (service for service in self._services.values() if service.is_query)
        found = (service for service in forms if f"/{service.signing_name}/aws4_request" in signed)
        return next(found, self._services["sts"])

    def _handle_operation(self, service: Service, route: Route, request: Request, body: bytes) -> Outcome:
        operation = str(route.operation.name)
        with self.lock:
            fault = strike(self.world.faults, service.name, operation)
        if fault and fault.kind in BEFORE:
            return _struck(fault, service, operation)
        try:
            answer = self._answer(service, route, request, body)
        except ServiceError as error:
            answer = service.refuse(error)
        if fault and fault.kind == "lose":
            return Outcome(None, fault=fault.kind)
        return Outcome(answer, fault.seconds if fault else 0.0, fault.kind if fault else None)

    def _answer(self, service: Service, route: Route, request: Request, body: bytes) -> Answer:
        operation = str(route.operation.name)
        now = SystemClock().now()
        signature = ANONYMOUS
        if route.operation.auth_type != "none":
            signature = authenticate(request, body, service.signing_name, now=now, find_key=self._find_key)
        if signature.access_key_id.startswith("DENIED"):
            raise _denied(service.name, operation, signature.access_key_id)
        function = self._function(service.name, operation)
        parameters = service.parse(route, request, body)
        with self.lock:
            call = self._call(service.name, operation, signature.region, parameters, signature.access_key_id)
            guard.check(call)
            self._throttle(service.name, operation, signature.region)
            service.check(route.operation, parameters)
            arns.check(call)
            result = function(call)
            if not operation.startswith(READS):
                self.save()
            return service.serialise(route.operation, result)

    def carry_out(
        self, service: str, operation: str, region: str, parameters: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Carry out, in nobody's name, an operation with parameters that fit it; call it under the lock.

        Raises:
            ServiceError: The operation refuses.
        """
        return self._function(service, operation)(self._call(service, operation, region, parameters))

    def _function(self, service: str, operation: str) -> Operation:
        function = self._operations[service].get(operation)
        if function is None:
            raise ServiceError(
                "NotEmulatedException",
                f"{operation} is an operation of {service} that this sandbox does not emulate",
                status=501,
            )
        return function

    def _call(
        self,
        service: str,
        operation: str,
        region: str,
        parameters: Mapping[str, Any],
        access_key_id: str = "",
    ) -> Call:
        now, world = self.now(), self.world
        settle(world, now)
        if access_key_id and operation.startswith(READS):
            now -= world.settings.lag
            world = self.past.at(world, now)
            settle(world, now)
        return Call(service, operation, region, parameters, world, now, self.new_id, access_key_id)

    def _find_key(self, access_key_id: str) -> Key | None:
        with self.lock:
            session = self.world.role_sessions.get(access_key_id)
            if session is None:
                return KEYS.get(access_key_id)
            return Key(session.secret, session.token, session.expires <= self.now())

    def _throttle(self, service: str, operation: str, region: str) -> None:
        if not self.world.settings.throttled:
            return
        rate, now = rate_of(service, operation), self.now()
        bucket = self.world.buckets.setdefault(f"{service}/{region}/{operation}", Bucket(rate.burst, now))
        if not bucket.take(now, rate):
            raise throttled()

    def _record(
        self, service: Service, route: Route | None, request: Request, body: bytes, outcome: Outcome
    ) -> None:
        scope = request.headers.get("Authorization", "").partition("Credential=")[2].split("/")
        with self.lock:
            self.journal.add(
                Entry(
                    number=self.journal.next_number(),
                    at=self.clock.now(),
                    service=service.name,
                    operation=str(route.operation.name) if route else None,
                    region=scope[2] if len(scope) > 2 else None,  # noqa: PLR2004  # key/date/region/...
                    parameters=sent_parameters(route, request, body),
                    attempt=attempt(request),
                    status=outcome.answer.status if outcome.answer else None,
                    code=outcome.answer.code if outcome.answer else None,
                    fault=outcome.fault,
                )
            )


def _struck(fault: Fault, service: Service, operation: str) -> Outcome:
    if fault.kind in {"hang", "reset"}:
        return Outcome(None, fault.seconds, fault.kind)
    errors = {
        "throttle": lambda: throttled(_retry_after(fault)),
        "error": lambda: ServiceError(fault.code, fault.message or "Internal failure", status=fault.status),
        "deny": lambda: _denied(service.name, operation, "sandbox"),
        "expire": lambda: ServiceError(
            "ExpiredTokenException", "The security token included in the request is expired"
        ),
    }
    return Outcome(service.refuse(errors[fault.kind]()), fault=fault.kind)


def _retry_after(fault: Fault) -> dict[str, str]:
    return {} if fault.retry_after is None else {"Retry-After": f"{fault.retry_after:g}"}


def _denied(service: str, operation: str, user: str) -> ServiceError:
    return ServiceError(
        "AccessDeniedException",
        f"User: arn:aws:iam::{ACCOUNT}:user/{user} is not authorized to perform: {service}:{operation}",
    )
