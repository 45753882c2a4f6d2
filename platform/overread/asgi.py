"""What gunicorn serves: the pages behind the front."""

from overread.web.front import Front
from overread.wsgi import application as pages

application = Front(pages)
