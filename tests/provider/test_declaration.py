"""What a declaration makes of a resource: its type token, and the options that name its properties."""

from __future__ import annotations

import asyncio
from types import new_class
from typing import Any, Generic, TypeVar

import pulumi
import pytest
from pulumi.runtime import mocks

from provider import ArazzoWorkflow, HealthImagingDatastore, HealthLakeDatastore, HealthLakeExport
from provider.errors import ProviderError
from provider.kinds.paths import nearest, parse, reach

RESOURCES = [ArazzoWorkflow, HealthImagingDatastore, HealthLakeDatastore, HealthLakeExport]

T = TypeVar("T")


class Mixin:
    """Something of a team's own, with a keyword of its own."""

    def __init_subclass__(cls, house: str = "", **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        cls.house = house  # type: ignore[attr-defined]  # of the mixin


class DynamicMixin(pulumi.dynamic.Resource):
    """A mixin that is a dynamic resource itself."""


def token(of: type) -> str:
    return f"pulumi-python:{of._resource_type_name}"  # type: ignore[attr-defined]  # the SDK's


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_subclass_keeps_the_type_token_of_its_parent(resource: Any) -> None:
    plain = type("Plain", (resource,), {})
    mixed = type("Mixed", (Mixin, plain), {}, house="ours")
    dynamic = type("Dynamic", (DynamicMixin, resource), {})
    generic = new_class("Generic", (resource, Generic[T]))  # type: ignore[index]  # T is a type variable
    for each in (plain, mixed, dynamic, generic, type("Below", (mixed,), {})):
        assert token(each) == f"pulumi-python:dynamic/health:{resource.__name__}"


def test_a_subclass_with_keywords_of_its_own_has_their_type_token() -> None:
    class Own(HealthLakeDatastore, module="house", name="Lake"):
        pass

    class Below(Own):
        pass

    assert token(Own) == token(Below) == "pulumi-python:dynamic/house:Lake"


WRONG = [
    ("ignore_changes", "kmsKeyArn", "'kms_key_arn'"),
    ("ignore_changes", "kms_key", "'kms_key_arn'"),
    ("replace_on_changes", "datastoreName", "'datastore_name'"),
    ("additional_secret_outputs", "datastoreArn", "'datastore_arn'"),
    ("ignore_changes", '["tag"].a', "'tags'"),
    ("ignore_changes", "timeouts.creation", "'timeouts.create'"),
    ("ignore_changes", "connection.roleArn", "'connection.role_arn'"),
]
RIGHT = ["kms_key_arn", "tags.anyKey", 'tags["a.b"]', "*", "datastore_arn", "connection.role_arn"]


@pytest.fixture(autouse=True)
def _program() -> None:
    asyncio.set_event_loop(asyncio.new_event_loop())  # a test before may have taken it away
    mocks.set_mocks(Nothing())


class Nothing(mocks.Mocks):
    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        return args.name, dict(args.inputs)

    def call(self, _args: mocks.MockCallArgs) -> tuple[dict[Any, Any], None]:
        return {}, None


def options(name: str, value: list[str]) -> pulumi.ResourceOptions:
    opts = pulumi.ResourceOptions()
    setattr(opts, name, value)
    return opts


@pytest.mark.parametrize(("option", "name", "meant"), WRONG)
def test_an_option_that_names_no_property_is_an_error(option: str, name: str, meant: str) -> None:
    opts = options(option, ["tags", name])
    with pytest.raises(ProviderError) as raised:
        HealthImagingDatastore("images", opts=opts)
    assert f"images: {option} names {name!r}" in str(raised.value)
    assert str(raised.value).endswith(f"did you mean {meant}?")
    assert isinstance(raised.value, pulumi.RunError)


def test_fields_of_nested_arguments_are_known() -> None:
    class House(HealthLakeDatastore):
        """A subclass with a constructor of its own."""

        def __init__(self, name: str, **arguments: Any) -> None:
            super().__init__(name, **arguments)

    path = "sse_configuration.kms_encryption_config.kmsKeyId"
    with pytest.raises(
        ProviderError, match=r"did you mean 'sse_configuration.kms_encryption_config.kms_key_id'"
    ):
        House("records", opts=pulumi.ResourceOptions(ignore_changes=[path]))


@pytest.mark.parametrize("option", ["ignore_changes", "replace_on_changes", "additional_secret_outputs"])
def test_an_option_may_name_every_property(option: str) -> None:
    HealthImagingDatastore("images", opts=options(option, RIGHT))


def test_paths_are_read_as_pulumi_writes_them() -> None:
    assert parse('tags["a.b"].c[0].*') == ("tags", "a.b", "c", "0", "*")
    assert parse(r'["a\"b"]') == ('a"b',)
    value = {"tags": {"a.b": "1"}, "list": [{"x": 2}]}
    assert reach('tags["a.b"]', value) == "1"
    assert reach("list[0].x", value) == 2
    assert reach("list[7].x", value) is None
    assert reach("tags.*", value) == {"a.b": "1"}
    assert nearest("kmsKeyArn", ["kms_key_arn", "tags"]) == "kms_key_arn"
