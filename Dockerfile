ARG PYTHON_VERSION=3.13

# The first stage installs the locked dependencies and the wheel into /opt/emulator.
FROM python:${PYTHON_VERSION}-slim AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_NO_INPUT=1 \
    PIP_ROOT_USER_ACTION=ignore
WORKDIR /src

COPY requirements.lock requirements-build.lock ./
RUN python -m venv --without-pip /opt/emulator \
    && python -m pip --python /opt/emulator/bin/python install \
        --only-binary :all: --require-hashes -r requirements.lock \
    && python -m venv /opt/build \
    && /opt/build/bin/python -m pip install \
        --only-binary :all: --require-hashes -r requirements-build.lock

COPY pyproject.toml README.md LICENSE ./
COPY emulator emulator
COPY contracts contracts
COPY fixtures fixtures
RUN /opt/build/bin/python -m hatchling build -t wheel -d /tmp/wheel \
    && python -m pip --python /opt/emulator/bin/python install --no-deps --no-index /tmp/wheel/*.whl

# The second stage has the interpreter and /opt/emulator, and no pip.
FROM python:${PYTHON_VERSION}-slim

LABEL org.opencontainers.image.title="vendor-emulator" \
      org.opencontainers.image.description="An emulator of four vendor APIs" \
      org.opencontainers.image.licenses="MIT"

ENV PATH=/opt/emulator/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1

# /data is for "--store sqlite:FILE" and for worlds that are mounted. The base image has its standard library
# without bytecode, which every start and every health check would compile again.
RUN python -m pip uninstall --yes --quiet --root-user-action ignore pip \
    && python -m compileall -q -x 'ensurepip|idlelib|lib2to3|site-packages|tkinter|turtledemo' \
        "$(python -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')" \
    && groupadd --system --gid 10001 emulator \
    && useradd --system --uid 10001 --gid emulator --home-dir /data --no-create-home --shell /usr/sbin/nologin emulator \
    && install --directory --owner emulator --group emulator /data

COPY --from=build /opt/emulator /opt/emulator

USER 10001:10001
WORKDIR /data
EXPOSE 8080
STOPSIGNAL SIGTERM

# The check asks port 8080: a container that listens elsewhere needs a check of its own.
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import http.client, sys; c = http.client.HTTPConnection('127.0.0.1', 8080, timeout=2); c.request('GET', '/_emulator/health'); sys.exit(c.getresponse().status != 200)"]

ENTRYPOINT ["emulator"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8080"]
