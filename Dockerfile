FROM node:26-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# i18next asks for TypeScript, its types' compiler, as an optional peer; nothing that runs is optional.
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM node:26-slim
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
