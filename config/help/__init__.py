"""The users' guides of docs/users, read once and shown as pages of help."""
