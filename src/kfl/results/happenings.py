"""What happens here that other rooms may want to do something about."""

from kfl.core.happenings import declare

declare("wave.released", carries=("wave",), what="the results of a wave are made, and stand on their pages")
