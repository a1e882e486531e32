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
import dev.switchboard.config.ops.LoggingConfig;
import org.slf4j.LoggerFactory;

/**
 * Configures logging to standard output. A separate thread writes, so that no event loop waits for
 * the terminal.
 */
public final class LogOutput {
  private LogOutput() {}

  /**
   * Logs warnings to standard error until the configuration is read, apart from what a sub-command
   * prints.
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

  /** Replaces the previous configuration of logging. */
  public static void configure(LoggingConfig config) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    EncoderBase<ILoggingEvent> encoder =
        config.format() == LoggingConfig.Format.json ? new JsonEncoder() : text();
    ConsoleAppender<ILoggingEvent> console = console(context, encoder);
    console.start();
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.addAppender(async(context, console));
    root.setLevel(Level.WARN);
    context.getLogger("dev.switchboard").setLevel(Level.valueOf(config.level().name()));
    configureAudit(context, console);
  }

  /** Lines of the audit log are written at every level, and not given up for those of others. */
  private static void configureAudit(
      LoggerContext context, ConsoleAppender<ILoggingEvent> console) {
    AsyncAppender async = async(context, console);
    async.setDiscardingThreshold(0);
    Logger audit = context.getLogger("audit");
    audit.addAppender(async);
    audit.setAdditive(false);
    audit.setLevel(Level.INFO);
  }

  private static AsyncAppender async(
      LoggerContext context, ConsoleAppender<ILoggingEvent> console) {
    AsyncAppender async = new AsyncAppender();
    async.setContext(context);
    async.setNeverBlock(true);
    async.setQueueSize(4_096);
    async.setMaxFlushTime(1_000);
    async.addAppender(console);
    async.start();
    return async;
  }

  /** Writes the queued lines; to be called last, before the process ends. */
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
