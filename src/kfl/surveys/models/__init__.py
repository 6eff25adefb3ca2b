"""What a survey consists of: questionnaires in versions, and waves with their frozen tree."""

from .erasures import ErasureRequest as ErasureRequest
from .extensions import Extension as Extension
from .letters import LetterFacts as LetterFacts
from .questionnaires import Favourable as Favourable
from .questionnaires import Item as Item
from .questionnaires import Questionnaire as Questionnaire
from .questionnaires import QuestionnaireVersion as QuestionnaireVersion
from .questionnaires import Scale as Scale
from .rehearsals import Rehearsal as Rehearsal
from .reminders import MailState as MailState
from .reminders import Reminder as Reminder
from .reminders import ReminderMail as ReminderMail
from .reminders import ReminderOptOut as ReminderOptOut
from .reminders import ReminderRules as ReminderRules
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
