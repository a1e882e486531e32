package dev.switchboard.sessions.signin;

import dev.switchboard.auth.Origins;
import dev.switchboard.auth.widgets.WidgetAuthenticator;
import dev.switchboard.auth.widgets.WidgetKeyStore.WidgetKey;
import dev.switchboard.event.ChatSessionId;
import dev.switchboard.event.CloseReason;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.sessions.session.Session;
import org.jspecify.annotations.Nullable;

/** Signs in visitors of web pages, by a widget key that allows the origin of the page. */
public final class VisitorSignIn {
  private final WidgetAuthenticator widgets;
  private final SignIn signIn;

  public VisitorSignIn(WidgetAuthenticator widgets, SignIn signIn) {
    this.widgets = widgets;
    this.signIn = signIn;
  }

  /**
   * Opens a session in the chat with the id {@code chat}, or ends it; {@code key} may be absent.
   */
  public void authenticate(
      Session session, String chat, @Nullable String key, SessionRequest request) {
    WidgetKey widget = key == null ? null : widgets.find(key);
    if (widget == null) {
      CloseReason reason =
          widgets.isUndecided() ? CloseReason.NO_CAPACITY : CloseReason.UNKNOWN_WIDGET;
      signIn.refuse(session, reason, reason.message());
    } else if (!allows(widget.origins(), request.origin())) {
      signIn.refuse(session, CloseReason.FORBIDDEN, "the widget key does not allow this origin");
    } else {
      enter(session, widget, chat, request);
    }
  }

  private static boolean allows(Origins allowed, @Nullable String origin) {
    return allowed.allowAll() || (origin != null && allowed.allow(origin));
  }

  private void enter(Session session, WidgetKey widget, String chat, SessionRequest request) {
    ChatSessionId chatSession;
    try {
      chatSession = new ChatSessionId(chat);
    } catch (InvalidNameException e) {
      signIn.refuse(session, CloseReason.BAD_REQUEST, "the session id is malformed");
      return;
    }
    signIn.authenticated(session, widgets.visitor(widget, chatSession), request.subscriptions());
  }
}
