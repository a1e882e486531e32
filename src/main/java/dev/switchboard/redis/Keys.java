package dev.switchboard.redis;

import dev.switchboard.event.EventType;
import dev.switchboard.event.LogId;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.Topic;
import dev.switchboard.event.UserId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The data model in Redis: every key and channel, spelled here and nowhere else. {@code P} is the
 * configured prefix, {@code callcenter} by default.
 *
 * <pre>
 * channels of the users
 *   P:events                 events of all other types, shared by tenants
 *   P:agents:{t} P:calls:{t} P:queues:{t}     agent.* call.* queue.* of tenant t (braces not written)
 *   P:anything-else          a topic, shared by tenants
 * channels of ours
 *   switchboard:probe:{node} liveness of that node's own subscription
 *   switchboard:control      control commands to sessions; hints about webhooks; questions to all nodes
 *   switchboard:answers:{node}  answers to that node's questions
 *   switchboard:attempts:{t} attempts at tenant t's webhooks, while a session follows them
 *   switchboard:events:{t}   (braces written) what tenant t has on P:events, while a node listens to it
 *   switchboard:events:{t}:topic:x  the same for topic x of tenant t
 *
 * keys of the users
 *   P:online:{t}             set     ids of users online; moved by the scripts of presence only
 *   P:presence:{t}:{u}       string  epoch seconds of the last heartbeat; lives one lease; heartbeats
 *   P:offline:{t}:{u}        list    stored envelopes, oldest first; moved by the scripts of inbox only
 *
 * keys of ours; all of one tenant's log keys share a Cluster slot
 *   switchboard:log:{t}              stream  entry id = offset; d = envelope body, t = ms, b = bytes so far
 *   switchboard:log-meta:{t}         hash    of each event: epoch replid top bytes; of the last check of the
 *                                            bounds: floor until touched run; of the next: look brim
 *                                            due; outlives the entries
 *   switchboard:log:{t}:topic:x      stream  the same for topic x of tenant t
 *   switchboard:log-meta:{t}:topic:x hash
 *   switchboard:kept:{t}             hash    collection/key → end ms, written ms, id, envelope body as in
 *                                            the log: the last event of each key
 *   switchboard:kept-order:{t}       zset    collection/key scored by the place of its event: offsets
 *                                            that continue over epochs
 *   switchboard:kept-expiry:{t}      zset    collection/key scored by end ms, rounded up to 64 s
 *   switchboard:kept…:{t}:topic:x            the same three for topic x; the log's meta has the fields
 *                                            kept_epoch kept_base kept_since kept_bytes kept_forgot
 *                                            kept_lives
 *   switchboard:kept-topics:{t}      zset    topic scored by the ms until which it has kept events
 *   switchboard:seen:{t}:n           hash    event id → first answer, of the n-th 4 hours; '' → number of
 *                                            ids here at which all are counted again
 *   switchboard:minted:{t}:n         hash    the same for ids made here, of the n-th 10 minutes
 *   switchboard:topics:{t}           zset    topic scored by the ms at which its meta expires
 *   switchboard:topic-ends:{t}       zset    topic scored by the ms at which its log's entries expire
 *   switchboard:topic-bytes:{t}      hash    topic → bytes that its log may grow to; '' → their sum
 *   switchboard:inbox-usage:{t}      hash    user → bytes of the inbox, Redis us of that; '' → sum of bytes
 *   switchboard:inbox-ends:{t}       zset    user scored by the ms at which the inbox has expired
 *   switchboard:tickets:{t}:u        zset    digests of the tickets of user u scored by their end in ms
 *   switchboard:revocations          zset    revoked users and tokens as JSON, scored by ms; 30 days
 *   switchboard:disconnects          zset    users to disconnect as JSON, scored by ms; a day
 *   switchboard:command-counts:{k}   hash    tenant → numbers of fifths of the time for which key k (one of
 *                                            the two above) stores commands, each with a count
 *   switchboard:nodes                zset    names of nodes, scored by their last report in ms
 *   switchboard:node-counts:n        hash    tenant → sessions on node n, * for all; 15 s
 *   switchboard:node-report:n        string  what node n reports of itself to operators, as JSON; 15 s
 *   switchboard:node-settings:n      string  settings of node n that all nodes must share, as JSON; 15 s
 *   switchboard:ticket:connect:x     string  user as JSON, by the ticket's SHA-256; 30 s, one use
 *   switchboard:ticket:stream:x      string  the same, until the user's token ends
 *   switchboard:ticket:console:x     string  credential as JSON, by the ticket's SHA-256; one use
 *   switchboard:ticket:portal:x      string  portal as JSON, by the ticket's SHA-256; 2 min, one use
 *   switchboard:console-session:x    string  console session as JSON, by the SHA-256 of its cookie;
 *                                            until it was idle for too long
 *   switchboard:console-sessions     zset    SHA-256 of the cookies of callers of all tenants, scored
 *                                            by the ms at which the sessions were opened
 *   switchboard:console-sessions:t   zset    the same of the callers of tenant t
 *   switchboard:portal:x             string  portal as JSON, by the SHA-256 of its token
 *   switchboard:portals-ended:t      hash    all, user:u → how often the portals of the tenant or of
 *                                            user u were ended; a day
 *   switchboard:replicated:{x}       string  mark written before waiting for replicas, tag of key x; 1 s
 *   switchboard:write-probe:{n}      string  proof that the server of that key takes writes; 1 s
 *   switchboard:continuity           hash    run → run_id; master_replid → 1 for each earlier run that ended
 *                                            with all of its writes on disk; embedded Redis only
 *   switchboard:last-write           string  run_id of the embedded Redis that ended with this write
 *   switchboard:presence:tenants     zset    tenant scored by Redis seconds of its last registration
 *
 * in the slot of P:online:{t}; all times are Redis TIME in ms
 *   switchboard:presence:{P:online:t}:states    hash  user → state generation time reason
 *   switchboard:presence:{P:online:t}:due       zset  user scored by when its state must be checked
 *   switchboard:presence:{P:online:t}:nodes     zset  node incarnation scored by the end of its lease
 *   switchboard:presence:{P:online:t}:pending   hash  user → changes not published yet, oldest first
 *   switchboard:presence:{P:online:t}:calls     hash  node incarnation → number of its last call
 *   switchboard:presence:{P:online:t}:user:u    zset  owner|session scored by the end of its lease
 *
 * in the slot of P:offline:{t}:{u}
 *   switchboard:inbox:{P:offline:t:u}           hash  event id → number bytes expiry; next, bytes
 * </pre>
 */
