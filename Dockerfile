# One image for the pages, the workers and the beat. See docker-compose.yml and docs/operator.md.
FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 \
    PYTHONPATH=/srv/platform:/srv DJANGO_SETTINGS_MODULE=config.settings OVERREAD_DATA=/data STATIC_ROOT=/srv/static \
    GOMP_SPINCOUNT=0 OMP_WAIT_POLICY=passive OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
WORKDIR /srv
# torch comes with CUDA from the default index. For a CPU-only host pass the index of its CPU builds:
#   docker compose build --build-arg PIP_INDEX_URL=... (or PIP_EXTRA_INDEX_URL)
ARG PIP_INDEX_URL
ARG PIP_EXTRA_INDEX_URL
COPY requirements.txt requirements-torch.txt ./
RUN pip install --no-deps --require-hashes -r requirements.txt && pip install -r requirements-torch.txt
COPY manage.py ./
COPY platform platform
COPY inference inference
COPY labeling labeling
COPY training training
COPY frontend frontend
COPY locale locale
RUN useradd --system --uid 10001 overread && mkdir /data /srv/static && chown overread /data /srv/static
USER overread
RUN SECRET_KEY=build PSEUDONYM_KEY=build REFERENCE_KEY=build AUDIT_KEY=build STATIC_ROOT=/srv/static OVERREAD_DATA=/tmp/build \
    python manage.py collectstatic --noinput --verbosity 0
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "config.asgi", "--bind", "0.0.0.0:8000", "--workers", "3", "--worker-class", "overread.web.worker.Worker", "--keep-alive", "75", "--timeout", "120", "--graceful-timeout", "4"]
