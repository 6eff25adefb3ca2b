"""The released waves of the results' tests."""

from tests.results.conftest import county as county
from tests.results.conftest import two_waves as two_waves
