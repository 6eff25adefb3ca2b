"""What a section says, for tests."""

from __future__ import annotations

from kfl.documents.blocks import Paragraph, Points, Section


def words_of(section: Section) -> str:
    """Its sentences and points."""
    texts = [block.text for block in section.blocks if isinstance(block, Paragraph)]
    return "\n".join([*texts, *(line for block in section.blocks if isinstance(block, Points) for line in block.lines)])
