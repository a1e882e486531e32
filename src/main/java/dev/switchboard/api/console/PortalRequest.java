package dev.switchboard.api.console;

import dev.switchboard.api.http.ProblemException;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Scope;
import dev.switchboard.auth.console.Credential;
import dev.switchboard.auth.console.Portal;
import dev.switchboard.config.pages.PortalConfig;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what a backend asks of a portal, and refuses what it must not be. */
final class PortalRequest {
  private static final Duration DEFAULT_LIFETIME = Duration.ofHours(1);
  private static final int MAX_NAME = 100;
  private static final int MAX_URL = 2_000;
  private static final int MAX_LOGO = 16 << 10;
  private static final List<String> MEMBERS =
      List.of("scopes", "user", "ttl_seconds", "theme", "return_url", "name", "logo", "accent");
  private static final List<String> THEMES = List.of("light", "dark", "auto");
  private static final Pattern ACCENT = Pattern.compile("#[0-9a-fA-F]{6}");

  /** Raster images only: an SVG may hold scripts. */
  private static final Pattern LOGO =
      Pattern.compile("data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}");

  private static final Pattern OWN_LOGO =
      Pattern.compile("/(?!/)[A-Za-z0-9._~/-]+\\.(png|jpg|jpeg|gif|webp)");

  private final JsonObject body;
  private final PortalConfig config;

  PortalRequest(JsonObject body, PortalConfig config) {
    this.body = body;
    this.config = config;
    ProblemException.refuseUnknown(body, "a portal", MEMBERS);
  }

  /** Returns the portal that {@code backend} may hand out. */
  Portal portal(TenantId tenant, Principal backend, Credential issuer, Instant now) {
    Instant latest = now.plus(lifetime());
    Instant expires = backend.expires().isBefore(latest) ? backend.expires() : latest;
    return new Portal(tenant, user(), scopes(backend), issuer, expires);
  }

  private Set<Scope> scopes(Principal backend) {
    if (!(body.getValue("scopes") instanceof JsonArray given) || given.isEmpty()) {
      throw ProblemException.badField("/scopes", "must list at least one of " + allowed());
    }
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    for (int i = 0; i < given.size(); i++) {
      String name = String.valueOf(given.getValue(i));
      Scope scope =
          Scope.of(name).filter(Portal.SCOPES::contains).orElseThrow(unknownScope("/scopes/" + i));
      if (!Portal.mayHandOn(backend, scope)) {
        throw ProblemException.forbidden("the caller does not have the scope " + scope + " itself");
      }
      scopes.add(scope);
    }
    return scopes;
  }

  private static Supplier<ProblemException> unknownScope(String pointer) {
    return () -> ProblemException.badField(pointer, "must be one of " + allowed());
  }

  private static String allowed() {
    return String.join(", ", Portal.SCOPES.stream().sorted().map(Scope::wireName).toList());
  }

  private @Nullable String user() {
    Object user = body.getValue("user");
    if (user == null) {
      return null;
    }
    if (!(user instanceof String id)) {
      throw ProblemException.badField("/user", "must be a user id, as a string");
    }
    return new UserId(id).value();
  }

  private Duration lifetime() {
    Object given = body.getValue("ttl_seconds");
    long max = config.maxLifetime().toSeconds();
    if (given == null) {
      return DEFAULT_LIFETIME.toSeconds() < max ? DEFAULT_LIFETIME : config.maxLifetime();
    }
    if (!(given instanceof Integer seconds) || seconds < 1 || seconds > max) {
      throw ProblemException.badField("/ttl_seconds", "must be a whole number from 1 to " + max);
    }
    return Duration.ofSeconds(seconds);
  }

  /** Returns what the pages are told about their looks and where they lead back to. */
  JsonObject appearance() {
    return new JsonObject()
        .put("theme", theme())
        .put("return_url", returnUrl())
        .put("name", name())
        .put("logo", logo())
        .put("accent", accent());
  }

  private String theme() {
    Object theme = body.getValue("theme", "auto");
    if (!(theme instanceof String name) || !THEMES.contains(name)) {
      throw ProblemException.badField("/theme", "must be one of " + String.join(", ", THEMES));
    }
    return name;
  }

  private @Nullable String returnUrl() {
    String url = text("return_url", MAX_URL);
    if (url != null && !config.leadsToListedPage(url)) {
      throw ProblemException.badField(
          "/return_url", "must be an https:// URL of an origin in portal.returnOrigins");
    }
    return url;
  }

  private @Nullable String name() {
    String name = text("name", MAX_NAME);
    if (name != null && (name.isBlank() || name.chars().anyMatch(Character::isISOControl))) {
      throw ProblemException.badField(
          "/name", "must be a text that is not blank and has no control characters");
    }
    return name;
  }

  private @Nullable String logo() {
    String logo = text("logo", MAX_LOGO);
    if (logo != null && !LOGO.matcher(logo).matches() && !OWN_LOGO.matcher(logo).matches()) {
      throw ProblemException.badField(
          "/logo",
          "must be a data: URL of a PNG, JPEG, GIF or WebP image in base64, or the path of one on"
              + " this server");
    }
    return logo;
  }

  private @Nullable String accent() {
    String accent = text("accent", MAX_NAME);
    if (accent != null && !ACCENT.matcher(accent).matches()) {
      throw ProblemException.badField("/accent", "must be a colour such as #0a6ebd");
    }
    return accent;
  }

  private @Nullable String text(String member, int maxLength) {
    Object value = body.getValue(member);
    if (value == null) {
      return null;
    }
    if (!(value instanceof String text) || text.length() > maxLength) {
      throw ProblemException.badField(
          "/" + member, "must be a string of at most " + maxLength + " characters");
    }
    return text;
  }
}
