"""What a survey consists of: waves with their frozen tree, codes, consent, counts, letters and reminders."""

from .consent_lists import ImportedConsents as ImportedConsents
from .counts import FollowedNode as FollowedNode
from .counts import NightlyCount as NightlyCount
from .erasures import ErasureRequest as ErasureRequest
from .extensions import Extension as Extension
from .letters import LetterFacts as LetterFacts
from .link_keys import KnownLinkKey as KnownLinkKey
from .namesakes import Namesake as Namesake
from .rehearsals import Rehearsal as Rehearsal
from .reminders import Reminder as Reminder
from .reminders import ReminderRules as ReminderRules
from .reminders import RoundKind as RoundKind
from .waves import BroughtUnit as BroughtUnit
from .waves import Code as Code
from .waves import Collection as Collection
from .waves import Consent as Consent
from .waves import ConsentMode as ConsentMode
from .waves import ConsentState as ConsentState
from .waves import Invited as Invited
from .waves import NodeKind as NodeKind
from .waves import Wave as Wave
from .waves import WaveForm as WaveForm
from .waves import WaveNode as WaveNode
from .waves import WaveState as WaveState
from .waves import WaveUnit as WaveUnit
