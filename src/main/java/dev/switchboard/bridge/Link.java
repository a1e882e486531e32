package dev.switchboard.bridge;

import dev.switchboard.bus.HubMail;
import java.util.function.BooleanSupplier;

/**
 * Whether the link to Redis works: its subscription is live and its servers answer. Sessions are
 * told of a loss at once, and of its end when publishing works again too. Then every log is read.
 * Belongs to one event loop.
 */
final class Link {
  private final BooleanSupplier live;
  private final BooleanSupplier serving;
  private final Followers followers;
  private final HubPosts posts;
  private boolean up;

  Link(BooleanSupplier live, BooleanSupplier serving, Followers followers, HubPosts posts) {
    this.live = live;
    this.serving = serving;
    this.followers = followers;
    this.posts = posts;
  }

  /** The subscription is gone: messages are being missed. */
  void lost() {
    followers.linkDown();
    look();
  }

  /** Something may have changed. */
  void look() {
    boolean now = live.getAsBoolean() && serving.getAsBoolean();
    if (now == up) {
      return;
    }
    up = now;
    posts.linkChanged(new HubMail.LinkChanged(up));
    if (up) {
      followers.readAgain();
    }
  }
}
