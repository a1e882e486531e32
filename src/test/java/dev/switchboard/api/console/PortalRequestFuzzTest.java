package dev.switchboard.api.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.api.http.ProblemException;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Scope;
import dev.switchboard.auth.console.Credential;
import dev.switchboard.auth.console.Portal;
import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.pages.PortalConfig;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.TenantId;
import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.fuzz.JsonTrees;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;

/**
 * Bodies of requests for a portal. What is accepted hands out no more than the backend has, for no
 * longer than the maximum, leads back to a listed origin only, and shows no foreign page's image.
 */
class PortalRequestFuzzTest extends FuzzTarget {
  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
  private static final TenantId TENANT = new TenantId("tenant-123");
  private static final Credential ISSUER = new Credential.Key("00ff");
  private static final PortalConfig CONFIG =
      ConfigLoader.bind(
              "test",
              new JsonObject()
                  .put(
                      "portal",
                      new JsonObject()
                          .put("returnOrigins", new JsonArray().add("https://app.example.com"))),
              name -> null)
          .portal();
  private static final Principal.Service BACKEND =
      new Principal.Service(
          "crm", null, EnumSet.of(Scope.WEBHOOKS, Scope.PRESENCE_READ), null, Instant.MAX);

  @Override
  protected void check(byte[] input) {
    JsonTrees.object(text(input)).ifPresent(PortalRequestFuzzTest::checkBody);
  }

  private static void checkBody(JsonObject body) {
    try {
      PortalRequest request = new PortalRequest(body, CONFIG);
      checkPortal(request.portal(TENANT, BACKEND, ISSUER, NOW));
      checkAppearance(request.appearance());
    } catch (ProblemException | InvalidNameException refused) {
      assertThat(refused).message().isNotEmpty();
    }
  }

  private static void checkPortal(Portal portal) {
    assertThat(portal.scopes()).isNotEmpty().isSubsetOf(BACKEND.scopes());
    assertThat(portal.expires()).isBetween(NOW, NOW.plus(Duration.ofHours(12)));
  }

  private static void checkAppearance(JsonObject appearance) {
    String url = appearance.getString("return_url");
    if (url != null) {
      assertThat(URI.create(url).getHost()).isEqualToIgnoringCase("app.example.com");
      assertThat(url).matches("[^\\p{Cntrl}\\s\\\\]+");
    }
    String logo = appearance.getString("logo");
    assertThat(logo == null || logo.startsWith("/") || logo.startsWith("data:image/")).isTrue();
    assertThat(logo == null || logo.matches("[\\w:;,.~+/=-]+")).isTrue();
    assertThat(logo == null || !logo.startsWith("//")).isTrue();
    String accent = appearance.getString("accent");
    assertThat(accent == null || accent.matches("#[0-9A-Fa-f]{6}")).isTrue();
    assertThat(appearance.getString("theme")).isIn("light", "dark", "auto");
  }
}
