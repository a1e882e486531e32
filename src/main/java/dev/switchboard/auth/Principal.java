package dev.switchboard.auth;

import dev.switchboard.event.ChatSessionId;
import dev.switchboard.event.Sender;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An authenticated caller. */
public sealed interface Principal {

  boolean mayActFor(TenantId tenant);

  /** Whether the caller may use that part of the API. */
  boolean has(Scope scope);

  /** Short name for log lines; not secret. */
  String name();

  /** Identifies the caller among all callers of all tenants. */
  String identity();

  /** When the caller's credential expires; {@link Instant#MAX} if it does not. */
  Instant expires();

  /** A person of one tenant, known or anonymous, who may have a live session. */
  sealed interface Participant extends Principal {
    /** The person's only tenant. */
    TenantId tenant();

    /** The user; null for an anonymous visitor. */
    @Nullable UserId user();

    /** The person as the sender of events. */
    Sender sender();

    /** The person's rights. */
    Role role();

    @Override
    default boolean mayActFor(TenantId other) {
      return tenant().equals(other);
    }

    @Override
    default boolean has(Scope scope) {
      return role().scopes().contains(scope);
    }
  }

  /**
   * A signed-in person.
   *
   * @param issued when its token was issued; {@link Instant#EPOCH} if the token does not say
   * @param tokenId the token's {@code jti}, if it has one
   */
  record User(
      TenantId tenant,
      UserId user,
      Role role,
      Instant issued,
      Instant expires,
      @Nullable String tokenId)
      implements Participant {
    @Override
    public Sender sender() {
      return Sender.of(user);
    }

    @Override
    public String name() {
      return "user " + user;
    }

    @Override
    public String identity() {
      return tenant + " user " + user;
    }
  }

  /**
   * An anonymous visitor of a web chat, who connected with a widget key.
   *
   * @param chatSession the only chat it sees
   */
  record Visitor(TenantId tenant, ChatSessionId chatSession, Role role, String widgetKey)
      implements Participant {
    @Override
    public @Nullable UserId user() {
      return null;
    }

    @Override
    public Sender sender() {
      return Sender.of(chatSession);
    }

    @Override
    public Instant expires() {
      return Instant.MAX;
    }

    @Override
    public String name() {
      return "visitor";
    }

    @Override
    public String identity() {
      return tenant + " chat " + chatSession;
    }
  }

  /**
   * A backend.
   *
   * @param name identifies its key or token
   * @param tenant the tenant it acts for; null for all tenants
   * @param tokenId its token's {@code jti}; null for a key, or a token without one
   * @param expires when its token expires; {@link Instant#MAX} for a key
   */
  record Service(
      String name,
      @Nullable TenantId tenant,
      Set<Scope> scopes,
      @Nullable String tokenId,
      Instant expires)
      implements Principal {
    public Service {
      scopes = Set.copyOf(scopes);
    }

    /** Makes a backend that called with an API key. */
    public Service(String name, @Nullable TenantId tenant, Set<Scope> scopes) {
      this(name, tenant, scopes, null, Instant.MAX);
    }

    @Override
    public boolean mayActFor(TenantId other) {
      return tenant == null || tenant.equals(other);
    }

    @Override
    public String identity() {
      return (tenant == null ? "*" : tenant) + " " + name;
    }

    @Override
    public boolean has(Scope scope) {
      return scopes.contains(scope);
    }
  }
}
