# A server of one's own in an image: built with everything a build needs, served with what serving needs.
#
#   docker build -t coder .
#   docker run -p 127.0.0.1:8787:8787 -v coder:/data -e AUTH=owner -e OPENROUTER_API_KEY coder
#
# docs/self-host.md says more.

FROM node:24-bookworm AS node

FROM rust:1.95-bookworm AS build
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
WORKDIR /coder
COPY . .
# Named by `GET /version`; the image has no checkout to ask.
ARG CODER_COMMIT=""
RUN node scripts/build.mjs --release

FROM node:24-bookworm-slim
WORKDIR /coder
COPY --from=build /coder/package.json /coder/wrangler.jsonc ./
COPY --from=build /coder/scripts ./scripts
COPY --from=build /coder/node_modules/@cloudflare ./node_modules/@cloudflare
COPY --from=build /coder/build/release/guard /coder/build/release/static.json ./build/release/
COPY --from=build /coder/build/release/server ./build/release/server
COPY --from=build /coder/build/release/site ./build/release/site
COPY --from=build /coder/build/release/packed ./build/release/packed
RUN useradd --system --uid 10001 --no-create-home coder && install --directory --owner=coder --mode=0700 /data
USER 10001
ENV CODER_SKIP_BUILD=1 HOST=0.0.0.0 PORT=8787 DATA_DIR=/data
VOLUME /data
EXPOSE 8787
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# It takes SIGTERM itself, and its guard ends what it started.
CMD ["node", "scripts/start.mjs"]
