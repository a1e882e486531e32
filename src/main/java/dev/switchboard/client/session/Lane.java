package dev.switchboard.client.session;

import dev.switchboard.client.model.SwitchboardException;
import dev.switchboard.client.model.SwitchboardException.Outcome;
import dev.switchboard.client.platform.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Messages that are sent one after the other, each after the answer to the one before, and again
 * after a reconnect, until they are answered. Belongs to the client's thread.
 */
final class Lane {
  /** Codes of errors after which the same message is sent again. */
  private static final Set<String> REPEATABLE = Set.of("unavailable", "rate_limited", "not_ready");

  /** The server counts each refusal, and closes at 50 in a minute. */
  private static final long RATE_LIMIT_PAUSE = 2 * Backoff.SECOND;

  private final Loop loop;
  private final Backoff backoff;
  private final Sender sender;
  private final long answerTimeout;
  private final List<Job> jobs = new ArrayList<>();

  /** Sends a message whose answer is waited for. */
  interface Sender {
    /** Returns false if there is no connection to send it over. */
    boolean send(String text, Consumer<Message> answered);
  }

  /** A message on its way to an answer. */
  abstract static class Job {
    private final boolean unordered;
    private int failures;
    private boolean sent;
    private boolean inFlight;
    private long expires = Long.MAX_VALUE;
    private Loop.@Nullable Timer expiry;

    /** For the answer, or for the next try. */
    private Loop.@Nullable Timer timer;

    /** An unordered message does not wait for the answers to others. */
    Job(boolean unordered) {
      this.unordered = unordered;
    }

    /** Makes the message, for each time it is sent. */
    abstract String text();

    abstract void succeed(Message answer);

    abstract void fail(SwitchboardException failure);

    /** Whether it is not sent again after a reconnect. */
    boolean isForOneConnection() {
      return false;
    }

    /** Milliseconds after which it is given up. */
    long maxAge() {
      return Long.MAX_VALUE;
    }
  }

  /**
   * Makes an empty lane.
   *
   * @param answerTimeout milliseconds; 0 to wait as long as the connection lives
   */
  Lane(Loop loop, Sender sender, long answerTimeout) {
    this.loop = loop;
    this.backoff = new Backoff(loop);
    this.sender = sender;
    this.answerTimeout = answerTimeout;
  }

  List<Job> jobs() {
    return jobs;
  }

  void add(Job job) {
    if (job.maxAge() != Long.MAX_VALUE) {
      job.expires = loop.now() + job.maxAge();
      job.expiry = loop.schedule(job.maxAge(), () -> giveUp(job));
    }
    jobs.add(job);
    flush();
  }

  /** Adds a message before all others. */
  void addFirst(Job job) {
    jobs.add(0, job);
    flush();
  }

  /** Sends what may be sent now. */
  void flush() {
    boolean behind = false;
    for (Job job : List.copyOf(jobs)) {
      if ((job.unordered || !behind) && !job.inFlight && job.timer == null) {
        send(job);
      }
      behind |= !job.unordered;
    }
  }

  private void send(Job job) {
    if (loop.now() >= job.expires) {
      giveUp(job);
    } else if (sender.send(job.text(), answer -> answered(job, answer))) {
      job.sent = true;
      job.inFlight = true;
      if (answerTimeout > 0) {
        job.timer = loop.schedule(answerTimeout, () -> giveUp(job));
      }
    }
  }

  private void answered(Job job, Message answer) {
    rest(job);
    String code = String.valueOf(answer.text("code"));
    if (!answer.type().equals("error")) {
      remove(job);
      job.succeed(answer);
      flush();
    } else if (REPEATABLE.contains(code)) {
      long least = code.equals("rate_limited") ? RATE_LIMIT_PAUSE : 0;
      job.timer = loop.schedule(least + backoff.pause(job.failures++), () -> retry(job));
    } else {
      fail(job, answer.refusal());
    }
  }

  private void retry(Job job) {
    rest(job);
    flush();
  }

  private static void rest(Job job) {
    if (job.timer != null) {
      job.timer.cancel();
      job.timer = null;
    }
    job.inFlight = false;
  }

  private void remove(Job job) {
    jobs.remove(job);
    if (job.expiry != null) {
      job.expiry.cancel();
    }
    rest(job);
  }

  private void fail(Job job, SwitchboardException failure) {
    remove(job);
    job.fail(failure);
    flush();
  }

  private void giveUp(Job job) {
    fail(job, new SwitchboardException("timeout", "no answer came in time", outcome(job)));
  }

  private static Outcome outcome(Job job) {
    return job.sent ? Outcome.UNKNOWN : Outcome.NOT_SENT;
  }

  /** The connection is lost: no answer comes to what was sent over it. */
  void interrupt() {
    jobs.forEach(Lane::rest);
    jobs.removeIf(Job::isForOneConnection);
  }

  /** Gives up everything. */
  void clear(String code, String message) {
    List<Job> left = List.copyOf(jobs);
    left.forEach(this::remove);
    left.forEach(job -> job.fail(new SwitchboardException(code, message, outcome(job))));
  }
}
