"""Units with dated codes, groups, persons, roles, scopes, sign-in, audit."""
