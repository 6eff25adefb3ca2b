"""What is told of adults' answering while a wave is open: where, and as it was each night."""

from __future__ import annotations

from django.db import models

from kfl.people.found import Plumbing
from kfl.people.scoping import ScopedManager

from .waves import WaveForm, WaveNode


class FollowedNode(models.Model):
    """A node whose number of adults' sheets may be told. Decided once, when the wave opens, on the invited alone."""

    node = models.ForeignKey(WaveNode, models.CASCADE, related_name="followed")
    form = models.ForeignKey(WaveForm, models.CASCADE, related_name="followed")
    invited = models.PositiveIntegerField()  # at the node and below it, when the wave opened

    plumbing = Plumbing()
    objects = ScopedManager("node__unit")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["node", "form"], name="followed_once_a_node_and_form")]

    class Privacy:
        open = {"id", "node", "form", "invited"}
        personal: set[str] = set()
        sealed: set[str] = set()

    def __str__(self) -> str:
        return f"{self.node}: {self.form}"


class NightlyCount(models.Model):
    """The number that is told of a followed node from one night to the next; kept, so that it can be audited."""

    place = models.ForeignKey(FollowedNode, models.CASCADE, related_name="nights")
    taken_at = models.DateTimeField()
    told = models.PositiveIntegerField()  # in steps, never everybody, never less than the night before

    plumbing = Plumbing()
    objects = ScopedManager("place__node__unit")

    class Meta:
        ordering = ["place", "taken_at"]
        constraints = [models.UniqueConstraint(fields=["place", "taken_at"], name="one_count_a_night")]

    class Privacy:
        open = {"id", "place", "taken_at", "told"}
        personal: set[str] = set()
        sealed: set[str] = set()

    def __str__(self) -> str:
        return f"{self.place}: {self.told}"
