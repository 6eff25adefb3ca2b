"""Mail of the portal: written down where something happens, sent by the worker, each at most once.

    mail.post(mail.Outgoing(kind="surveys.reminder", to=address, about={"reminder": 3}, key="…", batch="…"))

A row of the outbox holds an address and what the mail is about, as keys. Its words are made when it is sent, by the
room that knows them (`letters`), so that a secret in them, a link, a code, is kept nowhere. A page answers as fast,
and in the same words, whether somebody has the address that was typed or not, and whether the mail server is there.
"""

from .letters import MailMessage as MailMessage
from .letters import letter as letter
from .outbox import NOBODY as NOBODY
from .outbox import Outgoing as Outgoing
from .outbox import is_taken as is_taken
from .outbox import look_again as look_again
from .outbox import post as post
from .outbox import written as written
from .sending import deliver_due as deliver_due
from .sending import is_private as is_private
from .sending import is_stuck as is_stuck
