# The image is built only from the lock file and the sources. docs/deployment.md says what it leaves out and why.
ARG NODE=24

FROM node:${NODE}-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY prisma.config.ts codegen.ts vite.config.ts tsconfig.json ./
COPY deploy/server-bundle deploy/server-bundle
COPY schema schema
COPY prisma prisma
COPY src src
RUN npm run generate && npm run build:server && npm run build:wizard
RUN mkdir data

FROM node:${NODE}-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Omits "optional", because Prisma's client lists its command line tools as optional peers: 250 MB that nothing loads.
RUN npm ci --omit=dev --omit=optional --ignore-scripts
# Removes Prisma's query compilers, because dist has the one for PostgreSQL, and the packages' types and source maps.
RUN find node_modules/@prisma/client/runtime -name 'query_compiler_*' -delete
RUN find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete

# Compiles the code once, as the user and at the path of the image, for faster starts.
FROM node:${NODE}-slim AS compiled
WORKDIR /app
COPY package.json ./
COPY --from=build /app/dist dist
COPY --from=build --chown=node:node /app/data node_modules/.cache/patchbay
USER node
# Node creates the files for its own user only, and in the image they belong to root.
RUN node dist/main.js --version && node dist/operator.js --version && chmod -R a+rX node_modules/.cache

FROM node:${NODE}-slim
ENV NODE_ENV=production PATCHBAY_ENV=production PATCHBAY_HOST=0.0.0.0 PATCHBAY_PORT=4000 PATCHBAY_DATA=/data
WORKDIR /app
COPY package.json ./
# dist contains the code of almost all packages. They stay for their licenses, and for the few that have files of their own.
COPY --from=packages /app/node_modules node_modules
COPY --from=compiled /app/node_modules/.cache node_modules/.cache
COPY --from=build /app/dist dist
COPY prisma/migrations prisma/migrations
# For staging: the plugins of the sandbox.
COPY prisma/seed prisma/seed
COPY providers providers
# Only the embedded database writes files. Without DATABASE_URL, it uses this folder.
COPY --from=build --chown=node:node /app/data /data
USER node
EXPOSE 4000
STOPSIGNAL SIGTERM
# Checks whether the process is alive, because some orchestrators end unhealthy containers. Proxies check /readyz.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PATCHBAY_PORT}/livez`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/main.js"]
