"""Files that somebody gave us: kept under the digest of their bytes, reached only by the row that names it.

    page = Page(picture=files.keep(files.Content(kind, body)))        # in an action; `kind` by what is in the body
    return files.serve(page, page.picture)                            # in a view that has found the row for its reader

A row names its files in a `StoredFileField`, or several in a `StoredFilesField`; a file that no row names any more
goes after a day (`sweep`). There is no address of a file by itself, and none by a number.
"""

from .fields import StoredFileField as StoredFileField
from .fields import StoredFilesField as StoredFilesField
from .fields import digests_of as digests_of
from .file_kinds import Content as Content
from .file_kinds import FileKind as FileKind
from .file_kinds import UnusableFile as UnusableFile
from .serving import serve as serve
from .stored_files import keep as keep
from .stored_files import read as read
