# Everything that a training needs, and the project itself: `docker run <image> test` works without
# a network and without a mount. `--build-arg CUDA=0` leaves out NVIDIA's libraries.
FROM python:3.11.16-slim-bookworm@sha256:a36c24f9cbdf4fd0f52d67f0823eeac19c2028c637cecc392d97f980d4fec56b

LABEL org.opencontainers.image.title="Generative models and sequence modelling: a reproduction" \
      org.opencontainers.image.description="Trains, draws and reports everything; see make help" \
      org.opencontainers.image.licenses="MIT"

# Each run records its git commit. Debian keeps only the newest version of a package: none is named.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends git make \
 && rm -rf /var/lib/apt/lists/*

WORKDIR /project
COPY requirements.lock requirements-cuda.lock ./
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock \
 && cp requirements.lock /opt/venv/

# A layer of its own, on top of what both images share.
ARG CUDA=1
RUN if [ "$CUDA" = 1 ]; then \
      /opt/venv/bin/pip install --no-cache-dir --require-hashes --requirement requirements-cuda.lock \
      && cat requirements-cuda.lock >>/opt/venv/requirements.lock; \
    fi

COPY . .
# Any user id may add files to the project's folder and to the home folder.
RUN useradd --uid 1000 --create-home reproduction \
 && chmod -R a+rX . \
 && chmod 1777 . /home/reproduction
USER 1000:1000
ENV HOME=/home/reproduction IMAGE_VENV=/opt/venv CUDA=$CUDA
ENTRYPOINT ["make"]
