package dev.switchboard.redis;

/** Redis does not know the script with that digest; it must be sent whole. */
public final class NoScriptException extends RedisRefusedException {
  public NoScriptException(Throwable cause) {
    super("the script is not loaded", cause);
  }
}
