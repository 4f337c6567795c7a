# The operator's image: docker build --tag swarm-operator:0.1.0 .
# It holds Node, the bundle and the one package with a native part; no shell, no package manager, no npm.

FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
# The lock file alone decides; scripts of packages are not run.
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY hack/build hack/build
COPY src src
RUN node --input-type=module --eval "import { buildOperator } from './hack/build/operator.ts'; await buildOperator();"
RUN mkdir -p /app/dist /app/node_modules \
 && cp dist/*.mjs /app/dist/ && cp -r dist/chunks /app/dist/ \
 && cp -r node_modules/@duckdb /app/node_modules/ \
 && find /app -name '*.map' -delete

FROM gcr.io/distroless/nodejs24-debian12:nonroot
LABEL org.opencontainers.image.title=swarm-operator \
      org.opencontainers.image.description="Conversations with your machine learning platform, as Kubernetes resources" \
      org.opencontainers.image.licenses=Apache-2.0
COPY --from=build /app /app
COPY LICENSE /app/LICENSE
WORKDIR /app
# uid and gid of nonroot, as a number: only so can a cluster see that it is not root.
USER 65532:65532
EXPOSE 8443 8080 8081
ENTRYPOINT ["/nodejs/bin/node", "/app/dist/swarm.mjs"]
