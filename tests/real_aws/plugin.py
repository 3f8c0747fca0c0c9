"""The switch that points the end-to-end tests at a real AWS account: ``pytest --real-aws=ACCOUNT_ID``.

Off by default. With it, only the tests marked ``live`` run, one after the other; what they make, what that
costs and how it is cleaned up is said first.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pytest

from sandbox.conformance.account import PRICES, TAG, Export, RealAccount, reach
from sandbox.errors import AccountError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sandbox.aws import Sandbox
    from tests.real_aws.account import Account

_ACCOUNT: Final = pytest.StashKey[RealAccount]()
_SAID: Final = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the switch and what goes with it."""
    group = parser.getgroup("real AWS")
    group.addoption(
        "--real-aws",
        metavar="ACCOUNT_ID",
        help="run the live tests in this AWS account, which costs money; --collect-only only says how much",
    )
    group.addoption(
        "--real-aws-export",
        metavar="S3_URI,KEY,ROLE_ARN",
        help="where live tests may export to; without it those that export are left out",
    )
    group.addoption(
        "--real-aws-sweep",
        action="store_true",
        help="run nothing; delete the stores that killed runs have left in the account",
    )


def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Sweep instead of testing, where that is asked for."""
    if not config.getoption("--real-aws-sweep"):
        return None
    account = _account(config)
    swept = replace(account, run=None).sweep() if account else []
    for line in [f"deleted: {store.service} {store.id} {store.name}" for store in swept]:
        print(line)  # noqa: T201 - nothing of pytest's runs that could report it
    return 0


def pytest_configure(config: pytest.Config) -> None:
    """Take the switch, once it is sure that it means the account that the credentials lead to."""
    config.addinivalue_line(
        "markers", "live(lake, images, export): runs in a real account too; how many stores it makes there"
    )
    account = _account(config)
    if account is not None:
        config.stash[_ACCOUNT] = account


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests that can run in the account, and note what is to be said."""
    account = config.stash.get(_ACCOUNT, None)
    if account is None:
        return
    reasons = {item: _why_not(config, item) for item in items}
    chosen = [item for item in items if not reasons[item]]
    config.hook.pytest_deselected(items=[item for item in items if reasons[item]])
    items[:] = chosen
    for item in chosen:
        item.add_marker(pytest.mark.timeout(0))  # a store alone takes half an hour
    config.stash[_SAID] = [*_announcement(account, chosen), *_left_out(list(reasons.values()))]


def pytest_collection_finish(session: pytest.Session) -> None:
    """Say what is to be made and what killed runs have left, before anything is made."""
    account = session.config.stash.get(_ACCOUNT, None)
    if account is not None:
        reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
        for line in [*session.config.stash[_SAID], *_leftovers(replace(account, run=None))]:
            reporter.write_line(line)


@pytest.fixture
def real_account(pytestconfig: pytest.Config) -> Iterator[RealAccount | None]:
    """The real account where the tests are pointed at one; empty of what a test made, once it is over."""
    account = pytestconfig.stash.get(_ACCOUNT, None)
    yield account
    if account is not None:
        account.sweep()


@pytest.fixture
def account(request: pytest.FixtureRequest, real_account: RealAccount | None) -> Account:
    """An account to test in: the sandbox's, or the real one."""
    if real_account is not None:
        return real_account
    sandbox: Sandbox = request.getfixturevalue("cloud")
    return sandbox


@pytest.fixture
def export(pytestconfig: pytest.Config) -> Export:
    """Where to export to."""
    given = pytestconfig.getoption("--real-aws-export")
    return Export(*given.split(",")) if given else Export()


def _account(config: pytest.Config) -> RealAccount | None:
    """Return the account that the switch names; None where it is off.

    Raises:
        pytest.UsageError: It cannot be taken: the credentials are those of another account, or of none.
    """
    wanted = config.getoption("--real-aws")
    if wanted is None:
        if config.getoption("--real-aws-sweep") or config.getoption("--real-aws-export"):
            raise pytest.UsageError("--real-aws-sweep and --real-aws-export go with --real-aws=ACCOUNT_ID")
        return None
    if config.getoption("numprocesses", None) or hasattr(config, "workerinput"):
        raise pytest.UsageError("--real-aws runs one test after the other: leave -n out")
    try:
        return reach(wanted)
    except AccountError as error:
        raise pytest.UsageError(f"--real-aws={error}") from None


def _why_not(config: pytest.Config, item: pytest.Item) -> str:
    """Return why a test is left out in a real account, or an empty string."""
    marker = item.get_closest_marker("live")
    if marker is None:
        return "as only the emulator has faults, forced statuses, a clock to turn, a journal"
    engine = getattr(item, "callspec", None)
    if engine is not None and engine.params.get("make_engine") is not _engine():
        return "as the pulumi CLI is taken where it is on PATH, else the sandbox's engine"
    if marker.kwargs.get("export") and not config.getoption("--real-aws-export"):
        return "as they export, and --real-aws-export does not say where to"
    return ""


def _engine() -> Any:
    from tests.e2e.harness import PulumiCli, SandboxEngine  # noqa: PLC0415 - only where it is wanted

    return PulumiCli if PulumiCli.found() else SandboxEngine


def _announcement(account: RealAccount, chosen: Sequence[pytest.Item]) -> Iterator[str]:
    """Yield what is going to happen, and at what cost."""
    markers = [marker for item in chosen if (marker := item.get_closest_marker("live"))]
    lake, images = (sum(marker.kwargs.get(name, 0) for marker in markers) for name in ("lake", "images"))
    where = f"account {account.id}, region {account.region}"
    yield f"REAL AWS, {where}; tests, one after the other: {len(chosen)}"
    yield f"  HealthLake stores to be made (15 to 30 minutes each): {lake}, at most 2 at a time"
    yield f"  HealthImaging stores to be made (2 minutes each): {images}, at most 2 at a time"
    yield f"  cost: a HealthLake store is billed for every hour that it exists; see {PRICES}"
    yield (
        "  clean-up: each test destroys its stack, then deletes every store with the tag "
        f"{TAG}={account.run}; what exports wrote stays in the bucket"
    )


def _left_out(reasons: Sequence[str]) -> Iterator[str]:
    for reason in sorted({*reasons} - {""}):
        yield f"  left out, {reason}: {reasons.count(reason)}"


def _leftovers(everyones: RealAccount) -> Iterator[str]:
    for store in everyones.stores():
        yield f"  left by a killed run, and billed; --real-aws-sweep deletes it: {store.service} {store.id}"
