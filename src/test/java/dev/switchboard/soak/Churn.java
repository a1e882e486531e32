package dev.switchboard.soak;

import static java.util.Objects.requireNonNull;

import dev.switchboard.support.TestNode;
import dev.switchboard.support.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** Workers that use a node at random, each on a thread of its own, one step after the other. */
final class Churn {
  private static final Duration LONG = Duration.ofMinutes(2);

  private final List<Steps> workers = new ArrayList<>();
  private final List<Random> randoms = new ArrayList<>();
  private final Map<Step, AtomicLong> done = new EnumMap<>(Step.class);
  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private volatile boolean over;

  /** What a worker does, and how often in comparison with the others. */
  enum Step {
    SOCKET(60),
    STREAM(30),
    TICKET(10),
    STRANGER(20),
    BROKEN(10),
    EVENTS(60),
    INBOX(20),
    KEPT(20),
    DEVICE(20),
    READING(20),
    WEBHOOK(30),
    // A node remembers for an hour how quickly the receiver of a webhook answered.
    NEW_WEBHOOK(2);

    private final int weight;

    Step(int weight) {
      this.weight = weight;
    }
  }

  Churn(TestNode node, String receiver, SoakPlan plan) {
    for (int i = 0; i < plan.workers(); i++) {
      Random random = new Random(plan.seed() + i);
      randoms.add(random);
      workers.add(new Steps(node, receiver, i, random));
    }
    for (Step step : Step.values()) {
      done.put(step, new AtomicLong());
    }
  }

  /** Lets each worker use once what stays by design, however short the first period is. */
  void useAll() {
    workers.forEach(Steps::useAll);
  }

  /** Uses the node for so long; returns when the last step has ended. */
  void run(Duration time) {
    over = false;
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < workers.size(); i++) {
      int number = i;
      Thread thread = new Thread(() -> work(number), "churn-" + i);
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
    long end = System.nanoTime() + time.toNanos();
    Waiting.until("the time is over", time.plus(LONG), () -> System.nanoTime() > end);
    over = true;
    Waiting.until("the last steps end", LONG, () -> threads.stream().noneMatch(Thread::isAlive));
    Throwable failure = failures.poll();
    if (failure != null) {
      throw new AssertionError("a step failed; " + failures.size() + " others did", failure);
    }
  }

  private void work(int number) {
    Random random = randoms.get(number);
    while (!over) {
      Step step = next(random);
      try {
        doStep(step, workers.get(number));
        long unused = requireNonNull(done.get(step)).incrementAndGet();
      } catch (RuntimeException | AssertionError e) {
        failures.add(new AssertionError(step + " failed", e));
        over = true;
      }
    }
  }

  private static void doStep(Step step, Steps worker) {
    switch (step) {
      case SOCKET -> worker.liveOnSocket();
      case STREAM -> worker.liveOnStream();
      case TICKET -> worker.signInWithTicket();
      case STRANGER -> worker.beRefused();
      case BROKEN -> worker.sendHalfARequest();
      case EVENTS -> worker.publish();
      case INBOX -> worker.useInbox();
      case KEPT -> worker.keepAndForget();
      case DEVICE -> worker.reportDevice();
      case READING -> worker.read();
      case WEBHOOK -> worker.callWebhook();
      case NEW_WEBHOOK -> worker.createAndDeleteWebhook();
    }
  }

  private static Step next(Random random) {
    int total = 0;
    for (Step step : Step.values()) {
      total += step.weight;
    }
    int chosen = random.nextInt(total);
    for (Step step : Step.values()) {
      chosen -= step.weight;
      if (chosen < 0) {
        return step;
      }
    }
    throw new IllegalStateException("no step");
  }

  /** Number of steps that were done. */
  long steps() {
    return done.values().stream().mapToLong(AtomicLong::get).sum();
  }

  /** Number of events that owed a call of a webhook, while no worker is busy. */
  long owed() {
    return workers.stream().mapToLong(Steps::owed).sum();
  }

  @Override
  public String toString() {
    return done.toString();
  }
}
