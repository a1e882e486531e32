package dev.switchboard.fuzz;

import java.lang.reflect.Constructor;
import org.jspecify.annotations.Nullable;

/** What Jazzer calls in {@code scripts/fuzz}: its one argument is the class of the target. */
public final class FuzzEntry {
  private static @Nullable FuzzTarget target;

  private FuzzEntry() {}

  /** Called once, before the first input. */
  public static void fuzzerInitialize(String[] arguments) throws ReflectiveOperationException {
    Constructor<?> made = Class.forName(arguments[0]).getDeclaredConstructor();
    made.setAccessible(true);
    target = (FuzzTarget) made.newInstance();
  }

  /** Called for each input. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    if (target != null) {
      target.check(input);
    }
  }
}
