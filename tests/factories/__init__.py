"""Plain valid rows, made by the services of their rooms."""
