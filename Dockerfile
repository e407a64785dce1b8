# One image for both processes: `tracker serve` (the default) and `tracker worker`. See compose.yaml.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    TRACKER_INSTANCE_DIR=/data

WORKDIR /srv/waymark
COPY requirements.txt ./
RUN pip install --require-hashes -r requirements.txt

COPY . .
# Editable, as `make run` does it: templates, static files and paths are read from this folder.
RUN pip install --no-deps --no-build-isolation --editable . \
    && useradd --system --home-dir /data waymark \
    && install -d -o waymark -g waymark -m 700 /data

USER waymark
VOLUME /data
EXPOSE 8000
HEALTHCHECK CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ.get(\"PORT\", \"8000\")}/healthz', timeout=3)"]
CMD ["tracker", "serve", "--host", "0.0.0.0"]
