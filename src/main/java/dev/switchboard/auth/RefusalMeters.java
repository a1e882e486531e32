package dev.switchboard.auth;

import static java.util.Objects.requireNonNull;

import dev.switchboard.auth.AuthException.Check;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;

/** Counts refused credentials by reason. Usable from every thread. */
final class RefusalMeters {
  private final Map<Check, Counter> checks = new EnumMap<>(Check.class);
  private final Counter apiKey;
  private final Counter unavailable;

  /** Registers the metrics. */
  RefusalMeters(MeterRegistry metrics) {
    for (Check check : Check.values()) {
      checks.put(check, counter(check.name(), metrics));
    }
    apiKey = counter("API_KEY", metrics);
    unavailable = counter("UNAVAILABLE", metrics);
  }

  private static Counter counter(String reason, MeterRegistry metrics) {
    return Counter.builder("switchboard.auth.refusals")
        .description("Credentials that this node refused, by reason")
        .tag("reason", reason)
        .register(metrics);
  }

  /** Counts {@code failure} if it is a refusal. */
  void refused(Throwable failure) {
    if (failure instanceof AuthException refusal) {
      counterOf(refusal).increment();
    }
  }

  private Counter counterOf(AuthException refusal) {
    if (refusal.kind() == AuthException.Kind.UNAVAILABLE) {
      return unavailable;
    }
    Check check = refusal.check();
    return check == null ? apiKey : requireNonNull(checks.get(check));
  }
}