public final class Keys {
  /** Hash of the runs of this server that have lost nothing; see {@link RunContinuity}. */
  static final String CONTINUITY = "switchboard:continuity";

  /** The last write of an embedded Redis before its node stops it: its run id. */
  public static final String LAST_WRITE = "switchboard:last-write";

  private static final String TENANT_EVENTS = "switchboard:events:{";
  private static final String OF_TOPIC = "}:topic:";

  private final String prefix;
  private final String events;
  private final String agents;
  private final String calls;
  private final String queues;

  /** For a prefix without its colon. */
  public Keys(String prefix) {
    this.prefix = prefix;
    this.events = prefix + ":events";
    this.agents = prefix + ":agents:";
    this.calls = prefix + ":calls:";
    this.queues = prefix + ":queues:";
  }

  /** First segment of the users' channels and keys. */
  public String prefix() {
    return prefix;
  }

  /** The channel on which an event of that type and topic is published. */
  public String channel(TenantId tenant, EventType type, @Nullable Topic topic) {
    return topic == null ? channel(tenant, type.family()) : topic.value();
  }

  private String channel(TenantId tenant, EventType.Family family) {
    return switch (family) {
      case AGENTS -> agents + tenant;
      case CALLS -> calls + tenant;
      case QUEUES -> queues + tenant;
      case EVENTS -> events;
    };
  }

  /**
   * The channel with {@code {tenant}} or {@code {topic}} for what differs; there are five such
   * forms.
   */
  public String channelForm(EventType type, boolean topic) {
    if (topic) {
      return "{topic}";
    }
    return switch (type.family()) {
      case AGENTS -> agents + "{tenant}";
      case CALLS -> calls + "{tenant}";
      case QUEUES -> queues + "{tenant}";
      case EVENTS -> events;
    };
  }

  /**
   * The further channel of an event whose {@link #channel} all tenants share; null if they do not.
   */
  public @Nullable String tenantChannel(TenantId tenant, EventType type, @Nullable Topic topic) {
    return topic == null && type.family() != EventType.Family.EVENTS
        ? null
        : tenantChannel(new LogId(tenant, topic));
  }

  private static String tenantChannel(LogId log) {
    return TENANT_EVENTS + log.tenant() + (log.topic() == null ? "}" : OF_TOPIC + log.topic());
  }

  /** All channels on which the events of a log arrive. */
  public List<String> channelsOf(LogId log) {
    return channelsOf(log, log.topic() == null ? events : log.topic().value());
  }

