package dev.switchboard.redis;

import dev.switchboard.event.LogId;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.Topic;
import dev.switchboard.event.UserId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a node needs of Redis: the commands it sends and those of its scripts, and examples of its
 * keys and channels. A node can't send a command that is missing here.
 */
public final class RedisRights {
  private static final Pattern CALL = Pattern.compile("redis\\.p?call\\(\\s*'([A-Z]+)'");

  /** In a probe, the key; it holds a string, so commands for other types change nothing. */
  private static final String KEY = "<key>";

  /** In a probe, a channel that nobody listens to. */
  private static final String CHANNEL = "<channel>";

  private static final Map<String, String> PROBES = new LinkedHashMap<>();

  static {
    // First, so that the key has its type; last, so that it goes.
    PROBES.put("set", KEY + " 1 PX 1000");
    PROBES.put("cluster", "info");
    PROBES.put("eval", "return_0 0");
    PROBES.put("evalsha", "0000000000000000000000000000000000000000 0");
    PROBES.put("exists", KEY);
    PROBES.put("get", KEY);
    PROBES.put("hdel", KEY + " f");
    PROBES.put("hexists", KEY + " f");
    PROBES.put("hget", KEY + " f");
    PROBES.put("hincrby", KEY + " f 1");
    PROBES.put("hlen", KEY);
    PROBES.put("hmget", KEY + " f");
    PROBES.put("hscan", KEY + " 0");
    PROBES.put("hset", KEY + " f v");
    PROBES.put("info", "server");
    PROBES.put("lindex", KEY + " 0");
    PROBES.put("llen", KEY);
    PROBES.put("lpop", KEY);
    PROBES.put("lrange", KEY + " 0 0");
    PROBES.put("lrem", KEY + " 0 v");
    PROBES.put("lset", KEY + " 0 v");
    PROBES.put("pexpire", KEY + " 1000");
    PROBES.put("ping", "");
    PROBES.put("publish", CHANNEL + " probe");
    PROBES.put("rpush", KEY + " v");
    PROBES.put("sadd", KEY + " m");
    PROBES.put("scard", KEY);
    PROBES.put("script", "load return_0");
    PROBES.put("smembers", KEY);
    PROBES.put("srem", KEY + " m");
    PROBES.put("time", "");
    PROBES.put("wait", "0 1");
    PROBES.put("xadd", KEY + " NOMKSTREAM * f v");
    PROBES.put("xlen", KEY);
    PROBES.put("xrange", KEY + " - +");
    PROBES.put("xtrim", KEY + " MAXLEN 0");
    PROBES.put("zadd", KEY + " 1 m");
    PROBES.put("zcard", KEY);
    PROBES.put("zmscore", KEY + " m");
    PROBES.put("zrange", KEY + " 0 0");
    PROBES.put("zrangebyscore", KEY + " 0 0");
    PROBES.put("zrem", KEY + " m");
    PROBES.put("zremrangebyscore", KEY + " 0 0");
    PROBES.put("zrevrange", KEY + " 0 0");
    PROBES.put("zscore", KEY + " m");
    PROBES.put("expire", KEY + " 1");
    PROBES.put("pexpireat", KEY + " 1");
    PROBES.put("getdel", KEY);
    PROBES.put("del", KEY);
  }

  private final Keys keys;
  private final TenantId tenant;

  /**
   * The rights for a data model.
   *
   * @param unused a name that no tenant, user, node and ticket has
   */
  public RedisRights(Keys keys, String unused) {
    this.keys = keys;
    this.tenant = new TenantId(unused);
  }

  /**
   * A command to try.
   *
   * @param arguments have no effect on data that exists
   */
  public record Probe(String command, List<Object> arguments) {}

  /** Whether nodes may send the command; {@code name} is in lower case. */
  public static boolean contains(String name) {
    return PROBES.containsKey(name);
  }

  /** All commands, sent directly or by scripts, in lower case; without those on connections. */
  public static Set<String> commands() {
    return PROBES.keySet();
  }

  /** The commands that the scripts call, read from their texts, in lower case. */
  static Set<String> ofScripts() {
    Set<String> commands = new TreeSet<>();
    for (String source : LuaScript.sources()) {
      Matcher calls = CALL.matcher(source);
      while (calls.find()) {
        commands.add(calls.group(1).toLowerCase(Locale.ROOT));
      }
    }
    return commands;
  }

  /** One probe for each command, to run in this order. */
  public List<Probe> probes() {
    String key = "switchboard:rights-probe:" + tenant;
    List<Probe> probes = new ArrayList<>();
    PROBES.forEach(
        (command, arguments) -> {
          String line = arguments.replace(KEY, key).replace(CHANNEL, keys.attemptsChannel(tenant));
          List<String> parts = line.isEmpty() ? List.of() : List.of(line.split(" "));
          probes.add(
              new Probe(command, parts.stream().<Object>map(RedisRights::argument).toList()));
        });
    return probes;
  }

  /** A script's number of keys must be a number. */
  private static Object argument(String part) {
    return part.equals("0") ? 0 : part.replace('_', ' ');
  }

  /** Examples of all keys. */
  public List<String> keys() {
    UserId user = new UserId(tenant.value());
    LogId topic = new LogId(tenant, topic());
    List<String> examples = new ArrayList<>(keys.presenceState(tenant));
    examples.addAll(keys.topicUsage(tenant));
    examples.addAll(keys.inboxUsage(tenant));
    examples.addAll(
        List.of(
            keys.presence(tenant, user),
            keys.presenceLeases(tenant, user),
            keys.presenceTenants(),
            keys.offline(tenant, user),
            keys.inboxIndex(tenant, user),
            keys.log(topic),
            keys.logMeta(topic),
            keys.tickets(tenant, user),
            keys.commandCounts(keys.revocations()),
            keys.seen(tenant, 0),
            keys.minted(tenant, 0),
            keys.revocations(),
            keys.disconnects(),
            keys.connectTicket(tenant.value()),
            keys.streamTicket(tenant.value()),
            keys.consoleTicket(tenant.value()),
            keys.portalTicket(tenant.value()),
            keys.consoleSession(tenant.value()),
            keys.consoleSessions(null),
            keys.consoleSessions(tenant),
            keys.portal(tenant.value()),
            keys.portalsEnded(tenant),
            keys.nodes(),
            keys.nodeCounts(tenant.value()),
            keys.nodeSettings(tenant.value()),
            keys.nodeReport(tenant.value()),
            Keys.replicationMark(tenant.value()),
            Keys.writeProbe(0)));
    return examples;
  }

  /** Examples of all channels, without that of the subscription's own heartbeat. */
  public List<String> channels() {
    List<String> examples = new ArrayList<>(keys.channelsOf(LogId.ofTenant(tenant)));
    examples.addAll(keys.tenantChannelsOf(new LogId(tenant, topic())));
    examples.add(topic().value());
    examples.add(keys.controlChannel());
    examples.add(keys.probeChannel(tenant.value()));
    examples.add(keys.attemptsChannel(tenant));
    examples.add(keys.answersChannel(tenant.value()));
    return examples;
  }

  private Topic topic() {
    return new Topic(keys.prefix() + ":custom:" + tenant);
  }

  /** The pattern of an ACL rule, such as {@code callcenter:*}, that covers a key or channel. */
  public String pattern(String keyOrChannel) {
    return keyOrChannel.startsWith(keys.prefix() + ":") ? keys.prefix() + ":*" : "switchboard:*";
  }
}
