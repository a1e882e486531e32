package dev.switchboard.auth;

import dev.switchboard.event.ChatSessionId;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who makes a call, proven. */
public sealed interface Principal {

  /** Whether it may act in that tenant at all. */
  boolean mayActFor(TenantId tenant);

  /** Whether it may use that part of the API. */
  boolean has(Scope scope);

  /** Short name for logs; no secret. */
  String name();

  /** One caller among all: what is counted or remembered for it is for no other. */
  String identity();

  /** Whoever may have a live session: a person of one tenant, known or anonymous. */
  sealed interface Participant extends Principal {
    /** The one tenant it sees. */
    TenantId tenant();

    /** Who it is; null for an anonymous visitor. */
    @Nullable UserId user();

    /** What it may do. */
    Role role();

    /** When its right to be here ends. */
    Instant expires();

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
   * @param issued when its token was made; {@link Instant#EPOCH} if the token does not say
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
    public String name() {
      return "user " + user;
    }

    @Override
    public String identity() {
      return tenant + " user " + user;
    }
  }

  /**
   * An anonymous visitor of a web chat, let in by a widget key.
   *
   * @param chatSession the one chat it sees
   * @param widgetKey what let it in
   */
  record Visitor(TenantId tenant, ChatSessionId chatSession, Role role, String widgetKey)
      implements Participant {
    @Override
    public @Nullable UserId user() {
      return null;
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
   * @param name of its key, or of its token: no two have the same
   * @param tenant the one tenant it acts for; null: every tenant
   * @param tokenId its token's {@code jti}; null for a key, and for a token that has none
   */
  record Service(
      String name, @Nullable TenantId tenant, Set<Scope> scopes, @Nullable String tokenId)
      implements Principal {
    public Service {
      scopes = Set.copyOf(scopes);
    }

    /** With a key. */
    public Service(String name, @Nullable TenantId tenant, Set<Scope> scopes) {
      this(name, tenant, scopes, null);
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
