package dev.switchboard.redis;

import java.util.Locale;

/** A bound on what one tenant has in Redis. */
public enum TenantLimit {
  INBOX_USERS("limits.inboxUsers", "too many users of the tenant have stored messages"),
  INBOX_BYTES("limits.inboxBytes", "the stored messages of the tenant take too many bytes"),
  TOPICS("limits.topics", "the tenant has too many topics"),
  TOPIC_BYTES("limits.topicBytes", "the logs of the tenant's topics take too many bytes"),
  PRESENCE_USERS("limits.presenceUsers", "the presence of too many users of the tenant is known"),
  TICKETS("limits.ticketsPerUser", "the user has too many tickets that have not expired"),
  COMMANDS("limits.commands", "the tenant has given too many revocations or disconnects");

  private final String setting;
  private final String reason;

  TenantLimit(String setting, String reason) {
    this.setting = setting;
    this.reason = reason;
  }

  /** Name in answers, metrics and scripts. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The limit of that name, which a script returned. */
  public static TenantLimit of(String wireName) {
    return valueOf(wireName.toUpperCase(Locale.ROOT));
  }

  /** What is exceeded, and the setting that bounds it. */
  public String reason() {
    return reason + " (" + setting + ")";
  }
}
