# The Node.js that the tests run on. To take a newer one: its digest is what `docker buildx imagetools inspect` prints for
# the tag, the same line goes into .github/workflows/check.yml, and tools/node-builds.json has the same version.
ARG NODE=node:24.21.0-bookworm-slim@sha256:d6aa754f16b3197301076f047b5def2f02ea1dbbc2ca920407d46d7ec7f87b20

FROM ${NODE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# i18next asks for TypeScript, its types' compiler, as an optional peer; nothing that runs is optional.
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM ${NODE}
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json LICENSE THIRD-PARTY.md ./
COPY src src
COPY commands commands
COPY locales locales
RUN install -d -o node -g node -m 0700 /data
VOLUME /data
USER node
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8888 DATA_DIR=/data
EXPOSE 8888
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=8", "src/main.ts"]
