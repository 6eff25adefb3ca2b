"""What happens here that other rooms may want to do something about."""

from kfl.core.happenings import declare

declare("wave.closed", carries=("wave",), what="a wave is closed: answers are shuffled, codes and keys are gone")
