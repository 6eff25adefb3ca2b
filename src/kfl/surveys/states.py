"""The lives of this room's rows, for whoever asks for all of them; each topic has its own `states`."""

from .waves.states import BY_THE_CLOCK as BY_THE_CLOCK
from .waves.states import LIFE as LIFE
