package dev.switchboard.config;

import dev.switchboard.config.binding.Setting;
import java.time.Duration;

/** Presence: who is online. */
public record PresenceConfig(
    @Setting(
            about = "Time between two heartbeats of a session to Redis",
            def = "10s",
            min = "200ms",
            max = "1m")
        Duration heartbeat,
    @Setting(
            about = "How long a node may stall or lose Redis before its sessions end",
            def = "30s",
            min = "1s",
            max = "10m")
        Duration lease,
    @Setting(
            about = "How long a user stays online after the last session has ended",
            def = "10s",
            min = "0s",
            max = "10m")
        Duration grace,
    @Setting(
            about = "Time between two checks for users who are gone",
            def = "5s",
            min = "100ms",
            max = "1m")
        Duration reaper,
    @Setting(about = "How long last_seen is kept", def = "7d", min = "1m", max = "30d")
        Duration remember,
    @Setting(
            about =
                "Maximum unsent presence changes per user; beyond that, online/offline"
                    + " pairs are dropped",
            def = "32",
            min = "4",
            max = "1000")
        int maxWaiting) {
  public PresenceConfig {
    if (lease.compareTo(heartbeat.multipliedBy(2)) < 0) {
      throw new IllegalArgumentException("lease must be at least twice heartbeat");
    }
    if (lease.compareTo(reaper.multipliedBy(2)) < 0) {
      throw new IllegalArgumentException("lease must be at least twice reaper");
    }
  }
}
