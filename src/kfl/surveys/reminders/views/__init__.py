"""Pages of reminders and of links by mail."""
