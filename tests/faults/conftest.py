from tests.e2e.fixtures import make_engine

__all__ = ["make_engine"]
