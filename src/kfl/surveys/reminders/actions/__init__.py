"""What can happen to reminders and to links by mail."""
