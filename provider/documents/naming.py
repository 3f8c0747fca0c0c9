"""Services named by hand: what ``--service name=s3`` of the command line says of a document's sources."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..errors import InputError, Place
from ..models.services import EXTENSION
from ..nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..arazzo.model import Document, SourceDescription


def with_services(document: Document, pairs: Iterable[str]) -> Document:
    """Return a document whose sources, and those of the documents that it includes, mean the services given.

    Args:
        document: The document.
        pairs: ``name=service``: a source's name and botocore's name of the service.

    Raises:
        InputError: A pair has no service, or no source has its name.
    """
    services = dict(_split(pair) for pair in pairs)
    known = {source.name for each in _all(document) for source in each.sources}
    for name in services:
        if name not in known:
            place = Place(document=document.name)
            raise InputError(f"there is no source {name}", place=place, hint=did_you_mean(name, known))
    return _renamed(document, services) if services else document


def _split(pair: str) -> tuple[str, str]:
    name, separator, service = pair.partition("=")
    if not separator or not service:
        raise InputError(f"--service {pair} names no service", hint="write --service name=s3")
    return name, service


def _all(document: Document) -> Iterable[Document]:
    yield document
    for source in document.sources:
        yield from () if source.document is None else _all(source.document)


def _renamed(document: Document, services: Mapping[str, str]) -> Document:
    return replace(document, sources=tuple(_meaning(source, services) for source in document.sources))


def _meaning(source: SourceDescription, services: Mapping[str, str]) -> SourceDescription:
    inner = None if source.document is None else _renamed(source.document, services)
    extensions = source.extensions
    if source.name in services:
        extensions = {**extensions, EXTENSION: services[source.name]}
    return replace(source, extensions=extensions, document=inner)
