"""The examples in the docstrings of kfl.stats give what they say."""

import doctest
import importlib
import pkgutil

import pytest

import kfl.stats

MODULES = [module.name for module in pkgutil.walk_packages(kfl.stats.__path__, "kfl.stats.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_public_names_exist():
    assert all(hasattr(kfl.stats, name) for name in kfl.stats.__all__)
    assert sorted(kfl.stats.__all__) == kfl.stats.__all__
