"""What a browser may send about questionnaires."""
