# One image for web, worker, beat and migrations; which one it is, the command says.
FROM python:3.11-slim-bookworm AS build

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/chartroom
COPY docker/requirements.lock /build/requirements.lock
RUN /opt/chartroom/bin/pip install --require-hashes --only-binary=:all: -r /build/requirements.lock

FROM python:3.11-slim-bookworm

ENV PATH=/opt/chartroom/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings \
    CHARTROOM_HOME=/var/lib/chartroom

RUN groupadd --system --gid 10001 chartroom \
    && useradd --system --uid 10001 --gid chartroom --no-create-home --shell /usr/sbin/nologin chartroom \
    && install -d -o chartroom -g chartroom -m 0750 /var/lib/chartroom /var/lib/chartroom/anchor \
        /var/lib/chartroom/vault

COPY --from=build /opt/chartroom /opt/chartroom
WORKDIR /srv/chartroom
COPY manage.py ./
COPY config config
COPY audit audit
COPY printing printing
COPY jobs jobs
COPY accounts accounts
COPY records records
COPY requests_release requests_release
COPY templates templates
COPY static static
# The users' guides are the help of the screens.
COPY docs/users docs/users

# Static files are part of the image. Without DATABASE_URL no secret is needed for this.
RUN python manage.py collectstatic --no-input --verbosity 0 \
    && chown -R root:chartroom /var/lib/chartroom/static

USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://localhost:8000/health/live/', timeout=4)"]
CMD ["gunicorn", "--config", "python:config.gunicorn", "config.wsgi:application"]
