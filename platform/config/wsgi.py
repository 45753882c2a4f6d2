"""The pages, one request a thread. What is served is config.asgi: these behind the front."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from overread.accounts.services import demo_accounts_refuse  # noqa: E402  (needs the application)

demo_accounts_refuse()
