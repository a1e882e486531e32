package dev.switchboard.bench.workload;

import static dev.switchboard.bench.measure.Metric.OPEN_MICROS;
import static dev.switchboard.bench.measure.Metric.SEALED_BYTES;
import static dev.switchboard.bench.measure.Metric.SEAL_MICROS;

import dev.switchboard.bench.measure.Results;
import dev.switchboard.config.EncryptionConfig;
import dev.switchboard.config.Secret;
import dev.switchboard.sealing.PayloadSeal;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What encryption at rest costs for each event that is stored, and for each that is read again. */
@Command(
    name = "sealing",
    mixinStandardHelpOptions = true,
    description = "Time to seal and to open a payload, and the bytes stored.")
public final class Sealing implements Callable<Integer> {
  private static final int ROUNDS = 200_000;
  private static final int[] SIZES = {250, 4_096};

  @Option(names = "--results", description = "file to append figures to")
  private @Nullable Path file;

  @Override
  public Integer call() {
    EncryptionConfig keys =
        new EncryptionConfig(
            new Secret("bench:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="), true);
    PayloadSeal seal = new PayloadSeal(keys, new SimpleMeterRegistry());
    for (int size : SIZES) {
      String workload = "sealing " + size + " B";
      System.out.println(workload);
      measure(seal, tail(size), new Results("switchboard", workload, file, System.out));
    }
    return 0;
  }

  private static byte[] tail(int size) {
    String head =
        "\"event_id\":\"01a20a82-1864-700b-be61-dbdd3194cae7\",\"type\":\"call.incoming\",\"tenant_id\":\"tenant-123\",\"timestamp\":\"2026-11-23T22:23:47.813Z\",\"payload\":\"";
    return (head + "x".repeat(size - 2) + "\"}").getBytes(StandardCharsets.US_ASCII);
  }

  private static void measure(PayloadSeal seal, byte[] tail, Results results) {
    byte[] sealed = seal.seal(tail);
    long sealing = 0;
    long opening = 0;
    // The first half warms up.
    for (int half = 0; half < 2; half++) {
      long begun = System.nanoTime();
      for (int i = 0; i < ROUNDS; i++) {
        sealed = seal.seal(tail);
      }
      long between = System.nanoTime();
      for (int i = 0; i < ROUNDS; i++) {
        byte[] opened = seal.open(sealed);
        if (opened == null || opened.length != tail.length) {
          throw new IllegalStateException("it was sealed for nobody");
        }
      }
      sealing = between - begun;
      opening = System.nanoTime() - between;
    }
    results.add(SEAL_MICROS, sealing / 1e3 / ROUNDS);
    results.add(OPEN_MICROS, opening / 1e3 / ROUNDS);
    results.count(SEALED_BYTES, sealed.length - tail.length);
  }
}
