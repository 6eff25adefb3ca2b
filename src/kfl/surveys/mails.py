"""The kinds of mail that this room sends; `core.mail` reads this module."""

from .waves import mails as mails