  /** The same with a channel of the tenant's in place of the one that all tenants share. */
  public List<String> tenantChannelsOf(LogId log) {
    return channelsOf(log, tenantChannel(log));
  }

  private List<String> channelsOf(LogId log, String others) {
    return log.topic() == null
        ? List.of(agents + log.tenant(), calls + log.tenant(), queues + log.tenant(), others)
        : List.of(others);
  }

  /**
   * Whether events of a log may arrive on a channel, as {@link #channelsOf} and {@link
   * #tenantChannelsOf} list them. Asked for every message, so it allocates nothing.
   */
  public boolean mayArrive(String channel, TenantId tenant, @Nullable Topic topic) {
    if (channel.startsWith(TENANT_EVENTS)) {
      return isTenantChannel(channel, tenant.value(), topic == null ? null : topic.value());
    }
    if (topic != null) {
      return topic.value().equals(channel);
    }
    return events.equals(channel)
        || isFamilyOf(channel, agents, tenant)
        || isFamilyOf(channel, calls, tenant)
        || isFamilyOf(channel, queues, tenant);
  }

  private static boolean isTenantChannel(String channel, String tenant, @Nullable String topic) {
    int end = TENANT_EVENTS.length() + tenant.length();
    if (!channel.startsWith(tenant, TENANT_EVENTS.length())) {
      return false;
    }
    return topic == null
        ? channel.length() == end + 1 && channel.endsWith("}")
        : channel.length() == end + OF_TOPIC.length() + topic.length()
            && channel.startsWith(OF_TOPIC, end)
            && channel.endsWith(topic);
  }

  private static boolean isFamilyOf(String channel, String start, TenantId tenant) {
    return channel.length() == start.length() + tenant.value().length()
        && channel.startsWith(start)
        && channel.endsWith(tenant.value());
  }

  /** The topic whose channel it is; null for a standard channel. */
  public @Nullable Topic topicOf(String channel) {
    if (channel.startsWith(TENANT_EVENTS)) {
      int topic = channel.indexOf(OF_TOPIC);
      return topic < 0 ? null : new Topic(channel.substring(topic + OF_TOPIC.length()));
    }
    boolean standard =
        channel.equals(events)
            || channel.startsWith(agents)
            || channel.startsWith(calls)
            || channel.startsWith(queues);
    return standard ? null : new Topic(channel);
  }

  /** Channel on which a node receives its own probes. */
  public String probeChannel(String node) {
    return "switchboard:probe:" + node;
  }

  /** Channel on which a node receives the answers to its questions. */
  public String answersChannel(String node) {
    return "switchboard:answers:" + node;
  }

  /** Stream of a log's entries. */
  public String log(LogId log) {
    return "switchboard:log:" + tagged(log);
  }

  /** Hash of a log's state; its name differs in front, where no topic's name can imitate it. */
  public String logMeta(LogId log) {
    return "switchboard:log-meta:" + tagged(log);
  }

  /** Hash of the last event of each key. */
  public String kept(LogId log) {
    return "switchboard:kept:" + tagged(log);
  }

  /** Sorted set of the keys of kept events by the place of their last event. */
  public String keptOrder(LogId log) {
    return "switchboard:kept-order:" + tagged(log);
  }

  /** Sorted set of the keys of kept events by the end of their state. */
  public String keptExpiry(LogId log) {
    return "switchboard:kept-expiry:" + tagged(log);
  }

  /** Sorted set of the topics of a tenant that have kept events. */
  public String keptTopics(TenantId tenant) {
    return "switchboard:kept-topics:{" + tenant + "}";
  }

  /** What the topics of a tenant take: topics, ends of their entries, bytes. */
  public List<String> topicUsage(TenantId tenant) {
    String tag = ":{" + tenant + "}";
    return List.of(topics(tenant), "switchboard:topic-ends" + tag, "switchboard:topic-bytes" + tag);
  }

  /** The topics of a tenant, scored by when each ends. */
  public String topics(TenantId tenant) {
    return "switchboard:topics:{" + tenant + "}";
  }

  /** What the inboxes of a tenant take: bytes by user, and when each has expired. */
  public List<String> inboxUsage(TenantId tenant) {
    return List.of(
        "switchboard:inbox-usage:{" + tenant + "}", "switchboard:inbox-ends:{" + tenant + "}");
  }

  private static String tagged(LogId log) {
    String tag = "{" + log.tenant() + "}";
    return log.topic() == null ? tag : tag + ":topic:" + log.topic();
  }

  /** Hash of the producers' event ids of one window. */
  public String seen(TenantId tenant, long window) {
    return "switchboard:seen:{" + tenant + "}:" + window;
  }

