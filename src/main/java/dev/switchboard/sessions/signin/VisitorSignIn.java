package dev.switchboard.sessions.signin;

import dev.switchboard.auth.Origins;
import dev.switchboard.auth.WidgetAuthenticator;
import dev.switchboard.auth.WidgetKeyStore.WidgetKey;
import dev.switchboard.event.ChatSessionId;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.CloseReason;
import dev.switchboard.sessions.session.Session;
import org.jspecify.annotations.Nullable;

/** Signs in visitors of web pages: by a widget key that is for the page they are on. */
public final class VisitorSignIn {
  private final WidgetAuthenticator widgets;
  private final SignIn signIn;

  public VisitorSignIn(WidgetAuthenticator widgets, SignIn signIn) {
    this.widgets = widgets;
    this.signIn = signIn;
  }

  /** Lets it into the chat of that name, or ends it. */
  public void prove(Session session, String chat, @Nullable String key, SessionRequest wish) {
    WidgetKey widget = key == null ? null : widgets.find(key);
    if (widget == null) {
      CloseReason reason =
          widgets.isUndecided() ? CloseReason.NO_CAPACITY : CloseReason.UNKNOWN_WIDGET;
      signIn.refuse(session, reason, reason.message());
    } else if (!isFor(widget.origins(), wish.origin())) {
      signIn.refuse(session, CloseReason.FORBIDDEN, "the widget is not for pages of this origin");
    } else {
      enter(session, widget, chat, wish);
    }
  }

  private static boolean isFor(Origins allowed, @Nullable String origin) {
    return allowed.allowAll() || (origin != null && allowed.allow(origin));
  }

  private void enter(Session session, WidgetKey widget, String chat, SessionRequest wish) {
    ChatSessionId named;
    try {
      named = new ChatSessionId(chat);
    } catch (InvalidNameException e) {
      signIn.refuse(session, CloseReason.BAD_REQUEST, "the session id is malformed");
      return;
    }
    signIn.proven(session, widgets.visitor(widget, named), wish.wishes());
  }
}
