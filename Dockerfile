# syntax=docker/dockerfile:1
# squint in a container, for amd64 and arm64. Nothing is fetched but Debian's packages, the base images and what package-lock.json
# names with its hashes; no install script runs. docs/install.md says how to run it.
FROM node:20.20.2-bookworm-slim AS build
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
WORKDIR /squint
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/build scripts/production scripts/
COPY native/*.node native/LICENSE-* native/
COPY src src
RUN bash scripts/build && find build -name '*.map' -delete
# what the service needs at run time, for this kind of machine
RUN mkdir /production && bash scripts/production /production "$(node -p process.arch)"

FROM node:20.20.2-bookworm-slim
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install -y --no-install-recommends ffmpeg \
  && rm -rf /var/lib/apt/lists/* \
  && useradd --system --uid 993 --home-dir /var/lib/squint --shell /usr/sbin/nologin --groups video squint \
  && install -d -o squint -g squint -m 0700 /var/lib/squint \
  && install -d /etc/squint
WORKDIR /usr/lib/squint
COPY --from=build /production ./
COPY --from=build /squint/build ./build
COPY models/*.onnx models/*.json models/LICENSE* models/
COPY packaging/container.yaml /etc/squint/squint.yaml
# glibc keeps up to 8 arenas per core of what sharp and ONNX Runtime free
ENV NODE_ENV=production MALLOC_ARENA_MAX=2 ORT_DISABLE_TELEMETRY=1 STATE_DIRECTORY=/var/lib/squint
# by number, so that Kubernetes' runAsNonRoot can tell
USER 993
VOLUME /var/lib/squint
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/healthz').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "build/src/cli.js"]
CMD ["serve", "--config", "/etc/squint/squint.yaml"]
