package dev.switchboard.bench.client;

/**
 * Who a session signs in as.
 *
 * @param tenant index of the tenant whose numbers the session will see
 * @param subscribes whether it asks for {@code call.*} instead of everything
 */
public record Login(int tenant, String token, boolean subscribes) {}
