"""Taking a pupil's answers out of a closed wave."""
