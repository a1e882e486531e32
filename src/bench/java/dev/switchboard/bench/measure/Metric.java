package dev.switchboard.bench.measure;

/** What is measured, in the order of the report. */
public enum Metric {
  SERVER_CPU_PER_DELIVERY("server CPU per delivery", "µs", 2),
  CLIENT_CPU_PER_DELIVERY("client CPU per delivery", "µs", 2),
  REDIS_CPU_PER_MESSAGE("Redis CPU per message", "µs", 1),
  DELIVERIES_PER_SECOND("deliveries", "1/s", 0),
  FRAME_BYTES("frame", "B", 0),
  P50("p50", "ms", 2),
  P99("p99", "ms", 2),
  P999("p99.9", "ms", 2),
  LOST("lost", "", 0),
  REPEATED("repeated", "", 0),
  REORDERED("reordered", "", 0),
  FOREIGN("unknown frames", "", 0),
  REFUSED("refused posts", "", 0),
  RSS_PER_SOCKET("RSS per socket", "B", 0),
  RSS_PER_SOCKET_COLLECTED("RSS per socket after full GC", "B", 0),
  RSS_PER_MORE_SOCKET("RSS per socket, from a third of them to all", "B", 0),
  RSS_PER_MORE_SOCKET_COLLECTED(
      "RSS per socket, from a third of them to all, after full GC", "B", 0),
  RSS_TOTAL("RSS in all", "MB", 0),
  CONNECTS_PER_SECOND_COLD("connects, cold", "1/s", 0),
  CONNECTS_PER_SECOND_WARM("connects, warm", "1/s", 0),
  SERVER_CPU_PER_CONNECT_COLD("server CPU per connect, cold", "µs", 0),
  SERVER_CPU_PER_CONNECT_WARM("server CPU per connect, warm", "µs", 0),
  COLD_CONNECT_RATIO("server CPU per connect, cold / warm", "", 2),
  POSTS_PER_SECOND("posts", "1/s", 0),
  SERVER_CPU_PER_POST("server CPU per post", "µs", 1),
  REDIS_CPU_PER_POST("Redis CPU per post", "µs", 1),
  POSTS_PER_SECOND_COLD("posts, first seconds", "1/s", 0),
  SERVER_CPU_PER_POST_COLD("server CPU per post, first seconds", "µs", 1),
  SERVER_CPU_PER_POST_WARM("server CPU per post, warm", "µs", 1),
  COLD_POST_RATIO("server CPU per post, first seconds / warm", "", 2),
  EVENTS_PER_SECOND("events", "1/s", 0),
  SERVER_CPU_PER_EVENT("server CPU per event", "µs", 2),
  REDIS_CPU_PER_EVENT("Redis CPU per event", "µs", 2),
  SERVER_CPU_PER_FOREIGN_EVENT("server CPU per event of another tenant", "µs", 2),
  ATTEMPTS_PER_SECOND("webhook calls, each logged", "1/s", 0),
  STATEMENTS_PER_ATTEMPT("SQL statements per call, publish included", "", 3),
  SERVER_CPU_PER_100K_ATTEMPTS("server CPU per 100,000 calls, publish included", "s", 2),
  POSTGRES_CPU_PER_100K_ATTEMPTS("Postgres CPU per 100,000 calls, publish included", "s", 2),
  NOT_LOGGED("calls without a row in the log", "", 0),
  P50_ALONE("p50 of healthy webhooks alone", "ms", 2),
  P99_ALONE("p99 of healthy webhooks alone", "ms", 2),
  P50_BESIDE_1("p50 beside 1 tenant that never answers", "ms", 2),
  P99_BESIDE_1("p99 beside 1 tenant that never answers", "ms", 2),
  P50_BESIDE_2("p50 beside 2 tenants that never answer", "ms", 2),
  P99_BESIDE_2("p99 beside 2 tenants that never answer", "ms", 2),
  P50_BESIDE_5("p50 beside 5 tenants that never answer", "ms", 2),
  P99_BESIDE_5("p99 beside 5 tenants that never answer", "ms", 2),
  P50_BESIDE_20("p50 beside 20 tenants that never answer", "ms", 2),
  P99_BESIDE_20("p99 beside 20 tenants that never answer", "ms", 2),
  P50_COLD_BESIDE_20("p50 of new webhooks beside 20 new tenants that never answer", "ms", 2),
  P99_COLD_BESIDE_20("p99 of new webhooks beside 20 new tenants that never answer", "ms", 2),
  LONGEST_COLD_BESIDE_20(
      "longest of new webhooks beside 20 new tenants that never answer", "ms", 0),
  CPU_WITHOUT_WEBHOOKS("server CPU per post, tenant without webhooks", "µs", 1),
  CPU_WITH_FILTERS("server CPU per post, 1,000 webhooks with filters that match nothing", "µs", 1),
  FILTER_CPU_RATIO("server CPU per post, with filters / without webhooks", "", 2),
  TIME_WITHOUT_WEBHOOKS("time per post, tenant without webhooks", "µs", 1),
  TIME_WITH_FILTERS("time per post, 1,000 webhooks with filters that match nothing", "µs", 1),
  FILTER_TIME_RATIO("time per post, with filters / without webhooks", "", 2),
  SERVER_CPU_SHARE("server CPU", "% of a core", 1),
  REDIS_CPU_SHARE("Redis CPU", "% of a core", 1),
  COMMANDS_PER_SECOND("Redis commands", "1/s", 0),
  LARGEST_BURST("largest burst of commands in 100 ms", "", 0),
  CONSOLE_CPU_SHARE("server CPU more with open consoles", "% of a core", 2),
  CONSOLE_ANSWER_MEDIAN("p50 of the answer to a console", "ms", 2),
  SEAL_MICROS("time to seal", "µs", 2),
  OPEN_MICROS("time to open", "µs", 2),
  SEALED_BYTES("bytes added", "B", 0);

  private final String label;
  private final String unit;
  private final int decimals;

  Metric(String label, String unit, int decimals) {
    this.label = label;
    this.unit = unit;
    this.decimals = decimals;
  }

  public String label() {
    return unit.isEmpty() ? label : label + ", " + unit;
  }

  /** The value as text, without its unit; a dash when it is not known. */
  public String format(double value) {
    return Double.isNaN(value) ? "–" : String.format("%,." + decimals + "f", value);
  }
}
