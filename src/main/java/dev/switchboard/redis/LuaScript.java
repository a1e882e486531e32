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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A script below {@code /lua}, called by its digest and sent whole when Redis does not know it.
 *
 * <p>A first line {@code -- require: other} puts {@code other.lua} of the same folder in front, for
 * what several scripts share.
 */
public final class LuaScript {
  private static final String REQUIRE = "-- require: ";
  private static final Map<String, LuaScript> LOADED = new ConcurrentHashMap<>();

  private final String source;
  private final String digest;

  private LuaScript(String source) {
    this.source = source;
    this.digest = sha1(source);
  }

  /** Loads {@code /lua/<name>.lua} from the class path. */
  public static LuaScript load(String name) {
    String source = read(name);
    if (source.startsWith(REQUIRE)) {
      String required = source.substring(REQUIRE.length(), source.indexOf('\n')).trim();
      String folder = name.substring(0, name.lastIndexOf('/') + 1);
      source = read(folder + required) + source;
    }
    LuaScript script = new LuaScript(source);
    LOADED.put(name, script);
    return script;
  }

  /** Texts of all scripts in use, for a server that may not know them. */
  public static List<String> sources() {
    return LOADED.values().stream().map(script -> script.source).toList();
  }

  /** Runs it; failures as for any command. */
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
