package dev.switchboard.bench.client;

/**
 * Who a session signs in as.
 *
 * @param tenant index of the tenant whose numbers the session will see
 * @param subscribes whether it asks for {@code call.*} instead of everything
 * @param deflates whether it offers permessage-deflate
 */
public record Login(int tenant, String token, boolean subscribes, boolean deflates) {

  /** The same, with compression or without. */
  public Login deflating(boolean wanted) {
    return new Login(tenant, token, subscribes, wanted);
  }
}
