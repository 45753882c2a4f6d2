"""What gunicorn serves: the pages behind the front."""

import gc

from config.wsgi import application as pages
from overread.web.front import Front

application = Front(pages)
gc.freeze()  # what is imported stays: no collection looks through it again
