"""The levels of a unit, apart from the models, so that what a role gives can name them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """The level of a unit."""

    COUNTY = "county", _("fylke")
    REGION = "region", _("region")
    MUNICIPALITY = "municipality", _("kommune")
    SCHOOL = "school", _("skole")
    KINDERGARTEN = "kindergarten", _("barnehage")
    GROUP = "group", _("klasse")
    DEPARTMENT = "department", _("avdeling")
