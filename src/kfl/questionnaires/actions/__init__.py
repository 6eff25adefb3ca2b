"""What can happen to questionnaires."""

from .editing import copy_questionnaire as copy_questionnaire
from .editing import create_questionnaire as create_questionnaire
from .editing import delete_item as delete_item
from .editing import delete_scale as delete_scale
from .editing import edit_version as edit_version
from .editing import move_item as move_item
from .editing import move_scale as move_scale
from .editing import next_version as next_version
from .editing import save_item as save_item
from .editing import save_scale as save_scale
from .media import set_media as set_media
from .standard import add_new_standard_questionnaires as add_new_standard_questionnaires
from .standard import load_standard_questionnaires as load_standard_questionnaires
