package dev.switchboard.webhooks.format;

import org.jspecify.annotations.Nullable;

/**
 * Makes request bodies in any {@link WebhookFormat}: the same bytes for the same event. Usable from
 * every thread.
 */
public final class BodyFormatter {
  private final LinkTemplate links;

  /** Puts {@code links} into the messages of chat services. */
  public BodyFormatter(LinkTemplate links) {
    this.links = links;
  }

  /** The standard body of {@code event}. */
  public static byte[] standard(DeliveredEvent event) {
    return StandardBody.of(event).bytes();
  }

  /**
   * The body of {@code event} in {@code format}.
   *
   * @param template for {@link WebhookFormat#TEMPLATE}; otherwise not used
   * @throws InvalidTemplateException if the template is missing or can't be rendered
   */
  public RequestBody format(
      WebhookFormat format, @Nullable BodyTemplate template, DeliveredEvent event) {
    return switch (format) {
      case STANDARD -> StandardBody.of(event);
      case EXTENDED -> ExtendedBody.of(event);
      case CLOUDEVENTS -> CloudEventBody.of(event);
      case SLACK -> SlackMessage.of(EventCard.of(event, links));
      case DISCORD -> DiscordMessage.of(EventCard.of(event, links));
      case TEAMS -> TeamsMessage.of(EventCard.of(event, links));
      case GOOGLE_CHAT -> GoogleChatMessage.of(EventCard.of(event, links));
      case TEMPLATE -> render(template, event);
    };
  }

  private static RequestBody render(@Nullable BodyTemplate template, DeliveredEvent event) {
    if (template == null) {
      throw new InvalidTemplateException("is missing; set template or another format");
    }
    return template.render(event);
  }
}
