"""Reminders by e-mail, to all who may take part and have an address: nobody knows who has answered (RULES D.3)."""

from .optout import address_of_token as address_of_token
from .optout import has_opted_out as has_opted_out
from .optout import token_of as token_of
from .receivers import Receiver as Receiver
from .receivers import receivers_of as receivers_of
from .sending import FATES as FATES
from .sending import send_due as send_due
from .sending import wake as wake
