"""What `kfl.disclosure` offers by name, also where it is fetched only when somebody asks."""

import pkgutil

import pytest

from kfl import disclosure


@pytest.mark.parametrize("name", disclosure.__all__)
def test_every_name_is_there(name: str) -> None:
    assert getattr(disclosure, name).__class__ is not type(disclosure)  # a thing, not a module


def test_what_is_fetched_is_offered_and_is_called_as_no_module() -> None:
    """Else the module would stand in the name's place as soon as somebody had imported it."""
    assert set(disclosure._MODULE_OF) < set(disclosure.__all__)
    assert not set(disclosure.__all__) & {module.name for module in pkgutil.iter_modules(disclosure.__path__)}


def test_an_unknown_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="decided"):
        disclosure.decided  # noqa: B018
