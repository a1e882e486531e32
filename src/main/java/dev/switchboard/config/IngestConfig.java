package dev.switchboard.config;

import dev.switchboard.config.binding.ByteSize;
import dev.switchboard.config.binding.Setting;

/** Accepting events. */
public record IngestConfig(
    @Setting(
            about = "Maximum size of a payload after normalisation",
            def = "64KiB",
            min = "256",
            max = "1MiB")
        ByteSize maxPayload,
    @Setting(about = "Maximum events per request", def = "500", min = "1", max = "500")
        int maxBatch,
    @Setting(about = "Maximum size of a request body", def = "8MiB", min = "1KiB", max = "64MiB")
        ByteSize maxBody,
    @Setting(
            about = "Maximum events in flight per event loop; more get 503",
            def = "2048",
            min = "1",
            max = "65536")
        int maxInFlight,
    @Setting(
            about = "Maximum event ids of producers remembered per tenant (24 h); more get 429",
            def = "1000000",
            min = "1000")
        long maxRememberedIds,
    @Setting(
            about = "Maximum events per second from one API key or user on this node; 0: no limit",
            def = "20000",
            max = "10000000")
        int ratePerCaller,
    @Setting(
            about = "Maximum events per second for one tenant on this node; 0: no limit",
            def = "20000",
            max = "10000000")
        int ratePerTenant) {}
