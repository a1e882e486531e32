# syntax=docker/dockerfile:1
# A node without embedded stores: configure a Redis and a Postgres in /etc/switchboard/switchboard.json.
# By digest, because a tag can be moved; src/docs/operate/releases.md shows how to read the digests of today.
ARG BUILD_IMAGE=maven:3-eclipse-temurin-25@sha256:93b8a14ea2f412782e4e842651273b4d903e35cc496284f178fbbe2d67d00976
ARG RUNTIME_IMAGE=eclipse-temurin:25-jre@sha256:fcd7fd7b387f94bb2ac461478a7436ad8e349924c374ea8313919624dceae636

FROM ${BUILD_IMAGE} AS build
WORKDIR /src
COPY pom.xml LICENSE ./
COPY src/main src/main
COPY src/docs src/docs
RUN --mount=type=cache,target=/root/.m2 mvn -B -ntp -Dproduction -Dmaven.test.skip=true package

# Runs a node under load, with stores that only this stage has, for a cache of loaded classes and of the
# methods that run often. The cache is valid only for this jar, this JVM and the same JVM options.
FROM ${RUNTIME_IMAGE} AS train
WORKDIR /train
# Nothing of these two gets into the image.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends postgresql redis-server
COPY --from=build /src/target/switchboard.jar /opt/switchboard/switchboard.jar
COPY scripts/train scripts/
COPY scripts/lib/common.sh scripts/lib/
ENV SWITCHBOARD_REDIS_MODE=standalone SWITCHBOARD_POSTGRES_MODE=server
# There is no init here.
# hadolint ignore=DL3001
RUN service redis-server start && service postgresql start \
    && su postgres -c "psql -c \"CREATE ROLE switchboard LOGIN PASSWORD 'switchboard'\" -c 'CREATE DATABASE switchboard OWNER switchboard'" \
    && scripts/train \
      /opt/switchboard/switchboard.jar /opt/switchboard/switchboard.aot \
      -XX:+UseCompactObjectHeaders -XX:+UseG1GC -XX:InlineSmallCode=1000 -XX:FreqInlineSize=120 \
      -XX:GCTimeRatio=3 -XX:MaxTenuringThreshold=1

FROM ${RUNTIME_IMAGE}
LABEL org.opencontainers.image.title="Switchboard" \
      org.opencontainers.image.description="Event server for contact centres" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --system --gid 10001 switchboard \
    && useradd --system --uid 10001 --gid 10001 --home-dir /var/lib/switchboard --create-home switchboard
WORKDIR /var/lib/switchboard
COPY --from=train /opt/switchboard /opt/switchboard
# Fails if the cache can't be used with the options below.
RUN java -XX:AOTMode=on -XX:+UseCompactObjectHeaders -XX:+UseG1GC -XX:InlineSmallCode=1000 -XX:FreqInlineSize=120 \
      -XX:GCTimeRatio=3 -XX:MaxTenuringThreshold=1 -XX:AOTCache=/opt/switchboard/switchboard.aot \
      -jar /opt/switchboard/switchboard.jar --help > /dev/null
# By number: Kubernetes can tell only of a number that it is not root.
USER 10001:10001
# 8080: clients and API. 8090: health and metrics, not to be exposed publicly.
EXPOSE 8080 8090
# The image has no HTTP client, so bash opens the socket itself.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8090 && printf 'GET /health/live HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
# Half of the memory for the heap: socket buffers are outside it.
ENTRYPOINT ["java", "-XX:+UseCompactObjectHeaders", "-XX:+UseG1GC", "-XX:InlineSmallCode=1000", "-XX:FreqInlineSize=120", \
  "-XX:GCTimeRatio=3", "-XX:MaxTenuringThreshold=1", "-XX:AOTCache=/opt/switchboard/switchboard.aot", \
  "-XX:MaxRAMPercentage=50", "-XX:+ExitOnOutOfMemoryError", "-jar", "/opt/switchboard/switchboard.jar"]
CMD ["run", "--config", "/etc/switchboard/switchboard.json"]
