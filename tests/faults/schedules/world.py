"""One account, one stack and what happens to both: carries schedules out and checks what must always hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from provider.kinds.hidden import RESUME
from provider.verbs.claims import KEY, Claim, Stage
from sandbox.aws import LAKE
from sandbox.errors import CommandError
from tests.faults.schedules.edits import EDITS, Facts
from tests.faults.schedules.programs import SORTS, STOCK, Declared, Program, fresh
from tests.faults.schedules.proxy import Trouble
from tests.faults.schedules.states import TYPE, Ended, Engine, Held, Run

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.aws import Control, StoreView
    from tests.faults.schedules.plans import Plan
    from tests.faults.schedules.proxy import Proxy

ORGANIZATION: Final = "organization"
_OVER: Final = frozenset({"DELETING", "DELETED"})
_TRIES: Final = 4
_KEPT: Final = 4
"""How many earlier programs an edit can go back to."""


class World:
    """What a schedule happens to.

    Args:
        engine: Carries out the runs.
        desk: Orders what the account does, and shows it.
        proxy: What is between both.
        sorts: The sorts of resources that programs declare.
    """

    def __init__(
        self, engine: Engine, desk: Control, proxy: Proxy, *, sorts: tuple[str, ...] = STOCK
    ) -> None:
        self._engine = engine
        self._desk = desk
        self._proxy = proxy
        self._sorts = {name: SORTS[name] for name in sorts}
        self.program: Program = {"a": fresh(sorts[0]), "b": fresh(sorts[-1])}
        self._history: list[Program] = []
        self._taken: set[str] = set()
        self._released: set[str] = set()
        self._ever: set[str] = set()
        desk.settings(stores=100)
        claim = Claim.of(ORGANIZATION, f"{self._urn('a', self.program['a'])} of others", "t")
        first = SORTS[self.program["a"].sort]
        claimed = desk.add_store(first.service, dict(first.create))
        desk.set_tags(claimed, claim.tags)
        unclaimed = [desk.add_store(sort.service, dict(sort.create)) for sort in self._sorts.values()]
        self._others = {claimed, *unclaimed}

    def play(self, plan: Plan) -> None:
        """Carry a schedule out, then let nothing go wrong any more, and see whether all comes right."""
        steps: dict[str, Callable[..., object]] = {
            "edit": self.edit,
            "run": self.run,
            "outside": self.outside,
            "wait": self.wait,
        }
        for step in plan:
            steps[step.do](**step.arguments)
            self._must_hold()
        self.finish()

    # What the user does

    def edit(self, how: str, which: int, to: int) -> None:
        """Edit the program, where that edit can be made."""
        if how == "revert":
            if self._history:
                self.program = self._history.pop()
            return
        edited = EDITS[how](self.program, which, to, self._facts())
        if edited is not None and edited != self.program:
            self._history = [*self._history[-_KEPT:], self.program]
            self.program = edited

    def run(
        self,
        command: str,
        *,
        stop: list[Any] | None = None,
        lies: Iterable[list[Any]] = (),
        faults: Iterable[list[Any]] = (),
        backend: tuple[str, int] = ("", 0),
        lag: float = 0,
        next: tuple[str, bool] | None = None,  # noqa: A002 - as it is printed
        must: bool = False,
    ) -> Ended:
        """Run a command of Pulumi's; its troubles end with it, and it ``must`` go well or may fail."""
        self._proxy.troubles = [Trouble(*lie) for lie in lies]
        for operation, kind, calls in faults:
            self._desk.fault(operation, kind, calls=calls)
        self._order(next)
        if lag:
            self._desk.settings(lag=lag)
        is_quiet = command == "up" and not (lies or faults or lag)
        before, survive, lost = self._living(), self._survivors(command), self._to_take_over()
        wanted = (stop[0], stop[1], stop[2]) if stop else None
        ended = self._engine.run(command, self.program, Run(wanted, *backend))
        self._proxy.troubles = []
        self._desk.clear_faults()
        self._desk.clear_orders()
        if lag:
            self._desk.settings(lag=0)
        gone = before - self._living()
        assert not gone & survive, (f"{command} deleted what is named", gone & survive, ended)
        assert ended.is_good or not must, ended
        if is_quiet and ended.is_good:
            self._must_be_complete(lost)
        self._released |= {each.id for each in self._managed if each.retained}
        return ended

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self._desk.advance(seconds)

    # What others do

    def outside(self, what: str, which: int) -> None:
        """Let somebody else do something to a store of the stack's."""
        mine = self._mine()
        if not mine:
            return
        store = mine[which % len(mine)]
        claim = {key: value for key, value in store.tags.items() if key == KEY}
        match what:
            case "take_away":
                self._taken.add(store.id)
                self._desk.force_status(store.id, "DELETED")
            case "remove":
                self._taken.add(store.id)
                self._desk.remove_store(store.id)
            case "retag":
                self._desk.set_tags(store.id, {"by": "others", **claim})
            case "tags_on":
                self._desk.set_tags(store.id, {**store.tags, "others": "on"})
            case "tags_off":
                self._desk.set_tags(store.id, claim)
            case "rename" if store.service == LAKE:
                self._desk.rename(store.id, "by-others")
            case "copy_claim" if self._is_bound(store):
                self._others.add(self._copy(store))

    def _copy(self, store: StoreView) -> str:
        sort = next(each for each in self._sorts.values() if each.service == store.service)
        copied = self._desk.add_store(sort.service, dict(sort.create))
        self._desk.set_tags(copied, {KEY: store.tags[KEY]})
        return copied

    def _order(self, event: tuple[str, bool] | None) -> None:
        """Let the next one of a sort fail, or never end."""
        orders: dict[tuple[str, bool], Callable[[], None]] = {
            ("create", True): self._desk.stick_next_create,
            ("create", False): self._desk.fail_next_create,
            ("update", True): self._desk.stick_next_update,
            ("update", False): self._desk.fail_next_update,
            ("delete", True): self._desk.stick_next_delete,
            ("delete", False): self._desk.fail_next_delete,
            ("export", True): lambda: self._desk.end_next_export("IN_PROGRESS"),
            ("export", False): lambda: self._desk.end_next_export("FAILED"),
        }
        if event is not None:
            orders[event[0], event[1]]()

    # What must always hold

    def _must_be_complete(self, lost: set[str]) -> None:
        """An up that nothing disturbed has taken over what was lost, and waited for what it made."""
        left = lost & {store.id for store in self._lost()}
        assert not left, ("made instead of taken over", left)
        held = {each.id for each in self._engine.held()}
        stores = [store for store in self._mine() if store.id in held]
        assert not [store for store in stores if store.status == "CREATING"]
        claims = [claim for store in stores if (claim := self._claim_on(store))]
        assert all(claim.stage is Stage.ANSWERED for claim in claims), ("answered without a mark", stores)
        self.program = {name: replace(each, aliases=()) for name, each in self.program.items()}

    def _to_take_over(self) -> set[str]:
        """Return the stores in the making that the next creations have to find."""
        owners = {
            self._owner(name, each)
            for name, each in self.program.items()
            if not each.adopts and self._held_as(name, each) is None
        }
        return {
            store.id
            for store in self._lost()
            if (claim := self._claim_on(store)) and claim.stage is Stage.MAKING and claim.owner in owners
        }

    def _must_hold(self) -> None:
        held = {each.id for each in self._engine.held()}
        mine = [store for store in self._mine() if store.status not in _OVER]
        for store in mine:
            owned = store.id in held | self._released or self._claim_on(store) is not None
            assert owned or store.status == "CREATE_FAILED", ("nobody owns", store)
        making = Counter(
            (claim.owner, claim.creation, claim.asked)
            for store in mine
            if store.id not in held and store.status != "CREATE_FAILED" and (claim := self._claim_on(store))
        )
        assert max(making.values(), default=0) <= 1, ("made twice", making)
        there = {store.id for store in self._desk.stores()}
        assert there >= self._others - self._adopted(), "others' are gone"

    def _survivors(self, command: str) -> set[str]:
        """Return the stores that a run must leave alone: others', and what the program names."""
        managed = {each.id for each in self._managed}
        survive = self._others - managed
        if command == "refresh":
            return survive | managed
        if command == "destroy":
            return survive
        for name, each in self.program.items():
            held = self._held_as(name, each)
            if each.adopts:
                survive.add(each.adopts)
            elif held is not None and not self._is_replaced(each, held):
                survive.add(held.id)
        return survive

    def _is_replaced(self, each: Declared, held: Held) -> bool:
        """Whether the program, or what has become of the store, asks for another one."""
        store = self._store(held.id)
        if store is None or store.status not in {"ACTIVE", "UPDATING", "CREATING"}:
            return True
        sort = SORTS[each.sort]
        statuses = sort.kind.statuses
        if (
            held.outputs.get(sort.kind.status_property)
            in statuses.failed | statuses.deleting | statuses.deleted
        ):
            return True
        changed = (name for name in sort.replacing if name not in each.ignored and name in each.props)
        return any(each.props[name] != held.outputs.get(name) for name in changed)

    # The end

    def finish(self) -> None:
        """Let nothing go wrong any more: some runs put everything right, and a destroy leaves nothing."""
        self._free()
        self._follow_the_errors()
        self._until_good("refresh")
        self._follow_the_errors()
        self._until_good("up")
        if any(each.adopts for each in self.program.values()):
            self._until_good("up")  # the first one takes a store as it is
        self._must_agree()
        preview = self._engine.run("preview", self.program, Run())
        assert preview.is_good, preview
        assert not preview.changes, ("a preview shows changes", preview)
        self._until_good("destroy")
        assert not self._engine.held()
        left = {store.id for store in self._mine()} - self._released
        assert not left, ("left after a destroy", left)
        self._must_hold()

    def _must_agree(self) -> None:
        """The state, the program and the cloud say the same, and no claim is left."""
        held = self._engine.held()
        assert {(each.urn, each.leaves) for each in held} == {
            (self._urn(name, each), False) for name, each in self.program.items()
        }
        for name, each in self.program.items():
            here = self._held_as(name, each)
            assert here is not None
            store = self._store(here.id)
            assert store is not None, (name, here)
            assert store.status == "ACTIVE", store
            assert KEY not in store.tags, ("a claim stays", name, store)
            assert RESUME not in here.outputs
            if each.props.get("tags") is not None and "tags" not in each.ignored:
                assert store.tags.items() >= each.props["tags"].items(), (each, store)
            self._must_be_exported(each, here)
        unowned = {store.id for store in self._mine()} - {each.id for each in held} - self._released
        assert not unowned, unowned

    def _must_be_exported(self, each: Declared, held: Held) -> None:
        wanted = each.props.get("export")
        if wanted is None or "export" in each.ignored:
            return
        jobs = {job.id: job for job in self._desk.jobs()}
        job = jobs[held.outputs["job_id"]]
        assert (job.status, job.store_id) == ("COMPLETED", held.id), job
        uri = job.config["OutputDataConfig"]["S3Configuration"]["S3Uri"]
        assert uri.startswith(wanted["output_s3_uri"]), job

    def _until_good(self, command: str) -> None:
        for _ in range(_TRIES):
            ended = self.run(command)
            self._must_hold()
            if ended.is_good:
                return
            self._desk.advance(600)
            self._follow_the_errors()
        raise AssertionError(f"no {command} goes well: {ended}")

    def _free(self) -> None:
        """Let what is stuck end as it should."""
        for store in self._desk.stores():
            if store.status == "DELETING":
                self._desk.remove_store(store.id)
            elif store.status in {"CREATING", "UPDATING"}:
                self._desk.force_status(store.id, "ACTIVE")
        for job in self._desk.jobs():
            if job.status == "IN_PROGRESS":
                self._desk.force_job_status(job.id, "COMPLETED")

    def _follow_the_errors(self) -> None:
        """Do what the errors, and `python -m provider claims`, tell the user to do."""
        owners = {
            self._owner(name, each)
            for name, each in self.program.items()
            if not each.adopts
            and ((held := self._held_as(name, each)) is None or self._is_replaced(each, held))
        }
        seen: set[str] = set()
        for store in self._lost():
            claim = self._claim_on(store)
            if claim is None:
                continue
            in_the_making = claim.stage is Stage.MAKING and claim.owner in owners - seen
            seen.add(claim.owner)
            if not in_the_making:
                self._desk.remove_store(store.id)
        there = {each.id for each in self._engine.held()} | self._living()
        for name, each in list(self.program.items()):
            if any(alias in self.program for alias in each.aliases):
                self.program[name] = replace(each, aliases=())
            elif each.adopts and each.adopts not in there:
                self.program[name] = each.bare()
            elif each.adopts:  # what only a new store could have is no longer asked of it
                sort = SORTS[each.sort]
                self.program[name] = replace(
                    each, props={key: value for key, value in each.props.items() if key not in sort.replacing}
                )

    # Views

    @property
    def _managed(self) -> list[Held]:
        return self._engine.held()

    def _facts(self) -> Facts:
        held = {each.id for each in self._managed}
        answered = {
            claim.owner: store.id
            for store in self._lost()
            if (claim := self._claim_on(store)) and claim.stage is Stage.ANSWERED
        }
        known = {name: self._held_as(name, each) for name, each in self.program.items()}
        return Facts(
            sorts=list(self._sorts),
            held={name: each.id for name, each in known.items() if each is not None},
            others={
                sort: sorted(
                    store.id
                    for store in self._desk.stores(service=each.service)
                    if store.id in self._others - held and store.status == "ACTIVE" and KEY not in store.tags
                )
                for sort, each in self._sorts.items()
            },
            answered={
                name: answered[owner]
                for name, each in self.program.items()
                if (owner := self._owner(name, each)) in answered
            },
        )

    def _mine(self) -> list[StoreView]:
        return [store for store in self._desk.stores() if store.id not in self._others | self._taken]

    def _living(self) -> set[str]:
        return {store.id for store in self._desk.stores() if store.status not in _OVER}

    def _lost(self) -> Iterator[StoreView]:
        held = {each.id for each in self._managed}
        return (store for store in self._mine() if store.id not in held and store.status not in _OVER)

    def _adopted(self) -> set[str]:
        """Others' stores that the stack has ever taken, so that it may delete them."""
        self._ever |= {each.id for each in self._managed}
        return self._ever | self._taken

    def _store(self, store_id: str) -> StoreView | None:
        try:
            return self._desk.store(store_id)
        except CommandError:
            return None

    def _held_as(self, name: str, each: Declared) -> Held | None:
        """Return what the state has under a resource's name, or a name that it had."""
        by_urn = {held.urn: held for held in self._managed if not held.leaves}
        urns = [self._urn(known, each) for known in (name, *each.aliases)]
        return next((by_urn[urn] for urn in urns if urn in by_urn), None)

    def _urn(self, name: str, each: Declared) -> str:
        return f"urn:pulumi:dev::faults::{TYPE}{each.sort}::{name}"

    def _owner(self, name: str, each: Declared) -> str:
        return Claim.of(ORGANIZATION, self._urn(name, each), "").owner

    def _is_bound(self, store: StoreView) -> bool:
        claim = self._claim_on(store)
        return claim is not None and bool(claim.store_id)

    @staticmethod
    def _claim_on(store: StoreView) -> Claim | None:
        """Return the claim of a store, unless it is a copy of another one's."""
        claim = Claim.parse(store.tags)
        return claim if claim is not None and claim.store_id in {"", store.id} else None
