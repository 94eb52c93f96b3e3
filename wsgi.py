"""Entry for WSGI servers and for ``flask --app wsgi``."""

from procurement import create_app

app = create_app()
