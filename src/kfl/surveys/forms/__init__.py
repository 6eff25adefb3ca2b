"""What a browser may send to the surveys room."""

from .help_text import HelpForm as HelpForm
from .letters import LetterForm as LetterForm
from .lists import ListForm as ListForm
from .questionnaires import ItemForm as ItemForm
from .questionnaires import NewQuestionnaireForm as NewQuestionnaireForm
from .questionnaires import ScaleForm as ScaleForm
from .questionnaires import TitleForm as TitleForm
from .questionnaires import VersionForm as VersionForm
from .reminders import RulesForm as RulesForm
from .waves import ExtendForm as ExtendForm
from .waves import ExtendUnitForm as ExtendUnitForm
from .waves import FormsForm as FormsForm
from .waves import NewWaveForm as NewWaveForm
from .waves import RehearsalForm as RehearsalForm
from .waves import UnitsForm as UnitsForm
from .waves import WindowForm as WindowForm
