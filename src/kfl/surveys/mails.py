"""The kinds of mail that this room sends; `core.mail` reads this module."""

from .reminders import sending as sending
from .waves import mails as mails
