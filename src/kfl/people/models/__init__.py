"""What the county consists of: units with dated codes, groups, persons, roles, circles, and the audit log."""

from .audit_lines import AuditedRow, AuditLine
from .circles import Circle, Seat
from .imported_rosters import ImportedRoster
from .organisations import Organisation, OrganisationName
from .persons import Enrolment, Gender, Pupil, User
from .role_assignments import RoleAssignment
from .units import Scheme, Unit, UnitCode

__all__ = [
    "AuditLine",
    "AuditedRow",
    "Circle",
    "Enrolment",
    "Gender",
    "ImportedRoster",
    "Organisation",
    "OrganisationName",
    "Pupil",
    "RoleAssignment",
    "Scheme",
    "Seat",
    "Unit",
    "UnitCode",
    "User",
]
