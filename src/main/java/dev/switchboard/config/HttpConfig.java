package dev.switchboard.config;

import dev.switchboard.config.binding.ByteSize;
import dev.switchboard.config.binding.Setting;
import java.time.Duration;
import java.util.List;

/** Port for clients and backends. */
public record HttpConfig(
    @Setting(about = "Address to listen on", def = "0.0.0.0") String host,
    @Setting(about = "Port to listen on; 0: any free port", def = "8080", max = "65535") int port,
    @Setting(
            about = "Maximum time to finish calls and close sockets after SIGTERM",
            def = "30s",
            min = "1s",
            max = "10m")
        Duration drainTimeout,
    @Setting(
            about =
                "Close a connection after this long without traffic; sockets use"
                    + " sessions.idleTimeout instead",
            def = "75s",
            min = "1s",
            max = "1h")
        Duration idleTimeout,
    @Setting(
            about = "Maximum time to receive a whole request body; after that: 408",
            def = "60s",
            min = "1s",
            max = "1h")
        Duration bodyTimeout,
    @Setting(
            about =
                "Maximum bytes of request bodies in memory per event loop; the backends"
                    + " of one tenant may use half of it, its users a quarter; more get 503",
            def = "64MiB",
            min = "1MiB",
            max = "4GiB")
        ByteSize bodyMemory,
    @Setting(
            about =
                "Address ranges of load balancers whose X-Forwarded-For is trusted;"
                    + " empty: none",
            def = "")
        List<Cidr> trustedProxies,
    @Setting(about = "Serve the JavaScript client below /client/", def = "true")
        boolean serveClient,
    @Setting(
            about =
                "Request headers that pages of sessions.allowedOrigins may send besides those of"
                    + " the API",
            def =
                "traceparent,tracestate,baggage,b3,X-B3-TraceId,X-B3-SpanId,X-B3-ParentSpanId,"
                    + "X-B3-Sampled,X-B3-Flags,sentry-trace,uber-trace-id,X-Amzn-Trace-Id,"
                    + "X-Cloud-Trace-Context,X-Correlation-Id,X-Datadog-Trace-Id,"
                    + "X-Datadog-Parent-Id,X-Datadog-Origin,X-Datadog-Sampling-Priority,"
                    + "X-Requested-With")
        List<String> corsHeaders) {}
