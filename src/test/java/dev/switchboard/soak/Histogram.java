package dev.switchboard.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The objects that live on the heap of a Java process after a full collection, by class.
 *
 * @param bytes of all objects
 */
record Histogram(long bytes, Map<String, ClassUse> classes) {
  private static final Pattern LINE =
      Pattern.compile("^\\s*\\d+:\\s+(\\d+)\\s+(\\d+)\\s+(\\S+).*$");
  private static final Pattern TOTAL = Pattern.compile("^Total\\s+\\d+\\s+(\\d+)$");

  /** Number of objects of a class, and their bytes. */
  record ClassUse(long objects, long bytes) {
    private ClassUse plus(ClassUse other) {
      return new ClassUse(objects + other.objects, bytes + other.bytes);
    }
  }

  /** Collects twice, so that what the first collection freed by a cleaner is gone as well. */
  static Histogram of(long pid) {
    String unused = jcmd(pid, "GC.run");
    return parse(jcmd(pid, "GC.class_histogram"));
  }

  static Histogram parse(String text) {
    Map<String, ClassUse> classes = new HashMap<>();
    long total = 0;
    for (String line : text.lines().toList()) {
      Matcher one = LINE.matcher(line);
      if (one.matches()) {
        // The same name may come again, from another class loader.
        ClassUse use = new ClassUse(Long.parseLong(one.group(1)), Long.parseLong(one.group(2)));
        classes.merge(one.group(3), use, ClassUse::plus);
      }
      Matcher all = TOTAL.matcher(line);
      if (all.matches()) {
        total = Long.parseLong(all.group(1));
      }
    }
    if (total == 0) {
      throw new IllegalStateException("no histogram: " + text);
    }
    return new Histogram(total, Map.copyOf(classes));
  }

  /** Number of objects of classes whose names end so. */
  long objects(String nameEnd) {
    return classes.entrySet().stream()
        .filter(one -> one.getKey().endsWith(nameEnd))
        .mapToLong(one -> one.getValue().objects())
        .sum();
  }

  /** The classes that take most more bytes than in {@code earlier}, one on each line. */
  List<String> growthSince(Histogram earlier) {
    record Growth(String name, long bytes, long objects) {}
    ClassUse none = new ClassUse(0, 0);
    return classes.entrySet().stream()
        .map(
            one -> {
              ClassUse before = earlier.classes.getOrDefault(one.getKey(), none);
              ClassUse after = one.getValue();
              return new Growth(
                  one.getKey(), after.bytes() - before.bytes(), after.objects() - before.objects());
            })
        .filter(growth -> growth.bytes() > 0)
        .sorted(Comparator.comparingLong(Growth::bytes).reversed())
        .limit(15)
        .map(
            growth ->
                "%+,d bytes, %+,d objects of %s"
                    .formatted(growth.bytes(), growth.objects(), growth.name()))
        .toList();
  }

  private static String jcmd(long pid, String command) {
    String program = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    try {
      Process process =
          new ProcessBuilder(program, Long.toString(pid), command)
              .redirectErrorStream(true)
              .start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException("jcmd failed: " + output);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
