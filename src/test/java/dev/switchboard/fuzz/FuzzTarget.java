package dev.switchboard.fuzz;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/**
 * A reader of untrusted input, and a property that holds for every input. As a test it reads its
 * corpus, {@code src/test/resources/fuzz/<name>}, and some variations of it that are the same in
 * each run; {@code scripts/fuzz} searches for further inputs.
 */
@Timeout(60)
public abstract class FuzzTarget {
  /** Stands between the parts of an input that has several. */
  private static final String SEPARATOR = "\n--\n";

  /** Keeps what is said about malformed inputs, one by one, out of the log. */
  private static final TurboFilter NO_LOG =
      new TurboFilter() {
        @Override
        public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] arguments,
            @Nullable Throwable failure) {
          return FilterReply.DENY;
        }
      };

  private static final String SUFFIX = "FuzzTest";
  private static final int VARIATIONS = 2_000;

  @BeforeAll
  static void stopLogging() {
    context().addTurboFilter(NO_LOG);
  }

  @AfterAll
  static void logAgain() {
    context().getTurboFilterList().remove(NO_LOG);
  }

  private static LoggerContext context() {
    return (LoggerContext) LoggerFactory.getILoggerFactory();
  }

  /** Checks the property for one input; throws if it does not hold. */
  protected abstract void check(byte[] input) throws Exception;

  /** The input as UTF-8, with malformed bytes replaced. */
  protected static String text(byte[] input) {
    return new String(input, StandardCharsets.UTF_8);
  }

  /** The parts of an input, as many as asked for: those that it lacks are empty. */
  protected static List<String> parts(byte[] input, int count) {
    List<String> parts = new ArrayList<>(List.of(text(input).split(SEPARATOR, count)));
    while (parts.size() < count) {
      parts.add("");
    }
    return parts;
  }

  @TestFactory
  protected final Stream<DynamicTest> propertyHoldsForTheCorpus() throws IOException {
    return corpus().stream()
        .map(file -> dynamicTest(file.getFileName().toString(), () -> check(read(file))));
  }

  @Test
  protected final void propertyHoldsForVariationsOfTheCorpus() throws IOException {
    List<byte[]> corpus = corpus().stream().map(FuzzTarget::read).toList();
    Mutations mutations = new Mutations(corpus, 1);
    for (int i = 0; i < VARIATIONS; i++) {
      byte[] input = mutations.next();
      try {
        check(input);
      } catch (Throwable fault) {
        Path saved = Path.of("target", "fuzz", name() + "-failed");
        Files.createDirectories(saved.getParent());
        Files.write(saved, input);
        throw new AssertionError("does not hold for " + saved + ", made of the corpus", fault);
      }
    }
  }

  private List<Path> corpus() throws IOException {
    Path directory = Path.of("src", "test", "resources", "fuzz", name());
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> inputs = files.sorted().toList();
      if (inputs.isEmpty()) {
        throw new IllegalStateException(directory + " is empty; add an input that is accepted");
      }
      return inputs;
    }
  }

  private String name() {
    String simple = getClass().getSimpleName();
    return simple.substring(0, simple.length() - SUFFIX.length());
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
