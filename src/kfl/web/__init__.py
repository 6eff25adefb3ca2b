"""Settings, URLs, ASGI, home page per role, navigation, health."""
