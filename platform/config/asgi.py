"""What gunicorn serves: the pages behind the front."""

from config.wsgi import application as pages
from overread.web.front import Front

application = Front(pages)
