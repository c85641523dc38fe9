# The mock as a container image: `docker build -t ecf-mock .`
#
# It builds in a checkout, or in an unpacked sdist, as a release does. It carries the documentation, if `make docs` has
# built it; an sdist of a release has it.
# The base may be given with its digest, as the release does: --build-arg PYTHON=python:3.13-slim-trixie@sha256:…
ARG PYTHON=python:3.13-slim-trixie

FROM ${PYTHON} AS build
WORKDIR /source
# Some packages bring their compiled code with symbols for a debugger, 5 MB of them compressed. `strip` removes them.
# hadolint ignore=DL3008
RUN apt-get update -q && apt-get install -y -q --no-install-recommends binutils && rm -rf /var/lib/apt/lists/*
# The packages first: a change of the code doesn't install them anew. What only builds stays in an environment of its own.
COPY requirements-build.lock requirements-image.lock ./
RUN python -m venv --without-pip /opt/build \
  && pip --python /opt/build/bin/python install --no-cache-dir --require-hashes -r requirements-build.lock \
  && python -m venv --without-pip /opt/ecf-mock \
  && pip --python /opt/ecf-mock/bin/python install --no-cache-dir --no-compile --require-hashes -r requirements-image.lock \
  && find /opt/ecf-mock -name '*.so' -exec strip --strip-unneeded {} +
# `.dockerignore` lets in the sources of the package, and nothing else.
COPY . .
# There is no repository in here whose tag would tell the version. An sdist knows it.
ARG VERSION=0.2.0.dev0
# Compiled here, once: a container that can't write to its files would compile all of it at each start. It would also do
# so if Python compared times, since a builder may give the files other times. So it takes what is compiled as it is.
# Of the many languages that Pygments reads, reports use a few.
RUN SETUPTOOLS_SCM_PRETEND_VERSION="${VERSION}" /opt/build/bin/python -m hatchling build --target wheel --directory /wheel \
  && pip --python /opt/ecf-mock/bin/python install --no-cache-dir --no-compile --no-deps /wheel/*.whl \
  && /opt/ecf-mock/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash -x /pygments/lexers/ /opt/ecf-mock

FROM ${PYTHON}
LABEL org.opencontainers.image.title="ecf-mock" \
  org.opencontainers.image.description="A mock of the DfE lead provider API, versions 1 and 3" \
  org.opencontainers.image.licenses="MIT"
COPY --from=build /opt/ecf-mock /opt/ecf-mock
# In a container only published ports can be reached, so the control API may listen on every address of it.
# Publish the port on 127.0.0.1, or set ECF_MOCK_CONTROL_TOKEN.
ENV PATH=/opt/ecf-mock/bin:$PATH \
  PYTHONDONTWRITEBYTECODE=1 \
  PYTHONUNBUFFERED=1 \
  ECF_MOCK_HOST=0.0.0.0 \
  ECF_MOCK_INSECURE=true
USER 10001:10001
EXPOSE 8080
# Stopping by Ctrl-C is no failure, so the container ends with 0.
STOPSIGNAL SIGINT
HEALTHCHECK --interval=10s --timeout=6s --start-period=10s --retries=3 CMD ["ecf-mock", "health"]
ENTRYPOINT ["ecf-mock"]
CMD ["serve"]