  /** Hash of the event ids made by the server in one window. */
  public String minted(TenantId tenant, long window) {
    return "switchboard:minted:{" + tenant + "}:" + window;
  }

  /** Channel of commands and hints to all nodes. */
  public String controlChannel() {
    return "switchboard:control";
  }

  /** Channel of attempts at a tenant's webhooks. */
  public String attemptsChannel(TenantId tenant) {
    return "switchboard:attempts:" + tenant;
  }

  /** Sorted set of revoked users and tokens. */
  public String revocations() {
    return "switchboard:revocations";
  }

  /** Sorted set of users to disconnect. */
  public String disconnects() {
    return "switchboard:disconnects";
  }

  /** The user of a ticket for one socket. */
  public String connectTicket(String hash) {
    return "switchboard:ticket:connect:" + hash;
  }

  /** The user of a ticket for event streams. */
  public String streamTicket(String hash) {
    return "switchboard:ticket:stream:" + hash;
  }

  /** The credential of a ticket for a console session. */
  public String consoleTicket(String hash) {
    return "switchboard:ticket:console:" + hash;
  }

  /** The portal that a ticket opens. */
  public String portalTicket(String hash) {
    return "switchboard:ticket:portal:" + hash;
  }

  /** A console session. */
  public String consoleSession(String hash) {
    return "switchboard:console-session:" + hash;
  }

  /** Sorted set of the sessions of a tenant's callers, or of callers of all tenants. */
  public String consoleSessions(@Nullable TenantId tenant) {
    return "switchboard:console-sessions" + (tenant == null ? "" : ":" + tenant);
  }

  /** A portal that was opened. */
  public String portal(String hash) {
    return "switchboard:portal:" + hash;
  }

  /** Hash of how often the portals of a tenant and of its users were ended. */
  public String portalsEnded(TenantId tenant) {
    return "switchboard:portals-ended:" + tenant;
  }

  /** Sorted set of the tickets of a user. */
  public String tickets(TenantId tenant, UserId user) {
    return "switchboard:tickets:{" + tenant + "}:" + user;
  }

  /** Hash of the numbers of commands that {@code storedKey} stores, in its slot. */
  String commandCounts(String storedKey) {
    return "switchboard:command-counts:{" + storedKey + "}";
  }

  /** The key that is written before waiting for replicas, on the server of another key. */
  public static String replicationMark(String key) {
    return "switchboard:replicated:{" + Slots.tag(key) + "}";
  }

  /** Key that a server is asked to write; the number is its tag, so that every slot has some. */
  public static String writeProbe(int number) {
    return "switchboard:write-probe:{" + number + "}";
  }

  /** Sorted set of the names of nodes. */
  public String nodes() {
    return "switchboard:nodes";
  }

  /** Hash of a node's session counts. */
  public String nodeCounts(String node) {
    return "switchboard:node-counts:" + node;
  }

  /** The settings of a node that all nodes must share. */
  public String nodeSettings(String node) {
    return "switchboard:node-settings:" + node;
  }

  /** What a node reports of itself to operators. */
  public String nodeReport(String node) {
    return "switchboard:node-report:" + node;
  }

  /** Set of the ids of users online. */
  public String online(TenantId tenant) {
    return prefix + ":online:" + tenant;
  }

  /** Epoch seconds of a user's last heartbeat. */
  public String presence(TenantId tenant, UserId user) {
    return prefix + ":presence:" + tenant + ":" + user;
  }

  /** Sorted set of the tenants with presence data. */
  public String presenceTenants() {
    return "switchboard:presence:tenants";
  }

  /** The keys of a tenant's presence that every script of presence takes first, in this order. */
  public List<String> presenceState(TenantId tenant) {
    String ours = presenceKey(tenant);
    return List.of(
        online(tenant),
        ours + ":states",
        ours + ":due",
        ours + ":nodes",
        ours + ":pending",
        ours + ":calls");
  }

  /** Sorted set of the leases of a user's sessions, in the slot of the tenant's presence. */
  public String presenceLeases(TenantId tenant, UserId user) {
    return presenceKey(tenant) + ":user:" + user;
  }

  private String presenceKey(TenantId tenant) {
    return "switchboard:presence:{" + online(tenant) + "}";
  }

  /** List of the envelopes stored for a user. */
  public String offline(TenantId tenant, UserId user) {
    return prefix + ":offline:" + tenant + ":" + user;
  }

  /** Index of that list, in its slot. */
  public String inboxIndex(TenantId tenant, UserId user) {
    return "switchboard:inbox:{" + offline(tenant, user) + "}";
  }
}
