# Parley on Node alone: the image's npm installs, the Node pinned in package.json builds and runs.
FROM node:24-slim AS build
WORKDIR /parley
# scripts/ before `npm ci`: its last step runs one of them.
COPY package.json package-lock.json .npmrc ./
COPY scripts scripts
RUN npm ci --no-audit --no-fund
COPY . .
# Builds into build/<digest>, then leaves out what only building needs. The link to the pinned Node is made again after that.
RUN npm run build && npm prune --omit=dev --no-audit --no-fund && node scripts/link-node.mjs && node_modules/.bin/node --version

FROM node:24-slim
WORKDIR /parley
ENV NODE_ENV=production HOST=0.0.0.0 PARLEY_DATA_DIR=/var/lib/parley
COPY --from=build /parley ./
RUN mkdir /var/lib/parley && chown node:node /var/lib/parley
USER node
VOLUME /var/lib/parley
EXPOSE 3000
# Not `npm start`: signals go straight to the service, which then closes its store.
CMD ["node_modules/.bin/node", "--heap-growing-percent=100", "--v8-pool-size=1", "scripts/run.mjs", "apps/tracker/main.js"]
