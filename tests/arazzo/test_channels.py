"""Steps on channels (Arazzo 1.1): refused without a caller for channels, carried out with one."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from provider.arazzo import Document, DocumentError, Message, Operation, Request, load, run, try_load
from provider.arazzo.protocol import MISSING
from provider.errors import InputError
from tests.arazzo.worlds import START, ScriptedCaller, VirtualClock

NEWER = Path(__file__).parents[1] / "cases" / "documents" / "newer.arazzo.yaml"


@dataclass
class Broker:
    """Keeps what is sent and gives what is asked for; a message that never comes takes all the time."""

    clock: VirtualClock
    messages: list[Message | None]
    sent: list[tuple[Operation, Request]] = field(default_factory=list)
    asked: list[tuple[str | None, Any]] = field(default_factory=list)

    def send(self, operation: Operation, request: Request) -> None:
        self.sent.append((operation, request))

    def receive(self, operation: Operation, request: Request, until: float | None) -> Message | None:
        self.asked.append((operation.channel, request.correlation_id))
        message = self.messages.pop(0)
        if message is None and until is not None:
            self.clock.sleep(until - self.clock.now())
        return message


def orders(**wait: Any) -> Document:
    """Return a document that sends an order and waits for its answer."""
    channel = "{$sourceDescriptions.events.url}#/channels/orders"
    send = {"stepId": "send", "channelPath": channel, "action": "send"}
    body = {"payload": {"id": "$inputs.id"}}
    found = {"n": "$message.payload.n", "sent": "$steps.send.outputs.id"}
    whole = {
        "arazzo": "1.1.0",
        "info": {"title": "Orders", "version": "1"},
        "sourceDescriptions": [{"name": "events", "url": "events.yaml", "type": "asyncapi"}],
        "workflows": [
            {
                "workflowId": "order",
                "steps": [
                    {**send, "requestBody": body, "outputs": {"id": "$message.payload.id"}},
                    {
                        "stepId": "wait",
                        "channelPath": channel,
                        "action": "receive",
                        "correlationId": "$inputs.id",
                        "dependsOn": ["send"],
                        "outputs": found,
                        **wait,
                    },
                ],
                "outputs": {"n": "$steps.wait.outputs.n", "sent": "$steps.wait.outputs.sent"},
            }
        ],
    }
    return load(yaml.safe_dump(whole, sort_keys=False), channels=True)


def play(document: Document, *messages: Message | None) -> tuple[Any, Broker]:
    clock = VirtualClock()
    broker = Broker(clock, list(messages))
    caller = ScriptedCaller([])
    result = run(
        document, inputs={"id": "o-1"}, caller=caller, channels=broker, clock=clock, random=lambda: 0.5
    )
    assert caller.calls == []
    return result, broker


def test_a_message_is_sent_and_its_answer_waited_for() -> None:
    result, broker = play(orders(), Message({"Via": "mq"}, {"n": 4}))
    assert (result.succeeded, dict(result.outputs)) == (True, {"n": 4, "sent": "o-1"})
    operation, request = broker.sent[0]
    assert (operation.action, operation.channel, request.body) == ("send", "/channels/orders", {"id": "o-1"})
    assert broker.asked == [("/channels/orders", "o-1")]


def test_a_message_that_does_not_come_fails_the_step_and_is_waited_for_once() -> None:
    result, broker = play(orders(timeout=6000), None)
    assert not result.succeeded
    assert "longer than its timeout of 6 s" in result.failure.why
    assert broker.clock.now() == START + 6
    assert len(broker.asked) == len(broker.sent) == 1


def test_without_a_timeout_the_caller_says_when_it_has_waited_enough() -> None:
    result, broker = play(orders(), None)
    assert result.failure.why == "no message came"
    assert len(broker.asked) == 1


def test_without_a_correlation_id_any_message_will_do() -> None:
    result, broker = play(orders(correlationId=""), Message({}, {"n": 1}))
    assert result.outputs["n"] == 1
    assert broker.asked[0][1] in ("", MISSING)


def test_a_document_with_steps_on_channels_is_refused_at_load_unless_they_are_welcome() -> None:
    with pytest.raises(DocumentError, match="the step 'confirm' is on a channel"):
        load(NEWER)
    document, faults = try_load(NEWER)
    assert document == load(NEWER, channels=True)
    assert [fault.code for fault in faults] == ["on-channel", "on-channel"]


def test_a_run_without_a_caller_for_channels_begins_nothing() -> None:
    caller = ScriptedCaller([])
    with pytest.raises(InputError, match="the step send is on a channel") as refused:
        run(orders(), caller=caller, clock=VirtualClock(), inputs={"id": "x"})
    assert (refused.value.place.workflow, refused.value.place.step) == ("order", "send")
    assert caller.calls == []
