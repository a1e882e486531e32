package dev.switchboard.redis;

import static java.util.Objects.requireNonNull;

import io.vertx.core.Future;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * The Lua scripts of the server, as resources below {@code /lua}. Each is called by its digest.
 *
 * <p>A first line {@code -- require: other} puts {@code other.lua} of the same folder in front, for
 * code that several scripts share.
 */
public enum LuaScript {
  SEND_COMMAND("control/send_command"),
  COUNT_TICKET("control/count_ticket"),
  ADOPT_MESSAGE("inbox/adopt_message"),
  APPEND_MESSAGE("inbox/append_message"),
  CLEAR_INBOX("inbox/clear_inbox"),
  READ_MESSAGES("inbox/read_messages"),
  REMOVE_MESSAGES("inbox/remove_messages"),
  RESERVE_ROOM("inbox/reserve_room"),
  SETTLE_USAGE("inbox/settle_usage"),
  LIST_KEPT("log/list_kept"),
  OPEN_KEPT("log/open_kept"),
  PUBLISH_EVENT("log/publish_event"),
  READ_KEPT("log/read_kept"),
  READ_LOG("log/read_log"),
  ASSERT_SESSIONS("presence/assert_sessions"),
  CLOSE_SESSIONS("presence/close_sessions"),
  FINISH_CHANGE("presence/finish_change"),
  FORGET_TENANT("presence/forget_tenant"),
  LIST_REAPER_WORK("presence/list_reaper_work"),
  READ_USERS("presence/read_users"),
  REAP_USERS("presence/reap_users"),
  REGISTER_TENANTS("presence/register_tenants"),
  REPLACE_COUNTS("stats/replace_counts");

  private static final String REQUIRE = "-- require: ";

  private final String name;
  private final String source;
  private final String digest;

  LuaScript(String name) {
    this.name = name;
    this.source = withRequired(name);
    this.digest = sha1(source);
  }

  /** Path below {@code /lua}, without the extension. */
  String path() {
    return name;
  }

  /** Texts of all scripts, to load them on a server that may not know them. */
  public static List<String> sources() {
    return Stream.of(values()).map(script -> script.source).toList();
  }

  /** Runs the script by its digest, or sends it whole if Redis does not know it. */
  public Future<Reply> call(RedisCommands redis, List<String> keys, List<?> arguments) {
    List<Object> parameters = new ArrayList<>(2 + keys.size() + arguments.size());
    parameters.add(digest);
    parameters.add(keys.size());
    parameters.addAll(keys);
    parameters.addAll(arguments);
    return redis
        .send("evalsha", parameters)
        .recover(
            failure -> {
              if (!(failure instanceof NoScriptException)) {
                return Future.failedFuture(failure);
              }
              parameters.set(0, source);
              return redis.send("eval", parameters);
            });
  }

  private static String withRequired(String name) {
    String source = read(name);
    if (!source.startsWith(REQUIRE)) {
      return source;
    }
    String required = source.substring(REQUIRE.length(), source.indexOf('\n')).trim();
    String folder = name.substring(0, name.lastIndexOf('/') + 1);
    return read(folder + required) + source;
  }

  private static String read(String name) {
    String path = "/lua/" + name + ".lua";
    try (InputStream in =
        requireNonNull(LuaScript.class.getResourceAsStream(path), () -> path + " is missing")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha1(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-1");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
