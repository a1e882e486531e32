package dev.switchboard.ops;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.EncoderBase;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import dev.switchboard.config.LoggingConfig;
import org.slf4j.LoggerFactory;

/**
 * Sets up the log on standard output; written by a thread of its own, so that no loop waits for it.
 */
public final class LogOutput {
  private LogOutput() {}

  /**
   * Until the configuration is read: only what a person should see, and not among what a
   * sub-command prints.
   */
  public static void beforeConfiguration() {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    ConsoleAppender<ILoggingEvent> errors = console(context, text());
    errors.setTarget("System.err");
    errors.start();
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.addAppender(errors);
    root.setLevel(Level.WARN);
  }

  /** Replaces whatever was set up before. */
  public static void configure(LoggingConfig config) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    EncoderBase<ILoggingEvent> encoder =
        config.format() == LoggingConfig.Format.json ? new JsonEncoder() : text();
    ConsoleAppender<ILoggingEvent> console = console(context, encoder);
    console.start();
    AsyncAppender async = new AsyncAppender();
    async.setContext(context);
    async.setNeverBlock(true);
    async.setQueueSize(4_096);
    async.setMaxFlushTime(1_000);
    async.addAppender(console);
    async.start();
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.addAppender(async);
    root.setLevel(Level.WARN);
    context.getLogger("dev.switchboard").setLevel(Level.valueOf(config.level().name()));
  }

  /** Writes what is still queued; the last act before the process ends. */
  public static void flush() {
    ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
  }

  private static ConsoleAppender<ILoggingEvent> console(
      LoggerContext context, EncoderBase<ILoggingEvent> encoder) {
    encoder.setContext(context);
    encoder.start();
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(context);
    console.setEncoder(encoder);
    return console;
  }

  private static EncoderBase<ILoggingEvent> text() {
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setLayout(new TextLayout());
    return encoder;
  }
}
