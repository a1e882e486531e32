package dev.switchboard.webhooks.format;

import org.jspecify.annotations.Nullable;

/**
 * What a webhook says about its request body.
 *
 * @param choice the format in force, and why
 * @param template for {@link WebhookFormat#TEMPLATE}; null for every other format
 */
public record BodySettings(FormatChoice choice, @Nullable BodyTemplate template) {
  /** The standard body, because nothing else was chosen. */
  public static final BodySettings STANDARD =
      new BodySettings(new FormatChoice(WebhookFormat.STANDARD, FormatChoice.Reason.DEFAULT), null);

  /**
   * The settings of a webhook that names {@code configured}, or nothing, and calls {@code url}.
   *
   * @throws InvalidTemplateException if the format is a template and there is none
   */
  public static BodySettings of(
      @Nullable WebhookFormat configured, @Nullable BodyTemplate template, String url) {
    if (configured == WebhookFormat.TEMPLATE && template == null) {
      throw new InvalidTemplateException("is missing; set template or another format");
    }
    return new BodySettings(FormatChoice.of(configured, url), template);
  }

  public WebhookFormat format() {
    return choice.format();
  }

  /** The format that the webhook names; null if its host or the default decides. */
  public @Nullable WebhookFormat configured() {
    return choice.reason() == FormatChoice.Reason.CONFIGURED ? choice.format() : null;
  }
}
