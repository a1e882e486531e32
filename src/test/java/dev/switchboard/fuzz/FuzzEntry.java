package dev.switchboard.fuzz;

import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What Jazzer calls in {@code scripts/fuzz}: its arguments are the classes of targets. Of several,
 * the first byte of an input says which one gets the rest.
 */
public final class FuzzEntry {
  private static final List<FuzzTarget> targets = new ArrayList<>();

  private FuzzEntry() {}

  /** Called once, before the first input. */
  public static void fuzzerInitialize(String[] arguments) throws ReflectiveOperationException {
    FuzzTarget.stopLogging();
    for (String name : arguments) {
      Constructor<?> constructor = Class.forName(name).getDeclaredConstructor();
      constructor.setAccessible(true);
      targets.add((FuzzTarget) constructor.newInstance());
    }
  }

  /** Called for each input. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    if (targets.size() == 1) {
      targets.get(0).check(input);
    } else if (input.length > 0) {
      int target = Byte.toUnsignedInt(input[0]) % targets.size();
      targets.get(target).check(Arrays.copyOfRange(input, 1, input.length));
    }
  }
}
