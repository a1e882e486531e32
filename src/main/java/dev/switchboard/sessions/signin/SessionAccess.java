package dev.switchboard.sessions.signin;

import dev.switchboard.auth.Authenticator;
import dev.switchboard.auth.Origins;
import dev.switchboard.auth.Revocations;
import dev.switchboard.auth.TicketStore;
import dev.switchboard.auth.TrustedProxies;
import dev.switchboard.auth.widgets.WidgetAuthenticator;

/** Collaborators that decide who may open a session. */
public record SessionAccess(
    Authenticator authenticator,
    TicketStore tickets,
    WidgetAuthenticator widgets,
    Revocations revocations,
    Origins origins,
    TrustedProxies proxies) {}
