"""What can be wrong with what is asked for; what is wrong with a file is told by `kfl.tables.WrongFile`."""


class AnalysisError(ValueError):
    """The analysis cannot be done as asked; nothing was written."""


class WrongOption(AnalysisError):
    """An option names something that is not there, or asks for what cannot be done."""
